/** Which of what kinds want to have deleted on one side may go: judged as one set, together with what was granted of late. Pure. */
import type { KindId } from "../manifest/ObjectKey.ts"
import { type Account, accountOf, isBudget, knownOf, type Side, type Wish, withAccount } from "./Account.ts"
import * as Budget from "./Budget.ts"
import type { GrantEntry } from "./GrantEntry.ts"
import * as ObjectMap from "./ObjectMap.ts"
import type { Grants, Record } from "./Record.ts"

/** `Unknown`: the record knows nothing of it, so that it isn't on the other side proves nothing. */
export type Verdict = "Granted" | "Held" | "Unknown"

export interface Judgement {
  /** With what follows; it has to be written before anybody is told. */
  readonly record: Record
  /** In the order of the wishes. */
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
const lasting = (grants: Grants, now: number): Grants =>
  ObjectMap.keep(
    grants,
    (_, __, { at, mark }) => mark === "held" || now - at < (mark === "granted" ? Budget.window : confirmedFor)
  )

const sameMark = (a: GrantEntry | undefined, b: GrantEntry | undefined): boolean =>
  a?.mark === b?.mark && a?.basis === b?.basis

/** Marked as that at this time, unless it was marked so before. */
const markAll = (grants: Grants, wanted: ReadonlyArray<Wish>, mark: GrantEntry["mark"], at: number): Grants =>
  wanted.reduce<Grants>(
    (marked, { basis, id, kind }) => ObjectMap.widen(marked, kind, [[id, { mark, basis, at }]], sameMark),
    grants
  )

const isAllowed = ({ grants, latch }: Account, { basis, id, kind }: Wish) => {
  if (latch !== undefined && !isBudget(latch)) return false
  const entry = ObjectMap.get(grants, kind, id)
  return entry !== undefined && entry.mark !== "held" && entry.basis === basis
}

const counted = (grants: Grants) => ObjectMap.keep(grants, (_, __, { mark }) => mark === "granted")

const namespaces: KindId = "Namespace"

/** A namespace that is gone with the objects in it, though its own manifest stays. */
const strayNamespace = (set: Grants, fresh: ReadonlyArray<Wish>): string | undefined =>
  fresh.map(({ goneWith }) => goneWith).find((name) => name !== undefined && !ObjectMap.has(set, namespaces, name))

const excessOf = (
  set: Grants,
  fresh: ReadonlyArray<Wish>,
  known: ObjectMap.ObjectMap<unknown>,
  limits: Budget.Limits
) => {
  const stray = strayNamespace(set, fresh)
  return stray === undefined
    ? Budget.excess(counted(set), known, limits)
    : `namespace ${stray} is gone with what was in it, and its own manifest is not`
}

/** Judges new ones that nobody has allowed yet. */
const judgeFresh = (
  record: Record,
  side: Side,
  fresh: ReadonlyArray<Wish>,
  { commit, limits, now }: Circumstances
): Record => {
  const { grants, latch } = accountOf(record, side)
  const held = markAll(grants, fresh, "held", now)
  if (latch !== undefined) return withAccount(record, side, { grants: held, latch })
  const granted = markAll(grants, fresh, "granted", now)
  const excess = excessOf(granted, fresh, knownOf(record, side), limits)
  return withAccount(
    record,
    side,
    excess === undefined
      ? { grants: granted, latch }
      : { grants: held, latch: { cause: "budget", reason: excess, ...commit === undefined ? {} : { commit } } }
  )
}

export const judge = (
  found: Record,
  side: Side,
  wanted: ReadonlyArray<Wish>,
  circumstances: Circumstances
): Judgement => {
  const account = accountOf(found, side)
  const record = withAccount(found, side, { ...account, grants: lasting(account.grants, circumstances.now) })
  const known = knownOf(record, side)
  const isKnown = ({ always, id, kind }: Wish) => always || ObjectMap.has(known, kind, id)
  const before = accountOf(record, side)
  const fresh = wanted.filter((wish) => isKnown(wish) && !isAllowed(before, wish))
  const judged = fresh.length === 0 ? record : judgeFresh(record, side, fresh, circumstances)
  const after = accountOf(judged, side)
  return {
    record: judged,
    verdicts: wanted.map((wish) => {
      if (!isKnown(wish)) return "Unknown"
      return isAllowed(after, wish) ? "Granted" : "Held"
    })
  }
}
