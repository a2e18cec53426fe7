// Brings objects about as a kind does, over the real API server; every write can be preceded by something that happens just then.
import { Effect, Layer, Stream } from "effect"
import { ManifestReader } from "../../src/git/ManifestReader.ts"
import { apply, type Job } from "../../src/kind/applying/Apply.ts"
import { letGo } from "../../src/kind/applying/LetGo.ts"
import type { KindSpec } from "../../src/kind/KindSpec.ts"
import { volumeSources } from "../../src/kind/restoring/InGit.ts"
import { unseen } from "../../src/kind/Tracked.ts"
import * as FieldsV1 from "../../src/kubernetes/fields/FieldsV1.ts"
import { entriesOf, fieldsOf, ownEntry } from "../../src/kubernetes/fields/ManagedFields.ts"
import { heldDigest } from "../../src/kubernetes/fields/OwnedDigest.ts"
import type { KubernetesObject } from "../../src/kubernetes/KubernetesObject.ts"
import { Landscape } from "../../src/kubernetes/Landscape.ts"
import { Leadership } from "../../src/kubernetes/Leadership.ts"
import { Reflector } from "../../src/kubernetes/Reflector.ts"
import { Schemas } from "../../src/kubernetes/schemas/Schemas.ts"
import { Writer } from "../../src/kubernetes/Writer.ts"
import { type FieldPath, format } from "../../src/manifest/FieldPath.ts"
import { decodeObject } from "../../src/manifest/JsonText.ts"
import type { JsonObject, ManifestRef } from "../../src/manifest/Manifest.ts"
import { objectId } from "../../src/manifest/ObjectKey.ts"
import type { Ownership } from "../../src/rules/Ruleset.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { connected } from "../kubernetes/connected.ts"
import { fieldManager, targetOf } from "../kubernetes/operating.ts"
import { ref, spec } from "./samples.ts"

export const applySet = "applyset-test-v1"
export const observer = { fieldManager, applySet }

/** A manifest's text stands where its blob id would: there is no repository here. */
const reader = Layer.succeed(ManifestReader, {
  read: ({ blob }) => Effect.sync(() => decodeObject(blob)),
  placeOf: () => Effect.succeed(undefined)
})

const services = (kubeconfig: string, stateNamespace: string) =>
  Layer.mergeAll(Schemas.layer, Writer.layer, reader).pipe(
    Layer.provideMerge(Leadership.layer),
    Layer.provideMerge(Landscape.layer),
    Layer.provideMerge(Reflector.layer),
    Layer.provideMerge(connected(kubeconfig, { stateNamespace }))
  )

const leading = Effect.gen(function*() {
  const leadership = yield* Leadership
  yield* leadership.standing.pipe(
    Stream.takeUntil(({ _tag }) => _tag === "Leading"),
    Stream.runDrain,
    Effect.timeout(30_000)
  )
})

/** Runs as the leader, in a namespace of its own. */
export const inNamespace = <A, E>(
  use: (namespace: string) => Effect.Effect<A, E, ControlPlane | ManifestReader | Schemas | Writer>
) =>
  Effect.gen(function*() {
    const cluster = yield* ControlPlane
    const namespace = yield* cluster.namespace("fields")
    return yield* Effect.andThen(leading, use(namespace)).pipe(
      Effect.provide(services(cluster.kubeconfig, namespace)),
      Effect.scoped
    )
  })

