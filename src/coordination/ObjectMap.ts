/** A value for each of many objects, by kind and object, as the record keeps them. Never changed in place; an equal change answers the same map. Pure. */
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"

export type ObjectMap<V> = ReadonlyMap<KindId, ReadonlyMap<ObjectId, V>>

export type ObjectSet = ReadonlyMap<KindId, ReadonlySet<ObjectId>>

export const empty: ObjectMap<never> = new Map()

type Same<V> = (a: V | undefined, b: V | undefined) => boolean

/** With these entries, or the same map when it holds them all. An entry of `undefined` takes no value away. */
export const widen = <V>(
  map: ObjectMap<V>,
  kind: KindId,
  entries: Iterable<readonly [ObjectId, V]>,
  same: Same<V>
): ObjectMap<V> => {
  const held = map.get(kind)
  const fresh = Array.from(entries).filter(([id, value]) =>
    held?.has(id) !== true || (value !== undefined && !same(held.get(id), value))
  )
  return fresh.length === 0 ? map : new Map(map).set(kind, new Map([...held ?? [], ...fresh]))
}

/** All of both; where both know an object, `b` counts. */
export const merge = <V>(a: ObjectMap<V>, b: ObjectMap<V>, same: Same<V>): ObjectMap<V> =>
  [...b].reduce((merged, [kind, entries]) => widen(merged, kind, entries, same), a)

/** Only what passes, or the same map when all does. */
export const keep = <V>(map: ObjectMap<V>, passes: (kind: KindId, id: ObjectId, value: V) => boolean): ObjectMap<V> => {
  let isSame = true
  const kept = new Map<KindId, ReadonlyMap<ObjectId, V>>()
  for (const [kind, entries] of map) {
    const left = new Map([...entries].filter(([id, value]) => passes(kind, id, value)))
    isSame &&= left.size === entries.size
    if (left.size > 0) kept.set(kind, left.size === entries.size ? entries : left)
  }
  return isSame ? map : kept
}

/** Without these objects, or the same map when it holds none of them. */
export const narrow = <V>(map: ObjectMap<V>, gone: ObjectSet): ObjectMap<V> => {
  let narrowed = map
  for (const [kind, ids] of gone) {
    const held = narrowed.get(kind)
    if (held === undefined || !ids.values().some((id) => held.has(id))) continue
    const left = new Map([...held].filter(([id]) => !ids.has(id)))
    const others = new Map([...narrowed].filter(([other]) => other !== kind))
    narrowed = left.size === 0 ? others : others.set(kind, left)
  }
  return narrowed
}

export const get = <V>(map: ObjectMap<V>, kind: KindId, id: ObjectId): V | undefined => map.get(kind)?.get(id)

export const has = (map: ObjectMap<unknown>, kind: KindId, id: ObjectId): boolean => map.get(kind)?.has(id) === true

export const sizeOf = (map: ObjectMap<unknown>): number => {
  let size = 0
  for (const entries of map.values()) size += entries.size
  return size
}

export interface Entry<V> {
  readonly kind: KindId
  readonly id: ObjectId
  readonly value: V
}

export const entriesOf = <V>(map: ObjectMap<V>): ReadonlyArray<Entry<V>> =>
  [...map].flatMap(([kind, entries]) => [...entries].map(([id, value]) => ({ kind, id, value })))

/** The objects of one kind in a set, changed. */
export const changeSet = (
  set: ObjectSet,
  kind: KindId,
  change: (ids: ReadonlySet<ObjectId>) => ReadonlySet<ObjectId>
): ObjectSet => {
  const ids = change(set.get(kind) ?? new Set())
  const others = new Map([...set].filter(([other]) => other !== kind))
  return ids.size === 0 ? others : others.set(kind, ids)
}
