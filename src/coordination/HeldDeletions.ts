/** The deletions that wait for a person: what they are, how a person says yes, and when they wait no longer. Pure. */
import type { Confirmation } from "../git/History.ts"
import { counted } from "../manifest/counted.ts"
import { accountOf, isBudget, type Side, sides, withAccount } from "./Account.ts"
import * as ObjectMap from "./ObjectMap.ts"
import type { Head, Latch, Record } from "./Record.ts"

/** What is shown of what is held on one side. */
export interface Held {
  readonly side: Side
  /** `Kind.group namespace/name`, in order. */
  readonly objects: ReadonlyArray<string>
  /** Why they wait: a sentence's end. */
  readonly reason: string
}

/** `undefined` when nothing has to be confirmed on that side. */
export const heldOn = (record: Record, side: Side): Held | undefined => {
  const { grants, latch } = accountOf(record, side)
  return latch === undefined ? undefined : {
    side,
    objects: ObjectMap.entriesOf(grants).filter(({ value }) => value.mark === "held")
      .map(({ id, kind }) => `${kind} ${id}`).toSorted(),
    reason: latch.reason
  }
}

/** On both sides: confirmed together, by one number. */
export const heldIn = (record: Record): ReadonlyArray<Held> => sides.flatMap((side) => heldOn(record, side) ?? [])

export const countOf = (held: ReadonlyArray<Held>): number => held.reduce((sum, { objects }) => sum + objects.length, 0)

const named = 3

/**
 * How a person says yes.
 * @param count of both sides together
 */
export const howToConfirm = (name: string, count: number): string =>
  `If it is right, run "gitops-controller confirm", or push a commit that changes something below gitPath ` +
  `and ends with the line "Confirm-deletions: ${name} ${count}"`

const none: { readonly [S in Side]: string } = {
  git: "No document is removed from Git before a person says so",
  cluster: "No object is deleted in the cluster before a person says so"
}

const some = (side: Side, count: number): string =>
  side === "git"
    ? `${counted(count, "document")} would be removed from Git, as the objects are gone from the cluster`
    : `${counted(count, "object")} would be deleted in the cluster, as the manifests are gone from Git`

/** A sentence for whoever asked, and for the log. */
export const heldMessage = (of: Held, record: Record, name: string): string => {
  const { objects, reason, side } = of
  const more = objects.length > named ? ` and ${objects.length - named} more` : ""
  const confirm = howToConfirm(name, countOf(heldIn(record)))
  if (objects.length === 0) return `${none[side]}: ${reason}. ${confirm}`
  const which = ` (${objects.slice(0, named).join(", ")}${more})`
  return `${some(side, objects.length)}${which}. It waits for a person: ${reason}. ${confirm}`
}

const acceptedAfter = (head: Head, latch: Latch | undefined): Head =>
  latch === undefined || isBudget(latch) ? head : { ...head, accepted: latch.cause }

const confirmOn = (record: Record, side: Side, now: number): Record => {
  const { grants, latch } = accountOf(record, side)
  const confirmed = new Map(
    [...grants].map(([kind, entries]) => [
      kind,
      new Map(
        [...entries].map(([id, entry]) =>
          [id, entry.mark === "held" ? { ...entry, mark: "confirmed" as const, at: now } : entry] as const
        )
      )
    ])
  )
  const after = withAccount(record, side, { grants: confirmed, latch: undefined })
  return { ...after, head: acceptedAfter(after.head, latch) }
}

/** As a person wants it: what is held may go, and why it was held holds no longer. */
export const confirm = (record: Record, now: number): Record =>
  sides.reduce((confirmed, side) => confirmOn(confirmed, side, now), record)

export interface Answer {
  readonly record: Record
  readonly isConfirmed: boolean
  /** What is to be said of a confirmation that doesn't fit. */
  readonly objection: string | undefined
}

/** How many commits are remembered whose trailer was judged. */
const mostJudged = 50

/** Judges what commits and the command `confirm` say. Each counts once, and only for exactly what is held. */
export const answer = (record: Record, trailers: ReadonlyArray<Confirmation>, name: string, now: number): Answer => {
  const held = heldIn(record)
  const { confirms, judged = [], ...head } = record.head
  const fresh = trailers.filter((trailer) => trailer.name === name && !judged.includes(trailer.commit))
  if (fresh.length === 0 && confirms === undefined) return { record, isConfirmed: false, objection: undefined }
  const seen: Record = {
    ...record,
    head: fresh.length === 0 && judged.length === 0
      ? head
      : { ...head, judged: [...judged, ...fresh.map(({ commit }) => commit)].slice(-mostJudged) }
  }
  if (held.length === 0) return { record: seen, isConfirmed: false, objection: undefined }
  const count = countOf(held)
  if (confirms === count || fresh.some((trailer) => trailer.count === count))
    return { record: confirm(seen, now), isConfirmed: true, objection: undefined }
  const trailer = fresh.at(-1)
  const objection = trailer === undefined
    ? `${confirms ?? 0} deletions were confirmed by command, but ${count} wait by now: look again and confirm those`
    : `commit ${trailer.commit.slice(0, 8)} confirms ${trailer.count} deletions, but ${count} wait: ` +
      `to confirm those, push another with "Confirm-deletions: ${name} ${count}"`
  return { record: seen, isConfirmed: false, objection }
}

/** What was confirmed of other reasons than those for which deletions wait now confirms nothing. */
export const answerOfBefore = (record: Record): Answer => {
  const { confirms, ...head } = record.head
  if (confirms === undefined) return { record, isConfirmed: false, objection: undefined }
  const reasons = heldIn(record).map(({ reason }) => reason).join("; ")
  const objection =
    `${confirms} deletions were confirmed by command, but they wait for another reason by now: ${reasons}. Look again`
  return { record: { ...record, head }, isConfirmed: false, objection }
}

/** With only what passes; what was granted counts on. Where nothing is left of a set that was too large, nobody has to confirm it. */
const retain = (
  record: Record,
  side: Side,
  passes: (kind: string, id: string) => boolean
): Record => {
  const { grants, latch } = accountOf(record, side)
  const left = ObjectMap.keep(grants, (kind, id, { mark }) => mark === "granted" || passes(kind, id))
  if (left === grants) return record
  const after = withAccount(record, side, { grants: left, latch })
  return isBudget(latch) && heldOn(after, side)?.objects.length === 0
    ? withAccount(after, side, { grants: left, latch: undefined })
    : after
}

/** Without what was asked for objects that are as they should be again, or that nobody wants to have deleted any more. */
export const withdraw = (record: Record, side: Side, objects: ObjectMap.ObjectSet): Record =>
  retain(record, side, (kind, id) => objects.get(kind)?.has(id) !== true)

/** Of these kinds, only what is wanted still. */
export const narrow = (record: Record, side: Side, kinds: ReadonlySet<string>, wanted: ObjectMap.ObjectSet): Record =>
  retain(record, side, (kind, id) => !kinds.has(kind) || wanted.get(kind)?.has(id) === true)