/** As an admin finds it; `undefined`: it isn't there. */
export const look = Effect.fnUntraced(function*(manifest: JsonObject) {
  const cluster = yield* ControlPlane
  const { kind: { group, plural }, name, namespace, version } = targetOf(manifest)
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`
  const { body, status } = yield* cluster.request(`${root}/namespaces/${namespace}/${plural}/${name}`)
  const object: KubernetesObject | undefined = status === 200 ? JSON.parse(body) : undefined
  return object
})

/** The object, which has to be there. */
export const found = (manifest: JsonObject) =>
  Effect.flatMap(
    look(manifest),
    (object) => object === undefined ? Effect.die("it is not there") : Effect.succeed(object)
  )

export const specOf = (manifest: JsonObject, change: Partial<KindSpec> = {}): KindSpec => {
  const { kind, version } = targetOf(manifest)
  return {
    ...spec,
    ...change,
    kind: {
      ...spec.kind,
      ...kind,
      kind: String(manifest["kind"]),
      versions: [{ version, verbs: new Set(["get", "list", "watch", "patch", "create"]) }]
    },
    version
  }
}

const refOf = (manifest: JsonObject): ManifestRef => {
  const { kind: { group }, name, namespace, version } = targetOf(manifest)
  const sample = ref(name, "digest").manifest
  return {
    path: `${name}.yaml`,
    blob: JSON.stringify(manifest),
    manifest: { ...sample, group, kind: String(manifest["kind"]), version, namespace, name }
  }
}

export interface Circumstances {
  readonly paused?: ReadonlyArray<FieldPath>
  /** As the kind saw it last; by default as it is now. */
  readonly seen?: KubernetesObject | undefined
  readonly isDrift?: boolean
  readonly isCurrent?: Effect.Effect<boolean>
  readonly spec?: KindSpec
}

const nothingHeld = (live: KubernetesObject) => entriesOf(live).length === 0 ? unseen : undefined

/** What a kind knows of a live object. */
const seenOf = (live: KubernetesObject | undefined): Job["live"] => {
  if (live === undefined) return undefined
  const entry = ownEntry(live, fieldManager)
  const { resourceVersion, uid } = live.metadata
  return {
    uid,
    version: resourceVersion,
    held: entry === undefined ? nothingHeld(live) : heldDigest(entry)
  }
}

export const jobFor = (manifest: JsonObject, ownership: Ownership, circumstances: Circumstances = {}) =>
  Effect.gen(function*() {
    const { name, namespace } = targetOf(manifest)
    const live = "seen" in circumstances ? circumstances.seen : yield* look(manifest)
    return {
      id: objectId(namespace, name),
      ref: refOf(manifest),
      ownership,
      live: seenOf(live),
      paused: circumstances.paused ?? [],
      isDrift: circumstances.isDrift ?? false,
      isCurrent: circumstances.isCurrent ?? Effect.succeed(true),
      sources: volumeSources(undefined, { defaultNamespace: "default", volumes: "restore" }),
      isMerged: undefined
    } satisfies Job
  })

/** Brings it about once, as the kind does. */
export const bring = Effect.fnUntraced(function*(
  manifest: JsonObject,
  ownership: Ownership,
  circumstances: Circumstances = {}
) {
  const job = yield* jobFor(manifest, ownership, circumstances)
  return yield* apply(circumstances.spec ?? specOf(manifest), observer, job)
})

export const release = Effect.fnUntraced(function*(manifest: JsonObject, isCurrent = Effect.succeed(true)) {
  const live = yield* look(manifest)
  return yield* letGo(targetOf(manifest), observer, { uid: live?.metadata.uid, isCurrent })
})

/** Lets every write go ahead, and does something right before one of them, counted from 1. */
export const before = <E>(nth: number, happening: Effect.Effect<unknown, E>): Effect.Effect<boolean> => {
  let writes = 0
  return Effect.suspend(() => ++writes === nth ? Effect.orDie(happening) : Effect.void).pipe(Effect.as(true))
}

/** Holds for so many writes, and then no more: as if we had died in between. */
export const forWrites = (count: number): Effect.Effect<boolean> => {
  let writes = 0
  return Effect.sync(() => ++writes <= count)
}

/** The fields of our entry. */
export const held = (live: KubernetesObject): ReadonlyArray<string> => {
  const entry = ownEntry(live, fieldManager)
  return entry === undefined ? [] : FieldsV1.paths(fieldsOf(entry)).map(format).sort()
}

export const managersOf = (live: KubernetesObject, path: string): ReadonlyArray<string> =>
  entriesOf(live).filter((entry) => FieldsV1.paths(fieldsOf(entry)).some((other) => format(other) === path))
    .map(({ manager }) => manager).sort()
