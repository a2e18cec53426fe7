/**
 * What is true now, asked by somebody who only looks: the rules, what Git says, what the cluster serves and holds, and what the controller
 * recorded. Needs no running controller and no more than read access; nothing is ever written.
 */
import { Context, Effect, Layer, Stream } from "effect"
import type { Record } from "../coordination/Record.ts"
import type { RecordUnreadable } from "../coordination/RecordError.ts"
import * as RecordStore from "../coordination/RecordStore.ts"
import { GitOptions } from "../git/GitOptions.ts"
import { ManifestReader, type ManifestUnreadable } from "../git/ManifestReader.ts"
import type { ObjectSource } from "../git/objects/ObjectStore.ts"
import { makeSetAside, SetAside } from "../git/SetAside.ts"
import type { Tip } from "../git/Tip.ts"
import type { RequestFailure } from "../kubernetes/ApiError.ts"
import { ApiServer } from "../kubernetes/ApiServer.ts"
import { Authored } from "../kubernetes/authored/Authored.ts"
import type { Served, ServedKind } from "../kubernetes/Discovery.ts"
import { makeDiscoveryClient } from "../kubernetes/DiscoveryClient.ts"
import type { KubernetesObject } from "../kubernetes/KubernetesObject.ts"
import { KubernetesOptions } from "../kubernetes/KubernetesOptions.ts"
import { makeOpenApiClient } from "../kubernetes/schemas/OpenApiClient.ts"
import { documentId } from "../kubernetes/schemas/OpenApiIndex.ts"
import { Schemas } from "../kubernetes/schemas/Schemas.ts"
import { Writer } from "../kubernetes/Writer.ts"
import { type FieldType, unknown } from "../manifest/FieldType.ts"
import type { JsonObject, ManifestRef } from "../manifest/Manifest.ts"
import { type GroupKind, kindId } from "../manifest/ObjectKey.ts"
import { ParserPool } from "../manifest/ParserPool.ts"
import type { Rule, Ruleset } from "../rules/Ruleset.ts"
import { NeverLeading } from "./NeverLeading.ts"
import { readSource, type Source } from "./Source.ts"
import type { SourceUnreadable } from "./SourceUnreadable.ts"
import { tellIfSlow } from "./tellIfSlow.ts"

export interface Asked {
  readonly rules: ReadonlyArray<Rule>
  /** Where the manifests come from. */
  readonly source: Source
}

export class Survey extends Context.Service<Survey, {
  readonly ruleset: Ruleset
  /** Of one look. */
  readonly served: Served
  /** Of a whole object; `Unknown` when the server has no schema of it. */
  readonly typeOf: (kind: GroupKind, version: string) => Effect.Effect<FieldType, RequestFailure>
  /** Where the manifests were read, for people. */
  readonly origin: string
  /** The manifests with their index. Of anything but a repository: without commit, tree and branch. */
  readonly tip: Tip
  /** The body of a manifest. */
  readonly manifest: (ref: ManifestRef) => Effect.Effect<JsonObject, ManifestUnreadable>
  /** Where files at these paths can be read from as they stand, by their names in the index. */
  readonly files: (paths: Iterable<string>) => Effect.Effect<ObjectSource, SourceUnreadable>
  /** The object as it is now; `undefined` when there is none. Not being allowed to look is `ApiForbidden`. */
  readonly live: (
    kind: Pick<ServedKind, "group" | "plural">,
    version: string,
    namespace: string,
    name: string
  ) => Effect.Effect<KubernetesObject | undefined, RequestFailure>
  /** What the controller recorded in this cluster; `undefined` when it never ran there. Read once. */
  readonly record: Effect.Effect<Record | undefined, RequestFailure | RecordUnreadable>
}>()("gitops/inspect/Survey") {
  /** With a Writer that can look and try (dry run), and nothing else; and what comparing with Git takes. */
  static readonly layer = (asked: Asked) =>
    Authored.layer.pipe(
      Layer.provideMerge(looking),
      Layer.provideMerge(Layer.effect(Survey, make(asked))),
      Layer.provideMerge(Writer.layer),
      Layer.provide(NeverLeading),
      Layer.provideMerge(ApiServer.layer)
    )
}

/** Manifests and schemas for those who ask by the services of a running controller. */
const looking = Layer.effectContext(Effect.gen(function*() {
  const { files, manifest, typeOf } = yield* Survey
  return Context.make(Schemas, { typeOf, changes: Stream.never }).pipe(
    Context.add(ManifestReader, { read: manifest, placeOf: () => Effect.undefined }),
    Context.add(SetAside, yield* makeSetAside(files))
  )
})).pipe(Layer.provide(ParserPool.layer))

const notWritten = () => ({ labels: {}, annotations: {} })

const makeRecord = Effect.gen(function*() {
  const { name } = yield* GitOptions
  const { stateNamespace } = yield* KubernetesOptions
  const store = yield* RecordStore.make({ name, stateNamespace, decorate: notWritten })
  return yield* Effect.cached(Effect.map(store.load, (stored) => stored?.record))
})

const make = Effect.fnUntraced(function*({ rules, source }: Asked) {
  const api = yield* ApiServer
  const writer = yield* Writer
  const discovery = yield* makeDiscoveryClient
  const schemas = yield* makeOpenApiClient
  const record = yield* makeRecord
  const served = yield* tellIfSlow(`Asking ${api.server} what it serves`)(discovery.look)
  const { files, origin, read, tip } = yield* readSource(source)
  return Survey.of({
    ruleset: { number: 1, rules },
    served,
    typeOf: (kind, version) =>
      Effect.map(schemas.document(documentId(kind.group, version)), (types) => types?.typeOf(kindId(kind)) ?? unknown),
    origin,
    tip,
    manifest: read,
    files,
    live: (kind, version, namespace, name) =>
      writer.get({ kind, version, namespace, name }).pipe(
        Effect.catchTag("ObjectNotFound", () => Effect.undefined)
      ),
    record
  })
})
