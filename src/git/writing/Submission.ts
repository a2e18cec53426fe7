/** A wish that somebody submitted, and what can become of it. Pure. */
import { formatKey, type KindId, type ObjectKey } from "../../manifest/ObjectKey.ts"
import type { DocumentChange, Naming, Refusal, SubmitAnswer, Wish } from "../GitMessages.ts"
import { weightOf } from "./weightOf.ts"

export interface Submission {
  readonly id: number
  readonly sender: KindId
  /** All of them in one commit, or none; empty where the cluster is to be named. */
  readonly changes: ReadonlyArray<DocumentChange>
  /** Goes into a commit of its own, before all changes of documents. */
  readonly naming: Naming | undefined
  readonly keys: ReadonlySet<string>
  /** What is needed beside it, in Git or in the same commit. */
  readonly needs: ReadonlySet<string>
  readonly weight: number
  /** When it came, and since when something waits for its documents; milliseconds since the epoch. */
  readonly at: number
  readonly since: number
}

/** Stands for the one file that names the cluster; no key of an object looks like it. */
const nameKey = "the name of the cluster"

const needsOf = (change: DocumentChange): ReadonlyArray<ObjectKey> =>
  change._tag === "PutDocument" ? change.needs ?? [] : []

export const makeSubmission = (id: number, sender: KindId, wish: Wish, at: number): Submission => {
  const changes = wish._tag === "Documents" ? wish.changes : []
  const keys = new Set(wish._tag === "Documents" ? changes.map(({ key }) => formatKey(key)) : [nameKey])
  return {
    id,
    sender,
    changes,
    naming: wish._tag === "Name" ? wish.naming : undefined,
    keys,
    needs: new Set(changes.flatMap(needsOf).map(formatKey)).difference(keys),
    weight: Math.max(1, weightOf(changes)),
    at,
    since: at
  }
}

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
