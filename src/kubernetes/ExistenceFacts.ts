/** Which objects of a cluster-scoped kind there are, and which of them are going: folded from a metadata-only reflection. Pure. */
import type { ReflectorEvent } from "./ReflectorState.ts"

export interface Existence {
  readonly uid: string
  /** Its deletion has begun. */
  readonly terminating: boolean
}

export interface ExistenceFacts {
  /** Whether `objects` was complete once; false before the first list and while we may not look. */
  readonly known: boolean
  /** By name. */
  readonly objects: ReadonlyMap<string, Existence>
  /** While a list is under way: names it has not shown yet. */
  readonly unlisted: ReadonlySet<string>
}

export const noFacts: ExistenceFacts = { known: false, objects: new Map(), unlisted: new Set() }

/** The facts after some events. */
export const afterEvents = (facts: ExistenceFacts, events: ReadonlyArray<ReflectorEvent>): ExistenceFacts => {
  let { known } = facts
  const objects = new Map(facts.objects)
  const unlisted = new Set(facts.unlisted)
  for (const event of events) {
    switch (event._tag) {
      case "Listing":
        for (const name of objects.keys()) unlisted.add(name)
        break
      case "Applied": {
        const { deletionTimestamp, name, uid } = event.object.metadata
        unlisted.delete(name)
        objects.set(name, { uid, terminating: deletionTimestamp !== undefined })
        break
      }
      case "Deleted":
        unlisted.delete(event.object.metadata.name)
        objects.delete(event.object.metadata.name)
        break
      case "Synced":
        for (const name of unlisted) objects.delete(name)
        unlisted.clear()
        known = true
        break
    }
  }
  return { known, objects, unlisted }
}

/** Names that are there now and were not, or under another uid; none while either side is unknown. */
export const appeared = (before: ExistenceFacts, now: ExistenceFacts): ReadonlyArray<string> => {
  if (!before.known || !now.known) return []
  return [...now.objects].flatMap(([name, { terminating, uid }]) =>
    !terminating && before.objects.get(name)?.uid !== uid ? [name] : []
  )
}

/** Names that were there and are no more; none while either side is unknown. */
export const vanished = (before: ExistenceFacts, now: ExistenceFacts): ReadonlyArray<string> =>
  before.known && now.known ? [...before.objects.keys()].filter((name) => !now.objects.has(name)) : []
