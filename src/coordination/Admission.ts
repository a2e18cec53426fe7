/** Whether a record that was found may be used here, and what of it counts. Pure. */
import { deletesFrom, sides } from "./Account.ts"
import { type CoordinatorState, type Found, type RecordState } from "./CoordinatorState.ts"
import { latch } from "./Latching.ts"
import { formatSource, type Inventory, merge, type Record, sameSource, serialOf, type Source } from "./Record.ts"
import { RecordOfAnotherCluster, RecordOfAnotherSource } from "./RecordError.ts"
import type { Stored } from "./RecordStore.ts"

export interface Here {
  /** `namespace/name` of the record's head. */
  readonly record: string
  /** UID of the namespace kube-system. */
  readonly cluster: string
  readonly source: Source
}

/** Why the record found must not be used, or `undefined`. */
export const objection = (found: Record, here: Here): RecordOfAnotherCluster | RecordOfAnotherSource | undefined => {
  if (found.head.cluster !== here.cluster) return new RecordOfAnotherCluster({ record: here.record })
  if (!sameSource(found.head.source, here.source)) {
    return new RecordOfAnotherSource({
      record: here.record,
      theirs: formatSource(found.head.source),
      ours: formatSource(here.source)
    })
  }
  return undefined
}

/** The record at first contact: nothing applied or seen yet. */
export const firstContact = (here: Here, term: number): Record => ({
  head: { version: 1, cluster: here.cluster, source: here.source, phase: "syncing", term, shards: 1, finishedJobs: {} },
  inventory: new Map(),
  seen: new Map(),
  removals: new Map(),
  deletions: new Map()
})

/** What of a record counts for a term that begins with it. */
export const foundIn = ({ head, inventory, seen }: Record): Found => ({
  inventory,
  seen,
  definitions: new Map(Object.entries(head.definitions ?? {}))
})

const inventoryOf = (record: RecordState): Inventory => {
  switch (record._tag) {
    case "Loaded":
      return record.record.inventory
    case "Unread":
      return record.inventory
    case "Unusable":
      return new Map()
  }
}

/** To be read again, within the same term. */
export const toBeRead = (record: RecordState): RecordState => ({
  _tag: "Unread",
  inventory: inventoryOf(record),
  found: record._tag === "Unusable" ? undefined : record.found
})

/** Whether a cluster put back in time, or somebody, took away what this process wrote. */
const isPutBack = (stored: Stored | undefined, { serial }: CoordinatorState): boolean =>
  (stored === undefined ? 0 : serialOf(stored.record.head)) < serial

const putBack = (record: Record, { git: { tip }, ruleset, serial }: CoordinatorState, isGone: boolean): Record => {
  const { confirms: _, ...head } = record.head
  const later: Record = { ...record, head: { ...head, serial } }
  const reason = isGone
    ? "the record of what this cluster has shown was deleted under the running controller"
    : "the record of what this cluster has shown is older than what was written: the cluster was put back to an earlier time"
  const cause = { cause: `put back after write ${serial}`, reason }
  return sides.filter((side) => deletesFrom(ruleset, side))
    .reduce((held, side) => latch(held, side, cause, tip?.commit), later)
}

/**
 * What is known of the record once it was read. What this term found stays as it was, unless the record lost something meanwhile: then
 * what the kinds told counts no more, and they tell it again.
 */
export const admit = (state: CoordinatorState, stored: Stored | undefined, here: Here): RecordState => {
  const refused = stored === undefined ? undefined : objection(stored.record, here)
  if (refused !== undefined) return { _tag: "Unusable", reason: refused.message }
  const term = state.standing._tag === "Leading" ? state.standing.term : 0
  const base = stored?.record ?? firstContact(here, term)
  const known: Record = {
    ...base,
    head: { ...base.head, term },
    inventory: merge(base.inventory, inventoryOf(state.record))
  }
  const lost = isPutBack(stored, state)
  const record = lost ? putBack(known, state, stored === undefined) : known
  const before = state.record._tag === "Unusable" || lost || (stored?.missingShards ?? 0) > 0
    ? undefined
    : state.record.found
  return { _tag: "Loaded", stored, record, found: before ?? foundIn(record) }
}
