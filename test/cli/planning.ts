// `gitops-controller plan` beside the controller itself, over one repository and one cluster: what it printed, with nothing in it that differs from run
// to run, and what the controller then made of the same commit.
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert } from "@effect/vitest"
import { Cause, Effect, Exit, Option } from "effect"
import { Command } from "effect/cli"
import { TestConsole } from "effect/testing"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { CommandFailed } from "../../src/cli/CommandFailed.ts"
import { plan } from "../../src/cli/plan.ts"
import { fieldDiff } from "../../src/inspect/plan/FieldDiff.ts"
import { comparable, valueAt } from "../../src/inspect/plan/PlanValues.ts"
import * as FieldsV1 from "../../src/kubernetes/fields/FieldsV1.ts"
import { entriesOf, fieldsOf, ownEntry } from "../../src/kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject } from "../../src/kubernetes/KubernetesObject.ts"
import { makeOpenApiClient } from "../../src/kubernetes/schemas/OpenApiClient.ts"
import { documentId } from "../../src/kubernetes/schemas/OpenApiIndex.ts"
import { type FieldPath, format } from "../../src/manifest/FieldPath.ts"
import { unknown } from "../../src/manifest/FieldType.ts"
import { groupKind } from "../../src/manifest/ObjectKey.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { startController } from "../e2e/Controller.ts"
import { connected } from "../kubernetes/connected.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"

export type Rules = ReadonlyArray<Readonly<Record<string, unknown>>>

export const everything: Rules = [{ syncTo: "kubernetes" }]

export interface Planned {
  readonly code: number
  readonly text: string
  readonly lines: ReadonlyArray<string>
}

export interface JsonPlan {
  readonly hasWork: boolean
  readonly hasFaults: boolean
  readonly counts: Readonly<Record<string, number>>
  readonly objects: ReadonlyArray<{
    readonly action: string
    readonly kind: string
    readonly object: string
    readonly place?: string
    readonly after?: string
    readonly reason?: string
    readonly changes?: ReadonlyArray<Readonly<Record<string, unknown>>>
    readonly released?: ReadonlyArray<Readonly<Record<string, unknown>>>
    readonly taken?: ReadonlyArray<Readonly<Record<string, unknown>>>
  }>
  readonly notes: ReadonlyArray<string>
}

const run = Command.runWith(plan, { version: "0.0.0" })

const codeOf = (exit: Exit.Exit<void, unknown>): number => {
  if (Exit.isSuccess(exit)) return 0
  const failure = Cause.findErrorOption(exit.cause)
  assert(Option.isSome(failure) && failure.value instanceof CommandFailed, Cause.pretty(exit.cause))
  return failure.value.exitCode
}

const messageOf = (exit: Exit.Exit<void, unknown>): ReadonlyArray<string> => {
  const failure = Exit.isFailure(exit) ? Cause.findErrorOption(exit.cause) : Option.none()
  return Option.isSome(failure) && failure.value instanceof CommandFailed && failure.value.message !== ""
    ? [failure.value.message]
    : []
}

/** The program's own command, in this process. */
const planIn = Effect.fnUntraced(
  function*(args: ReadonlyArray<string>) {
    const exit = yield* Effect.exit(run(args))
    const printed = [...(yield* TestConsole.logLines).map(String), ...messageOf(exit)].join("\n")
    return { code: codeOf(exit), printed }
  },
  Effect.provide(TestConsole.layer),
  Effect.provide(NodeServices.layer)
)

/** The field that goes by this text, of all that anybody holds. */
const pathOf = (object: KubernetesObject, text: string): FieldPath => {
  const all = entriesOf(object).flatMap((entry) => FieldsV1.paths(fieldsOf(entry)))
  const found = all.find((path) => format(path) === text)
  assert(found !== undefined, text)
  return found
}

