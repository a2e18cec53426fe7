/** Lets go of many objects, and of what we know of them. What can't be let go of is told, and stays in the record. */
import { Effect } from "effect"
import { letGo } from "../kind/applying/LetGo.ts"
import type { Observer } from "../kind/Observation.ts"
import { listMetadata } from "../kubernetes/listMetadata.ts"
import { Writer } from "../kubernetes/Writer.ts"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import { type Belonging, idOf, type Named } from "./Belongings.ts"
import * as ObjectMap from "./ObjectMap.ts"
import type * as Record from "./Record.ts"
import { RecordStore } from "./RecordStore.ts"

export interface Outcome {
  /** Each had something of ours until now. */
  readonly released: ReadonlyArray<Named>
  /** Those, and what was gone or let go of already. */
  readonly done: ReadonlyArray<Named>
  readonly failed: ReadonlyArray<Named & { readonly message: string }>
}

const concurrency = 16
const stillMeant = Effect.succeed(true)

/** Lets go of each, whatever becomes of the others. */
export const releaseAll = Effect.fnUntraced(function*(meant: ReadonlyArray<Belonging>, observer: Observer) {
  const answers = yield* Effect.forEach(
    meant,
    (belonging) =>
      Effect.match(letGo(belonging, observer, { uid: undefined, isCurrent: stillMeant }), {
        onSuccess: ({ outcome }) => ({ named: idOf(belonging), outcome, message: "" }),
        onFailure: ({ message }) => ({ named: idOf(belonging), outcome: "failed" as const, message })
      }),
    { concurrency }
  )
  return {
    released: answers.filter(({ outcome }) => outcome === "released").map(({ named }) => named),
    done: answers.filter(({ outcome }) => outcome !== "failed").map(({ named }) => named),
    failed: answers.filter(({ outcome }) => outcome === "failed").map(({ message, named }) => ({ ...named, message }))
  } satisfies Outcome
})

const byKind = (named: ReadonlyArray<Named>): Record.Departed => {
  const departed = new Map<KindId, Set<ObjectId>>()
  for (const { kind, object } of named) departed.set(kind, (departed.get(kind) ?? new Set()).add(object))
  return departed
}

/** Takes objects out of the record. */
export const forget = Effect.fnUntraced(function*(named: ReadonlyArray<Named>) {
  const store = yield* RecordStore
  const stored = yield* store.load
  if (stored === undefined) return
  const inventory = ObjectMap.narrow(stored.record.inventory, byKind(named))
  if (inventory !== stored.record.inventory) yield* store.save({ ...stored.record, inventory }, stored)
})

const configMaps = { group: "", plural: "configmaps" }

/** 0 for a part of the record, 1 for its head, `undefined` for anything else. */
const rankIn = (head: string, name: string): number | undefined => {
  if (name === head) return 1
  const [before, shard] = [`${head}.inventory.`, /\d+\.\d+$/.exec(name)?.[0]]
  return shard !== undefined && name === before + shard ? 0 : undefined
}

/** Removes the ConfigMaps of the record, its head last, so that what an interruption leaves is found again. Answers whether there were any. */
export const removeRecord = Effect.fnUntraced(function*(head: string, namespace: string) {
  const writer = yield* Writer
  const isOfRecord = (name: string) => rankIn(head, name) !== undefined
  const found = yield* listMetadata(configMaps, "v1", ({ metadata: { name } }) => isOfRecord(name), namespace)
  const inOrder = found.toSorted((a, b) => (rankIn(head, a.metadata.name) ?? 0) - (rankIn(head, b.metadata.name) ?? 0))
  yield* Effect.forEach(
    inOrder,
    ({ metadata: { name, uid } }) =>
      writer.delete({ kind: configMaps, version: "v1", namespace, name }, { uid }).pipe(
        Effect.catchTag("ObjectNotFound", () => Effect.void)
      ),
    { discard: true }
  )
  return found.length > 0
})
