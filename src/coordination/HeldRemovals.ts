/** The removals that wait for a person: what they are, how a person says yes, and when they wait no longer. Pure. */
import type { Confirmation } from "../git/History.ts"
import { counted } from "../manifest/counted.ts"
import * as ObjectMap from "./ObjectMap.ts"
import type { Head, Record } from "./Record.ts"

/** What is shown of what is held. */
export interface Held {
  /** `Kind.group namespace/name`, in order. */
  readonly objects: ReadonlyArray<string>
  /** Why they wait: a sentence's end. */
  readonly reason: string
}

/** `undefined` when nothing has to be confirmed. */
export const heldOf = ({ head: { latch }, removals }: Record): Held | undefined =>
  latch === undefined ? undefined : {
    objects: ObjectMap.entriesOf(removals).filter(({ value }) => value.mark === "held")
      .map(({ id, kind }) => `${kind} ${id}`).toSorted(),
    reason: latch.reason
  }

const named = 3

/** How a person says yes. */
export const howToConfirm = (name: string, count: number): string =>
  `If it is right, run "gitops-controller confirm", or push a commit that changes something below gitPath ` +
  `and ends with the line "Confirm-deletions: ${name} ${count}"`

/** A sentence for whoever asked, and for the log. */
export const heldMessage = ({ objects, reason }: Held, name: string): string => {
  const more = objects.length > named ? ` and ${objects.length - named} more` : ""
  if (objects.length === 0)
    return `No document is removed from Git before a person says so: ${reason}. ${howToConfirm(name, 0)}`
  const which = ` (${objects.slice(0, named).join(", ")}${more})`
  return `${
    counted(objects.length, "document")
  } would be removed from Git, as the objects are gone from the cluster${which}. ` +
    `It waits for a person: ${reason}. ${howToConfirm(name, objects.length)}`
}

const withoutLatch = ({ latch, ...head }: Head): Head =>
  latch === undefined || latch.cause === "budget" ? head : { ...head, accepted: latch.cause }

/** As a person wants it: what is held may go, and why it was held holds no longer. */
export const confirm = (record: Record, now: number): Record => ({
  ...record,
  head: withoutLatch(record.head),
  removals: new Map(
    [...record.removals].map(([kind, entries]) => [
      kind,
      new Map(
        [...entries].map(([id, entry]) =>
          [id, entry.mark === "held" ? { ...entry, mark: "confirmed" as const, at: now } : entry] as const
        )
      )
    ])
  )
})

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
  const held = heldOf(record)
  const { confirms, judged = [], ...head } = record.head
  const fresh = trailers.filter((trailer) => trailer.name === name && !judged.includes(trailer.commit))
  if (fresh.length === 0 && confirms === undefined) return { record, isConfirmed: false, objection: undefined }
  const seen: Record = {
    ...record,
    head: fresh.length === 0 && judged.length === 0
      ? head
      : { ...head, judged: [...judged, ...fresh.map(({ commit }) => commit)].slice(-mostJudged) }
  }
  if (held === undefined) return { record: seen, isConfirmed: false, objection: undefined }
  const count = held.objects.length
  if (confirms === count || fresh.some((trailer) => trailer.count === count))
    return { record: confirm(seen, now), isConfirmed: true, objection: undefined }
  const trailer = fresh.at(-1)
  const objection = trailer === undefined
    ? `${confirms ?? 0} removals were confirmed by command, but ${count} wait by now: look again and confirm those`
    : `commit ${trailer.commit.slice(0, 8)} confirms ${trailer.count} removals, but ${count} wait: ` +
      `to confirm those, push another with "Confirm-deletions: ${name} ${count}"`
  return { record: seen, isConfirmed: false, objection }
}

/** Without what was asked for objects that are live again, or that nobody wants to remove any more. */
export const withdraw = (record: Record, objects: ObjectMap.ObjectSet): Record => {
  const removals = ObjectMap.keep(
    record.removals,
    (kind, id, { mark }) => mark === "granted" || objects.get(kind)?.has(id) !== true
  )
  if (removals === record.removals) return record
  const left: Record = { ...record, removals }
  return record.head.latch?.cause === "budget" && heldOf(left)?.objects.length === 0
    ? { ...left, head: withoutLatch(left.head) }
    : left
}