/** A namespace, an empty repository, and a configuration over both. */
export const setUp = Effect.fnUntraced(function*(rules: Rules = everything) {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("plan")
  const repository = yield* bareRepository()
  const folder = yield* temporaryFolder("gitops-plan-")
  const file = join(folder, "config.yaml")
  const configOf = (rules: Rules) => ({
    gitUrl: repository.url,
    namespace,
    stateNamespace: `${namespace}-state`,
    rules
  })
  const useRules = (rules: Rules, more: Readonly<Record<string, unknown>> = {}) =>
    Effect.sync(() => writeFileSync(file, JSON.stringify({ ...configOf(rules), restore: "off", ...more }, null, 2)))
  yield* useRules(rules)

  const masked = (text: string) =>
    text.replaceAll(repository.url, "URL").replaceAll(folder, "FOLDER").replaceAll(cluster.server, "SERVER")
      .replaceAll(cluster.kubeconfig, "KUBECONFIG").replaceAll(namespace, "shop")
      .replace(/applyset-[\w-]{43}-v1/g, "APPLYSET").replace(/\b[0-9a-f]{12}\b/g, "COMMIT")

  const planAs = Effect.fnUntraced(function*(kubeconfig: string, ...args: ReadonlyArray<string>) {
    const { code, printed } = yield* planIn(["--config", file, "--kubeconfig", kubeconfig, ...args])
    const text = masked(printed)
    return { code, text, lines: text.split("\n") } satisfies Planned
  })
  const planned = (...args: ReadonlyArray<string>) => planAs(cluster.kubeconfig, ...args)
  const plannedJson = Effect.fnUntraced(function*(...args: ReadonlyArray<string>) {
    const { text } = yield* planned("--output", "json", ...args)
    return JSON.parse(text) as JsonPlan
  })

  /** The controller itself, until it has done with a commit all that it can do. */
  const controlled = Effect.fnUntraced(function*(commit: string, rules: Rules) {
    const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config: configOf(rules) })
    return yield* controller.until(
      `done with ${commit}`,
      (seen) => seen.commit === commit && seen.settled && seen.ready && seen.total.pending === 0
    )
  }, Effect.scoped)

  const typeOf = Effect.fnUntraced(function*(kind: string, version: string) {
    const client = yield* makeOpenApiClient
    const types = yield* client.document(documentId(groupKind(kind).group, version))
    return types?.typeOf(kind) ?? unknown
  }, Effect.provide(connected(cluster.kubeconfig)))

  const liveObject = Effect.fnUntraced(function*(kind: string, object: string) {
    const [name = "", namespace] = object.split("/").toReversed()
    const scope = namespace === undefined ? [] : ["-n", namespace]
    const flags = ["-o", "json", "--show-managed-fields", "--ignore-not-found"]
    const text = yield* cluster.kubectlOk(["get", kind, name, ...scope, ...flags])
    return text === "" ? undefined : JSON.parse(text) as KubernetesObject
  })

  /** Makes a plan, lets the controller carry it out, and holds each object against what the plan said of it. */
  const becomes = Effect.fnUntraced(function*(commit: string, rules: Rules) {
    const real = (text: string) => text.replaceAll("shop", namespace)
    const { objects } = yield* plannedJson()
    const before = yield* Effect.forEach(objects, ({ kind, object }) => liveObject(kind, real(object)))
    yield* controlled(commit, rules)
    for (const [index, { action, changes = [], kind, object, released = [] }] of objects.entries()) {
      const [was, is] = [before[index], yield* liveObject(kind, real(object))]
      assert.strictEqual(was === undefined && is !== undefined, action === "create", object)
      assert.strictEqual(was !== undefined && is === undefined, action === "delete", object)
      if (was === undefined || is === undefined) continue
      const type = yield* typeOf(kind, is.apiVersion.split("/").at(-1) ?? "")
      const found = fieldDiff(comparable(was), comparable(is), type).map(({ _tag, path, ...values }) => ({
        path: format(path),
        change: _tag.toLowerCase(),
        ...values
      }))
      assert.deepStrictEqual(
        JSON.parse(masked(JSON.stringify(found))),
        changes.map((change) => Object.fromEntries(Object.entries(change).filter(([key]) => key !== "setBy"))),
        object
      )
      const entry = ownEntry(is, "gitops-controller")
      const held = entry === undefined ? [] : FieldsV1.paths(fieldsOf(entry)).map(format)
      for (const { path, stays } of released) {
        assert.notInclude(held, String(path), object)
        assert.deepStrictEqual(valueAt(is, pathOf(is, String(path))), stays, object)
      }
    }
  })

  return { cluster, namespace, repository, folder, file, useRules, planAs, planned, plannedJson, controlled, becomes }
})

export const configMap = (namespace: string, name: string, data: Readonly<Record<string, string>>): string =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data })

export interface Spec {
  readonly replicas?: number
  readonly containers: ReadonlyArray<Readonly<Record<string, unknown>>>
}

export const deployment = (namespace: string, name: string, { containers, replicas }: Spec): string =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } }
    }
  })
