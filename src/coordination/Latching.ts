/** What looks like another world, so that every removal waits for a person. Pure. */
import type { Tip } from "../git/Tip.ts"
import type { Latch, Record } from "./Record.ts"

/** Whether the commit last synced lies in the history of the tip. */
export type Ancestry = "Unknown" | "Proved" | "Broken"

const short = (commit: string) => commit.slice(0, 8)

const someMirrored = ({ seen }: Record): boolean =>
  seen.values().some((entries) => entries.values().some((mirrored) => mirrored !== undefined))

const isEmptied = ({ index }: Tip, record: Record): boolean =>
  index.problems.length === 0 && index.kinds.values().every((refs) => refs.length === 0) && someMirrored(record)

const causeOf = (tip: Tip, record: Record, ancestry: Ancestry): Omit<Latch, "commit"> | undefined => {
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
  return isEmptied(tip, record)
    ? { cause: `empty at ${tip.commit ?? ""}`, reason: "the repository was emptied: no manifest is left below gitPath" }
    : undefined
}

/** The record with all removals held if something looks like another world that nobody has accepted; else the same record. */
export const latchedBy = (record: Record, tip: Tip, ancestry: Ancestry): Record => {
  const cause = causeOf(tip, record, ancestry)
  if (cause === undefined || record.head.latch !== undefined || record.head.accepted === cause.cause) return record
  return latch(record, cause, tip.commit)
}

/** With all removals held. */
export const latch = (record: Record, cause: Omit<Latch, "commit">, commit: string | undefined): Record => ({
  ...record,
  head: { ...record.head, latch: { ...cause, ...commit === undefined ? {} : { commit } } }
})
