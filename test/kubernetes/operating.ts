// An object, what we apply of it, and the surgery between: over the Writer the controller has, judged by what an admin finds.
import { assert } from "@effect/vitest"
import { Effect, type Scope, Stream } from "effect"
import type { FieldsV1 } from "../../src/kubernetes/fields/FieldsV1.ts"
import { entriesOf } from "../../src/kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../../src/kubernetes/KubernetesObject.ts"
import type { KubernetesOptions } from "../../src/kubernetes/KubernetesOptions.ts"
import { Leadership } from "../../src/kubernetes/Leadership.ts"
import { operate } from "../../src/kubernetes/surgery/Surgeon.ts"
import { surgery } from "../../src/kubernetes/surgery/Surgery.ts"
import { Writer, type WriteTarget } from "../../src/kubernetes/Writer.ts"
import type { FieldScope } from "../../src/manifest/FieldScope.ts"
import type { JsonObject } from "../../src/manifest/Manifest.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { writing } from "./connected.ts"

export const fieldManager = "gitops-controller"

const plurals: Readonly<Record<string, string>> = { NetworkPolicy: "networkpolicies" }

export const targetOf = (payload: JsonObject): WriteTarget => {
  const [version = "", group = ""] = String(payload["apiVersion"]).split("/").toReversed()
  const kind = String(payload["kind"])
  const { name, namespace } = payload["metadata"] as { readonly name: string; readonly namespace: string }
  return { kind: { group, plural: plurals[kind] ?? `${kind.toLowerCase()}s` }, version, namespace, name }
}

const leading = Effect.gen(function*() {
  const leadership = yield* Leadership
  yield* leadership.standing.pipe(
    Stream.takeUntil(({ _tag }) => _tag === "Leading"),
    Stream.runDrain,
    Effect.timeout(30_000)
  )
})

/** Runs as the leader, in a namespace of its own. */
export const here = <A, E>(
  use: (namespace: string) => Effect.Effect<A, E, Writer | ControlPlane | KubernetesOptions | Leadership | Scope.Scope>
) =>
  Effect.gen(function*() {
    const cluster = yield* ControlPlane
    const namespace = yield* cluster.namespace("surgery")
    return yield* Effect.andThen(leading, use(namespace)).pipe(
      Effect.provide(writing(cluster.kubeconfig, { stateNamespace: namespace })),
      Effect.scoped
    )
  })

export const apply = Effect.fnUntraced(function*(payload: JsonObject) {
  const writer = yield* Writer
  return yield* writer.apply(targetOf(payload), JSON.stringify(payload))
})

/** As an admin finds it. */
export const live = Effect.fnUntraced(function*(payload: JsonObject) {
  const cluster = yield* ControlPlane
  const { kind: { group, plural }, name, namespace, version } = targetOf(payload)
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`
  const { body, status } = yield* cluster.request(`${root}/namespaces/${namespace}/${plural}/${name}`)
  assert.strictEqual(status, 200, body)
  const object: KubernetesObject = JSON.parse(body)
  return object
})

export interface Wanted {
  readonly gitOwns: FieldScope
  readonly adopt?: boolean
  readonly claim?: FieldsV1
}

/** What is due for the live object. */
export const due = (object: KubernetesObject, { adopt = false, ...wanted }: Wanted) =>
  surgery(object, { fieldManager, adopt, ...wanted })

/** Carries out what is due now; the tag of what that was. */
export const operateOn = Effect.fnUntraced(function*(payload: JsonObject, wanted: Wanted) {
  const found = due(yield* live(payload), wanted)
  if (found._tag === "Patch") yield* operate(targetOf(payload), found)
  return found._tag
})

/** Everything a person set or sees: without versions, times and owners. */
export const valuesOf = ({ metadata, ...rest }: KubernetesObject): JsonObject => {
  const { managedFields: _, resourceVersion: __, ...kept } = metadata
  return { ...rest, metadata: kept }
}

export const entryOf = (object: KubernetesObject, manager: string, operation: ManagedFieldsEntry["operation"]) =>
  entriesOf(object).find((entry) => entry.manager === manager && entry.operation === operation)
