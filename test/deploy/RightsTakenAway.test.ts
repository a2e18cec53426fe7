import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { ControlPlaneHandle } from "../cluster/ControlPlane.ts"
import { startControlPlane } from "../cluster/StartedControlPlane.ts"
import { runCommand, startController } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { kubeconfigOf } from "./installed.ts"

interface Right {
  readonly verb: string
  /** As kubectl names it. */
  readonly resource: string
  /** In the namespace of the state alone. */
  readonly inState?: boolean
}

const verbsOn = (resource: string, verbs: ReadonlyArray<string>): ReadonlyArray<Right> =>
  verbs.map((verb) => ({ verb, resource }))

/** Without one of these, a kind or something smaller is held up; all else goes on. */
const dispensable = [
  ...verbsOn("deployments.apps", ["get", "list", "watch", "create", "patch", "delete"]),
  ...verbsOn("namespaces", ["list", "watch"]),
  ...verbsOn("customresourcedefinitions.apiextensions.k8s.io", ["get", "list", "watch"]),
  ...verbsOn("apiservices.apiregistration.k8s.io", ["get"]),
  ...verbsOn("events", ["create", "patch"])
]

/** Without one of these nobody knows what was done before, and so nothing is done. */
const forTheRecord: ReadonlyArray<Right> = [
  { verb: "get", resource: "namespaces" },
  ...verbsOn("configmaps", ["get", "create", "update"]).map((right) => ({ ...right, inState: true }))
]

const forTheLease = verbsOn("leases.coordination.k8s.io", ["get", "create", "update"])
  .map((right) => ({ ...right, inState: true }))

interface RoleManifest {
  readonly kind: string
  readonly rules?: ReadonlyArray<{
    readonly apiGroups: ReadonlyArray<string>
    readonly resources: ReadonlyArray<string>
    readonly verbs: ReadonlyArray<string>
  }>
}

const without = (role: RoleManifest, { inState = false, resource, verb }: Right): RoleManifest => {
  if (role.rules === undefined || (role.kind === "Role") !== inState) return role
  const rules = role.rules.map((one) =>
    one.resources.includes(resource.replace(/\..*/, ""))
      ? { ...one, verbs: one.verbs.filter((it) => it !== verb) }
      : one
  )
  return { ...role, rules: rules.filter(({ verbs }) => verbs.length > 0) }
}

const patient = { within: 40_000 }

/** A repository, a namespace and the roles of `rbac`, but for one right, for the number-th case in a cluster. */
const lacking = Effect.fnUntraced(function*(cluster: ControlPlaneHandle, number: number, right: Right) {
  const [shop, state] = [`shop-${number}`, `state-${number}`]
  const metadata = { name: "web", namespace: shop }
  const repository = yield* bareRepository({
    files: {
      "service.json": JSON.stringify({ apiVersion: "v1", kind: "Service", metadata, spec: { ports: [{ port: 80 }] } }),
      "web.json": JSON.stringify({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: {
          selector: { matchLabels: { app: "web" } },
          template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:1" }] } }
        }
      })
    }
  })
  const deployments = { apiGroups: ["apps"], resources: ["deployments"], namespaces: [shop] }
  const config = {
    gitUrl: repository.url,
    name: `case-${number}`,
    stateNamespace: state,
    http: { port: 0 },
    interval: "1s",
    lease: { duration: "4s", renew: "2s", retry: "500ms" },
    rules: [
      { ...deployments, filters: ["/spec/replicas"], syncTo: "git" },
      { ...deployments, syncTo: "kubernetes" },
      { apiGroups: [""], resources: ["services"], namespaces: [shop], syncTo: "kubernetes" }
    ]
  }
  const folder = yield* temporaryFolder("gitops-rights-")
  yield* Effect.sync(() => writeFileSync(join(folder, "config.yaml"), JSON.stringify(config)))
  const printed = yield* runCommand(["rbac", "--output", "json", "--kubeconfig", cluster.kubeconfig], folder)
  const { items }: { readonly items: ReadonlyArray<RoleManifest> } = JSON.parse(printed.stdout)
  const kept = items.map((item) => without(item, right))
  assert.notDeepEqual(kept, items, "the right was among them")
  yield* cluster.kubectlOk(["create", "namespace", shop])
  yield* cluster.kubectlOk(["apply", "-f", "-"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items: kept })
  })
  const user = `system:serviceaccount:${state}:gitops-controller`
  const where = right.inState === true ? ["-n", state] : []
  const allowed = Effect.map(
    cluster.kubectl(["auth", "can-i", right.verb, right.resource, `--as=${user}`, ...where]),
    ({ stdout }) => stdout.trim()
  )
  const start = startController({ kubeconfig: yield* kubeconfigOf(cluster, state), configText: JSON.stringify(config) })
  const isApplied = cluster.kubectl(["get", "service", "web", "-n", shop, "-o", "name"])
  return { allowed, isApplied, start, state, user }
})

