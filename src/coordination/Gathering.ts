/**
 * What kinds found in step, on its way into the record: a first sync tells of ten thousand objects a few at a time, and putting
 * each few in their place would cost as much as putting all. Pure.
 */
import type { Synced } from "../kind/Round.ts"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import * as Record from "./Record.ts"

export interface Addition {
  readonly kind: KindId
  readonly objects: Iterable<readonly [ObjectId, Synced]>
}

export interface Gathering {
  readonly sorted: Record.Inventory
  /** Told since, in that order. */
  readonly loose: ReadonlyArray<Addition>
}

export const nothing: Gathering = { sorted: new Map(), loose: [] }

const mostLoose = 256

/** Everything that was gathered; of an object told twice, the later. */
export const inventoryOf = ({ loose, sorted }: Gathering): Record.Inventory => {
  const byKind = new Map<KindId, Map<ObjectId, Synced>>()
  for (const { kind, objects } of loose) {
    const entries = byKind.get(kind) ?? new Map<ObjectId, Synced>()
    byKind.set(kind, entries)
    for (const [id, entry] of objects) entries.set(id, entry)
  }
  return Record.merge(sorted, byKind)
}

export const add = ({ loose, sorted }: Gathering, addition: Addition): Gathering => {
  const longer = { sorted, loose: [...loose, addition] }
  return longer.loose.length < mostLoose ? longer : { sorted: inventoryOf(longer), loose: [] }
}
