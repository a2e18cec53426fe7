/** What looks like another world, so that every deletion on either side waits for a person. Pure. */
import type { Tip } from "../git/Tip.ts"
import { isFirst } from "../kind/mirroring/MirrorMemory.ts"
import { accountOf, type Side, withAccount } from "./Account.ts"
import type { Latch, Record } from "./Record.ts"

/** Whether the commit last synced lies in the history of the tip. */
export type Ancestry = "Unknown" | "Proved" | "Broken"

const short = (commit: string) => commit.slice(0, 8)

/** Whether Git once held what could be deleted: what is only about to be written there proves nothing. */
const hadSome = ({ inventory, seen }: Record, side: Side): boolean =>
  side === "git"
    ? seen.values().some((entries) => entries.values().some((last) => last !== undefined && !isFirst(last)))
    : inventory.size > 0

const isEmptied = ({ index }: Tip): boolean =>
  index.problems.length === 0 && index.kinds.values().every((refs) => refs.length === 0)

const causeOf = (tip: Tip, record: Record, side: Side, ancestry: Ancestry): Omit<Latch, "commit"> | undefined => {
  const { lastSynced } = record.head
  if (tip.rewrittenFrom !== undefined) {
    return {
      cause: `rewritten from ${tip.rewrittenFrom}`,
      reason: `the history of the branch was rewritten: ${
        short(tip.rewrittenFrom)
      }, where it was, is no longer part of it`
    }
  }
  if (ancestry === "Broken" && lastSynced !== undefined) {
    return {
      cause: `not grown from ${lastSynced}`,
      reason: `the commit that was synced last, ${short(lastSynced)}, is no longer part of the branch`
    }
  }
  return isEmptied(tip) && hadSome(record, side)
    ? { cause: `empty at ${tip.commit ?? ""}`, reason: "the repository was emptied: no manifest is left below gitPath" }
    : undefined
}

/** The record with all deletions of a side held if something looks like another world that nobody has accepted; else the same record. */
export const latchedBy = (record: Record, side: Side, tip: Tip, ancestry: Ancestry): Record => {
  const cause = causeOf(tip, record, side, ancestry)
  const isKnown = accountOf(record, side).latch !== undefined || record.head.accepted === cause?.cause
  return cause === undefined || isKnown ? record : latch(record, side, cause, tip.commit)
}

/** With all deletions of a side held. */
export const latch = (record: Record, side: Side, cause: Omit<Latch, "commit">, commit: string | undefined): Record =>
  withAccount(record, side, {
    ...accountOf(record, side),
    latch: { ...cause, ...commit === undefined ? {} : { commit } }
  })