/** Messages of a log, one a line. */
const messages = (log: string): ReadonlyArray<string> =>
  log.split("\n").filter((line) => line.startsWith("{")).map((line) => String(JSON.parse(line).message))

/** What has to be added stands at the end of what is said, as YAML. */
const rolesIn = (said: string): string => said.slice(said.indexOf("apiVersion:"))

describe("Of the rights that rbac prints, each is needed", () => {
  it.live(
    "and is named with the role that gives it when it is missing, while all else goes on",
    () =>
      Effect.gen(function*() {
        const cluster = yield* startControlPlane()
        yield* Effect.forEach(
          dispensable,
          (right, number) =>
            Effect.gen(function*() {
              const { allowed, isApplied, start } = yield* lacking(cluster, number, right)
              const what = `${right.verb} ${right.resource}`
              const controller = yield* start
              const said = yield* eventually(
                `${what} is named`,
                Effect.map(controller.log, (log) => messages(log).find((text) => text.includes("MISSING"))),
                (text) => text !== undefined,
                patient
              )
              const [, header = "", row = ""] = /(RESOURCE .*)\n(.*)\n/.exec(said ?? "") ?? []
              assert.strictEqual(row.split(/\s+/)[0], right.resource)
              assert.strictEqual(
                row.split(/\s+/)[header.split(/\s+/).indexOf(right.verb.toUpperCase())],
                "MISSING",
                what
              )
              yield* eventually(
                `all else goes on without ${what}`,
                isApplied,
                ({ exitCode }) => exitCode === 0,
                patient
              )
              assert.strictEqual(yield* allowed, "no")
              yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: rolesIn(said ?? "") })
              yield* eventually(`${what} is given by what was said`, allowed, (answer) => answer === "yes")
            }).pipe(Effect.scoped),
          { concurrency: 3 }
        )
      }).pipe(Effect.scoped),
    240_000
  )

  it.live(
    "and is named when nothing can be done without it, because the record can't be kept",
    () =>
      Effect.gen(function*() {
        const cluster = yield* startControlPlane()
        yield* Effect.forEach(
          forTheRecord,
          (right, number) =>
            Effect.gen(function*() {
              const { isApplied, start, user } = yield* lacking(cluster, number, right)
              const controller = yield* start
              const sentence = new RegExp(
                `^The record \\S+ could not be read or written: ${user} may not ${right.verb} ${right.resource} .* ` +
                  `Give that ServiceAccount or user the verb "${right.verb}" on ${right.resource} `
              )
              yield* eventually(
                `${right.verb} ${right.resource} is named`,
                Effect.map(controller.log, messages),
                (said) => said.some((text) => sentence.test(text)),
                patient
              )
              assert.include((yield* isApplied).stderr, "NotFound")
            }).pipe(Effect.scoped),
          { concurrency: 2 }
        )
      }).pipe(Effect.scoped),
    300_000
  )

  it.live("and ends the program with a sentence when it is one for the Lease", () =>
    Effect.gen(function*() {
      const cluster = yield* startControlPlane()
      for (const [number, right] of forTheLease.entries()) {
        yield* Effect.gen(function*() {
          const { allowed, start, state, user } = yield* lacking(cluster, number, right)
          const ended = yield* Effect.matchEffect(start, {
            onFailure: ({ message }) => Effect.succeed(message),
            onSuccess: ({ log, process: { exit } }) =>
              Effect.flatMap(exit, ({ code }) => {
                assert.strictEqual(code, 1)
                return log
              })
          })
          const said = ended.slice(ended.lastIndexOf(`${user} may not`))
          assert.strictEqual(
            said.split("\n")[0],
            `${user} may not ${right.verb} leases.coordination.k8s.io in the namespace ${state}: without a Lease nobody leads, and nothing is ever written. ` +
              `Add this ("gitops-controller rbac" prints all that is needed), and start again:`
          )
          yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: rolesIn(said) })
          yield* eventually(`${right.verb} is given`, allowed, (answer) => answer === "yes")
          const controller = yield* start
          yield* controller.until("it leads", ({ phase }) => phase === "syncing")
        }).pipe(Effect.scoped)
      }
    }).pipe(Effect.scoped), 300_000)
})
