/** How much may go from Git without a person's word, judged over a whole set. Pure. */
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import * as ObjectMap from "./ObjectMap.ts"

export interface Limits {
  /** At most so many. */
  readonly max: number
  /** At most so many in a hundred of what is there. */
  readonly percent: number
}

/** For so many milliseconds, what was granted counts with what is asked for. */
export const window = 600_000

/** A share, and "all of them", say nothing of fewer. */
const few = 5

type Objects = ObjectMap.ObjectMap<unknown>

const namespaceOf = (_: KindId, id: ObjectId): string | undefined => {
  const slash = id.indexOf("/")
  return slash === -1 ? undefined : id.slice(0, slash)
}

const countsBy = (objects: Objects, groupOf: (kind: KindId, id: ObjectId) => string | undefined) => {
  const counts = new Map<string, number>()
  for (const [kind, entries] of objects) {
    for (const id of entries.keys()) {
      const group = groupOf(kind, id)
      if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1)
    }
  }
  return counts
}

/** A group of which the set has all, with how many they are. */
const wholeOf = (set: Objects, known: Objects, groupOf: (kind: KindId, id: ObjectId) => string | undefined) => {
  const all = countsBy(known, groupOf)
  return countsBy(set, groupOf).entries().find(([group, count]) => count >= few && count === all.get(group))
}

const union = (a: Objects, b: Objects): Objects => ObjectMap.merge(a, b, () => true)

/**
 * Why a set is too much to go without a person's word, as the end of a sentence; `undefined` when it isn't.
 * @param seen what is there: all that the cluster has shown
 */
export const excess = (set: Objects, seen: Objects, { max, percent }: Limits): string | undefined => {
  const count = ObjectMap.sizeOf(set)
  if (count > max) return `that is more than ${max} at once or within ten minutes ("deletions.max")`
  if (count < few) return undefined
  const known = union(seen, set)
  const total = ObjectMap.sizeOf(known)
  if (count * 100 > percent * total)
    return `${count} of ${total} is more than ${percent} % at once or within ten minutes ("deletions.percent")`
  const [kind] = wholeOf(set, known, (kind) => kind) ?? []
  if (kind !== undefined) return `that is every ${kind} there is`
  const [namespace] = wholeOf(set, known, namespaceOf) ?? []
  return namespace === undefined ? undefined : `that is everything there is in namespace ${namespace}`
}
