/** What looks like another world, so that every deletion on either side waits for a person. Pure. */
import type { Tip } from "../git/Tip.ts"
import { isFirst } from "../kind/mirroring/MirrorMemory.ts"
import { accountOf, type Side, sides, withAccount } from "./Account.ts"
import * as ObjectMap from "./ObjectMap.ts"
import type { Latch, Record } from "./Record.ts"

/** Whether the commit last synced lies in the history of the tip. */
export type Ancestry = "Unknown" | "Proved" | "Broken"

export interface Descent {
  /** The commit that is asked about; `undefined` where nothing was synced yet. */
  readonly of: string | undefined
  readonly answer: Ancestry
}

const short = (commit: string) => commit.slice(0, 8)

/** The same however it was found out. */
const lost = (commit: string) => `lost ${commit}`

/** Whether Git once held what could be deleted: what is only about to be written there proves nothing. */
const hadSome = ({ inventory, seen }: Record, side: Side): boolean =>
  side === "git"
    ? seen.values().some((entries) => entries.values().some((last) => last !== undefined && !isFirst(last)))
    : inventory.size > 0

const isEmptied = ({ index }: Tip): boolean =>
  index.problems.length === 0 && index.kinds.values().every((refs) => refs.length === 0)

const causeOf = (
  tip: Tip,
  record: Record,
  side: Side,
  { answer, of }: Descent
): Omit<Latch, "commit"> | undefined => {
  if (tip.rewrittenFrom !== undefined) {
    return {
      cause: lost(tip.rewrittenFrom),
      reason: `the history of the branch was rewritten: ${
        short(tip.rewrittenFrom)
      }, where it was, is no longer part of it`
    }
  }
  if (answer === "Broken" && of !== undefined) {
    return {
      cause: lost(of),
      reason: `the commit that was synced last, ${short(of)}, is no longer part of the branch`
    }
  }
  return isEmptied(tip) && hadSome(record, side)
    ? { cause: "emptied", reason: "the repository was emptied: no manifest is left below gitPath" }
    : undefined
}

/** Whether what a person accepted is over, so that the same holds everything again when it comes again. */
const isOver = (record: Record, causes: ReadonlyArray<string>, { answer }: Descent): boolean => {
  const { accepted, lastSynced } = record.head
  const isLastSynced = lastSynced !== undefined && accepted === lost(lastSynced)
  return accepted !== undefined && answer !== "Unknown" && !isLastSynced && !causes.includes(accepted)
}

const withoutAccepted = (record: Record): Record => {
  const { accepted: _, ...head } = record.head
  return { ...record, head }
}

/**
 * The record with all deletions held on the sides on which something looks like another world that nobody has accepted; else the same record.
 * What came later than the reason for which they wait already takes its place: a person is asked about the world as it is.
 */
export const latchedBy = (record: Record, among: ReadonlyArray<Side>, tip: Tip, descent: Descent): Record => {
  const causes = among.flatMap((side) => {
    const cause = causeOf(tip, record, side, descent)
    return cause === undefined ? [] : [{ side, cause }]
  })
  const left = isOver(record, causes.map(({ cause }) => cause.cause), descent) ? withoutAccepted(record) : record
  return causes.reduce(
    (latched, { cause, side }) =>
      latched.head.accepted === cause.cause || accountOf(latched, side).latch?.cause === cause.cause
        ? latched
        : latch(latched, side, cause, tip.commit),
    left
  )
}

/**
 * With all deletions of a side held. What a person confirmed and nobody used yet was confirmed of another world: it is asked about again. Who was
 * told already needs no entry any more.
 */
export const latch = (record: Record, side: Side, cause: Omit<Latch, "commit">, commit: string | undefined): Record =>
  withAccount(record, side, {
    grants: ObjectMap.keep(accountOf(record, side).grants, (_, __, { mark }) => mark !== "confirmed"),
    latch: { ...cause, ...commit === undefined ? {} : { commit } }
  })

/** Whether deletions wait for other reasons than before. */
export const isLatchedAnew = (before: Record, after: Record): boolean =>
  sides.some((side) => accountOf(before, side).latch !== accountOf(after, side).latch)
