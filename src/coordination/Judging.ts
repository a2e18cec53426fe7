/** Which of the documents that kinds want to remove from Git may go: judged as one set, together with what was granted of late. Pure. */
import type { Removal } from "../kind/Coordination.ts"
import type { KindId } from "../manifest/ObjectKey.ts"
import * as Budget from "./Budget.ts"
import * as ObjectMap from "./ObjectMap.ts"
import type { Record, Removals } from "./Record.ts"
import type { RemovalEntry } from "./RemovalEntry.ts"

/** `OnlyInGit`: this cluster has never shown the object, so that it is gone proves nothing. */
export type Verdict = "Granted" | "Held" | "OnlyInGit"

export interface Judgement {
  /** With what follows; it has to be written before anybody is told. */
  readonly record: Record
  /** In the order of the removals. */
  readonly verdicts: ReadonlyArray<Verdict>
}

export interface Circumstances {
  readonly limits: Budget.Limits
  /** The tip. */
  readonly commit: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What a person confirmed and nobody asked for again holds for so many milliseconds. */
const confirmedFor = 3_600_000

/** Without what has lapsed. */
const lasting = (removals: Removals, now: number): Removals =>
  ObjectMap.keep(
    removals,
    (_, __, { at, mark }) => mark === "held" || now - at < (mark === "granted" ? Budget.window : confirmedFor)
  )

const sameMark = (a: RemovalEntry | undefined, b: RemovalEntry | undefined): boolean =>
  a?.mark === b?.mark && a?.document === b?.document

/** Marked as that at this time, unless it was marked so before. */
const markAll = (
  record: Record,
  wanted: ReadonlyArray<Removal>,
  mark: RemovalEntry["mark"],
  at: number
): Record => {
  const removals = wanted.reduce<Removals>(
    (marked, { document, id, kind }) => ObjectMap.widen(marked, kind, [[id, { mark, document, at }]], sameMark),
    record.removals
  )
  return removals === record.removals ? record : { ...record, removals }
}

const isAllowed = (removals: Removals, { document, id, kind }: Removal) => {
  const entry = ObjectMap.get(removals, kind, id)
  return entry !== undefined && entry.mark !== "held" && entry.document === document
}

const counted = (removals: Removals) => ObjectMap.keep(removals, (_, __, { mark }) => mark === "granted")

const withLatch = (record: Record, reason: string, commit: string | undefined): Record => ({
  ...record,
  head: { ...record.head, latch: { cause: "budget", reason, ...commit === undefined ? {} : { commit } } }
})

const namespaces: KindId = "Namespace"

/** A namespace that is gone with the objects in it, though its own manifest stays. */
const strayNamespace = (set: Removals, fresh: ReadonlyArray<Removal>): string | undefined =>
  fresh.map(({ goneWith }) => goneWith).find((name) => name !== undefined && !ObjectMap.has(set, namespaces, name))

const excessOf = (set: Removals, fresh: ReadonlyArray<Removal>, { seen }: Record, limits: Budget.Limits) => {
  const stray = strayNamespace(set, fresh)
  return stray === undefined
    ? Budget.excess(counted(set), seen, limits)
    : `namespace ${stray} is gone with what was in it, and its own manifest is not`
}

/** Judges new ones that nobody has allowed yet. */
const judgeFresh = (record: Record, fresh: ReadonlyArray<Removal>, { commit, limits, now }: Circumstances): Record => {
  if (record.head.latch !== undefined) return markAll(record, fresh, "held", now)
  const granted = markAll(record, fresh, "granted", now)
  const excess = excessOf(granted.removals, fresh, record, limits)
  return excess === undefined ? granted : withLatch(markAll(record, fresh, "held", now), excess, commit)
}

export const judge = (found: Record, wanted: ReadonlyArray<Removal>, circumstances: Circumstances): Judgement => {
  const removals = lasting(found.removals, circumstances.now)
  const record: Record = removals === found.removals ? found : { ...found, removals }
  const isKnown = ({ always, id, kind }: Removal) => always || ObjectMap.has(record.seen, kind, id)
  const fresh = wanted.filter((removal) => isKnown(removal) && !isAllowed(record.removals, removal))
  const judged = fresh.length === 0 ? record : judgeFresh(record, fresh, circumstances)
  return {
    record: judged,
    verdicts: wanted.map((removal) => {
      if (!isKnown(removal)) return "OnlyInGit"
      return isAllowed(judged.removals, removal) ? "Granted" : "Held"
    })
  }
}
