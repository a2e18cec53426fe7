/**
 * What kinds found, on its way into the record: a first sync tells of ten thousand objects a few at a time, and putting each few in
 * their place would cost as much as putting all. Pure.
 */
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import * as ObjectMap from "./ObjectMap.ts"

export interface Addition<V> {
  readonly kind: KindId
  readonly objects: Iterable<readonly [ObjectId, V]>
}

export interface Gathering<V> {
  readonly sorted: ObjectMap.ObjectMap<V>
  /** Told since, in that order. */
  readonly loose: ReadonlyArray<Addition<V>>
}

export const nothing: Gathering<never> = { sorted: new Map(), loose: [] }

const mostLoose = 256

/** Everything that was gathered; of an object told twice, the later. */
export const all = <V>({ loose, sorted }: Gathering<V>): ObjectMap.ObjectMap<V> => {
  const byKind = new Map<KindId, Map<ObjectId, V>>()
  for (const { kind, objects } of loose) {
    const entries = byKind.get(kind) ?? new Map<ObjectId, V>()
    byKind.set(kind, entries)
    for (const [id, entry] of objects) entries.set(id, entry)
  }
  return ObjectMap.merge(sorted, byKind, Object.is)
}

export const add = <V>({ loose, sorted }: Gathering<V>, addition: Addition<V>): Gathering<V> => {
  const longer = { sorted, loose: [...loose, addition] }
  return longer.loose.length < mostLoose ? longer : { sorted: all(longer), loose: [] }
}
