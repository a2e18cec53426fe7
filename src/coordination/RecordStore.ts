/**
 * Keeps the record in ConfigMaps of the state namespace. Every write names the version it was based on:
 * somebody else's write is read again and kept, never overwritten.
 */
import { Context, Effect, Layer, Option, Schema } from "effect"
import type { ApiFailure, RequestFailure } from "../kubernetes/ApiError.ts"
import type { KubernetesObject } from "../kubernetes/KubernetesObject.ts"
import { Writer, type WriteTarget } from "../kubernetes/Writer.ts"
import type { JsonObject } from "../manifest/Manifest.ts"
import * as Record from "./Record.ts"
import { RecordUnreadable } from "./RecordError.ts"
import * as Shards from "./Shards.ts"

/** A record and the versions of the ConfigMaps it was read from. */
export interface Stored {
  readonly record: Record.Record
  readonly versions: ReadonlyMap<string, string>
  /** Shards the head speaks of that are not there: nothing may be deleted for what they held. */
  readonly missingShards: number
}

export interface RecordStoreOptions {
  readonly name: string
  readonly stateNamespace: string
  /** Labels and annotations of the head, which is also the parent of our ApplySet. */
  readonly decorate: (record: Record.Record) => { readonly labels: JsonObject; readonly annotations: JsonObject }
}

export class RecordStore extends Context.Service<RecordStore, {
  readonly load: Effect.Effect<Stored | undefined, RequestFailure | RecordUnreadable>
  /** Whether it is still as it was stored; asks for its head alone. */
  readonly isCurrent: (stored: Stored) => Effect.Effect<boolean, RequestFailure>
  /** Writes what differs from what is stored. Fails with `VersionConflict` when somebody else wrote: load again. */
  readonly save: (record: Record.Record, stored: Stored | undefined) => Effect.Effect<Stored, ApiFailure>
}>()("gitops/coordination/RecordStore") {}

const configMaps = { group: "", plural: "configmaps" }

const decodeHead = Schema.decodeUnknownEffect(Schema.fromJsonString(Record.Head))

/** Empty texts are left out: who never mirrors or deletes has none of them. */
const shardData = (texts: Shards.ShardTexts): JsonObject => ({
  inventory: texts.inventory,
  ...texts.seen === "" ? {} : { seen: texts.seen },
  ...texts.removals === "" ? {} : { removals: texts.removals },
  ...texts.deletions === "" ? {} : { deletions: texts.deletions }
})

const dataOf = (object: KubernetesObject, key: string): string => {
  const data = object["data"]
  if (typeof data !== "object" || data === null || Array.isArray(data)) return ""
  const value = (data as JsonObject)[key]
  return typeof value === "string" ? value : ""
}

/** The name of the record's head, which is the parent of our ApplySet. */
export const headName = (name: string): string => `gitops-controller.${name}`

export const make = Effect.fnUntraced(function*(options: RecordStoreOptions) {
  const writer = yield* Writer
  const head = headName(options.name)
  const shardName = (shards: number, index: number) => `${head}.inventory.${shards}.${index}`
  const target = (name: string): WriteTarget => ({
    kind: configMaps,
    version: "v1",
    namespace: options.stateNamespace,
    name
  })

  const get = (name: string): Effect.Effect<Option.Option<KubernetesObject>, RequestFailure> =>
    writer.get(target(name)).pipe(
      Effect.asSome,
      Effect.catchTag("ObjectNotFound", () => Effect.succeedNone)
    )

  const put = Effect.fnUntraced(
    function*(name: string, content: JsonObject, metadata: JsonObject, version: string | undefined) {
      const body = (resourceVersion: string | undefined) =>
        JSON.stringify({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: {
            name,
            namespace: options.stateNamespace,
            ...metadata,
            ...(resourceVersion === undefined ? {} : { resourceVersion })
          },
          data: content
        })
      const written = yield* version === undefined
        ? writer.create(target(name), body(undefined))
        : writer.replace(target(name), body(version))
      return written.metadata.resourceVersion
    }
  )

  const load = Effect.gen(function*() {
    const found = yield* get(head)
    if (Option.isNone(found)) return undefined
    const decoded = yield* decodeHead(dataOf(found.value, "record")).pipe(
      Effect.mapError((error) =>
        new RecordUnreadable({ record: `${options.stateNamespace}/${head}`, reason: error.message })
      )
    )
    const versions = new Map([[head, found.value.metadata.resourceVersion]])
    const texts: Array<Shards.ShardTexts> = []
    for (let index = 0; index < decoded.shards; index++) {
      const name = shardName(decoded.shards, index)
      const shard = yield* get(name)
      if (Option.isNone(shard)) continue
      versions.set(name, shard.value.metadata.resourceVersion)
      texts.push({
        inventory: dataOf(shard.value, "inventory"),
        seen: dataOf(shard.value, "seen"),
        removals: dataOf(shard.value, "removals"),
        deletions: dataOf(shard.value, "deletions")
      })
    }
    const record: Record.Record = { head: decoded, ...Shards.decode(texts) }
    return { record, versions, missingShards: decoded.shards - texts.length } satisfies Stored
  })

  const isCurrent = ({ versions }: Stored) =>
    Effect.map(get(head), Option.exists(({ metadata }) => metadata.resourceVersion === versions.get(head)))

  /** A shard that a crash left behind before its head was written is taken over, not overwritten blindly. */
  const putShard = Effect.fnUntraced(function*(name: string, data: JsonObject, version: string | undefined) {
    return yield* put(name, data, {}, version).pipe(
      Effect.catchTag("VersionConflict", (conflict) =>
        version !== undefined ? Effect.fail(conflict) : get(name).pipe(
          Effect.flatMap(Option.match({
            onNone: () => Effect.fail(conflict),
            onSome: (left) => put(name, data, {}, left.metadata.resourceVersion)
          }))
        ))
    )
  })

  const save = Effect.fnUntraced(function*(record: Record.Record, stored: Stored | undefined) {
    const shards = Math.max(record.head.shards, Shards.shardsFor(record))
    const versions = new Map(stored?.versions)
    const isWhole = stored?.record.head.shards === shards && stored.missingShards === 0
    const changed = Shards.changed(isWhole ? stored.record : Shards.nothing, record, shards)
    for (let index = 0; index < shards; index++) {
      const name = shardName(shards, index)
      if (versions.has(name) && !changed.has(index)) continue
      const data = shardData(Shards.encode(record, shards, index))
      versions.set(name, yield* putShard(name, data, versions.get(name)))
    }
    const serial = Record.serialOf(record.head) + 1
    const written: Record.Record = { ...record, head: { ...record.head, shards, serial } }
    const metadata = options.decorate(written)
    versions.set(head, yield* put(head, { record: JSON.stringify(written.head) }, { ...metadata }, versions.get(head)))
    return { record: written, versions, missingShards: 0 } satisfies Stored
  })

  return RecordStore.of({ load, isCurrent, save })
})

export const layer = (options: RecordStoreOptions) => Layer.effect(RecordStore, make(options))
