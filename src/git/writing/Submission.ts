/** A set of changes that somebody submitted, and what can become of it. Pure. */
import { formatKey, type KindId, type ObjectKey } from "../../manifest/ObjectKey.ts"
import type { Changes, Refusal, SubmitAnswer } from "../GitMessages.ts"

export interface Submission {
  readonly id: number
  readonly sender: KindId
  readonly changes: Changes
  readonly keys: ReadonlySet<string>
  /** When it came, and since when something waits for its documents; milliseconds since the epoch. */
  readonly at: number
  readonly since: number
}

export const makeSubmission = (id: number, sender: KindId, changes: Changes, at: number): Submission => ({
  id,
  sender,
  changes,
  keys: new Set(changes.map(({ key }) => formatKey(key))),
  at,
  since: at
})

export type Answer =
  | SubmitAnswer
  | { readonly _tag: "DecideAgain"; readonly keys: ReadonlyArray<ObjectKey> }
  | { readonly _tag: "Refused"; readonly reason: Refusal; readonly words: string }

/** What becomes of an earlier submission when a later one comes that has a key in common with it. */
export const overtaken = (earlier: Submission, later: Submission): Answer => {
  const left = earlier.changes.filter(({ key }) => !later.keys.has(formatKey(key)))
  return left.length === 0
    ? { _tag: "Replaced" }
    : { _tag: "DecideAgain", keys: left.map(({ key }) => key) }
}
