/**
 * What the record says of deleting on one of the two sides: what was granted and held there, why it is held, and what there is to delete. Each
 * side has its own, with the same budget. Pure.
 */
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import type { Ruleset } from "../rules/Ruleset.ts"
import type * as ObjectMap from "./ObjectMap.ts"
import type { Grants, Head, Latch, Record } from "./Record.ts"

/** Where something goes: documents from Git, or objects from the cluster. */
export type Side = "cluster" | "git"

export const sides: ReadonlyArray<Side> = ["cluster", "git"]

export interface Account {
  readonly grants: Grants
  /** Why everything waits for a person. */
  readonly latch: Latch | undefined
}

/** Of a set that is too large. Any other is of another world, in which nothing counts that was granted before. */
export const isBudget = (latch: Latch | undefined): boolean => latch?.cause === "budget"

export const accountOf = ({ deletions, head, removals }: Record, side: Side): Account =>
  side === "git" ? { grants: removals, latch: head.latch } : { grants: deletions, latch: head.deletionLatch }

const withLatch = (head: Head, side: Side, latch: Latch | undefined): Head => {
  const { deletionLatch, latch: removalLatch, ...rest } = head
  const [removals, deletions] = side === "git" ? [latch, deletionLatch] : [removalLatch, latch]
  return {
    ...rest,
    ...removals === undefined ? {} : { latch: removals },
    ...deletions === undefined ? {} : { deletionLatch: deletions }
  }
}

/** The same record when nothing differs. */
export const withAccount = (record: Record, side: Side, { grants, latch }: Account): Record => {
  const before = accountOf(record, side)
  if (before.grants === grants && before.latch === latch) return record
  const head = before.latch === latch ? record.head : withLatch(record.head, side, latch)
  return side === "git" ? { ...record, head, removals: grants } : { ...record, head, deletions: grants }
}

/** What there is: what this cluster has shown, or what we applied in it. Nothing else is deleted, unless a rule says so. */
export const knownOf = ({ inventory, seen }: Record, side: Side): ObjectMap.ObjectMap<unknown> =>
  side === "git" ? seen : inventory

/** Something that a kind wants to have deleted. */
export interface Wish {
  readonly kind: KindId
  readonly id: ObjectId
  /** The document's digest, or the object's UID. */
  readonly basis: string
  /** Whether a rule says `prune: always`, so that it need not be known. */
  readonly always: boolean
  /** The namespace that is gone with it: its manifest may only go with the namespace's, or when a person confirms it. */
  readonly goneWith: string | undefined
}

/** Whether some rule may have anything deleted there. */
export const deletesFrom = ({ rules }: Ruleset, side: Side): boolean =>
  rules.some(({ prune, suspend, syncTo }) =>
    !suspend && (side === "git"
      ? syncTo === "git" || syncTo === "both"
      : (syncTo === "kubernetes" || syncTo === "both") && prune !== "never")
  )
