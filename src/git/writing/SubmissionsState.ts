/** What is known of all that was submitted and isn't answered yet. Pure. */
import type { Refusal } from "../GitMessages.ts"
import type { Waiting } from "./batchOf.ts"
import type { Answer, Submission } from "./Submission.ts"

/** A commit that was made to be pushed. */
export interface Attempt {
  readonly commit: string
  /** What it was made on; `undefined` for the first of a branch. */
  readonly parent: string | undefined
}

/** What came of a push. */
export type Push =
  | { readonly _tag: "Done" }
  /** The branch was elsewhere: nothing has happened. */
  | { readonly _tag: "Moved" }
  /** The remote took offence at this very commit; at another it may not. */
  | { readonly _tag: "Declined"; readonly words: string }
  /** We may not push at all. */
  | { readonly _tag: "Refused"; readonly reason: Refusal; readonly words: string }
  /** Nobody knows; the remote asks to be left alone for so many milliseconds. */
  | { readonly _tag: "Lost"; readonly wait: number }

export interface Doubt<A extends Attempt> {
  readonly submissions: ReadonlyArray<Submission>
  readonly attempt: A
}

export interface Window {
  /** Milliseconds. */
  readonly quiet: number
  readonly maxAge: number
}

export interface Submissions<A extends Attempt> extends Waiting {
  readonly window: Window
  /** Commits declined in a row since something was divided. */
  readonly declines: number
  /** A push whose outcome is unknown; nothing else is pushed until it is known. */
  readonly doubt: Doubt<A> | undefined
  /** Whether the last look succeeded. Nothing is pushed before. */
  readonly isReadable: boolean
  /** Where the branch was at the last look that succeeded. */
  readonly tip: string | undefined
  /** Nothing is pushed before the branch was looked at, which is done at this time; `undefined`: it was. */
  readonly lookAt: number | undefined
  /** Pushes in a row that did not come through. */
  readonly tries: number
  /** Tried often enough: goes on after a look that somebody else wanted. */
  readonly isResting: boolean
  readonly notBefore: number
  /** Pushes in a row that the remote declined. */
  readonly refusals: number
  readonly refusedUntil: number
  readonly drains: ReadonlyArray<number>
}

export const none = <A extends Attempt>(window: Window): Submissions<A> => ({
  window,
  waiting: [],
  blocked: new Set(),
  divided: [],
  declines: 0,
  doubt: undefined,
  isReadable: false,
  tip: undefined,
  lookAt: undefined,
  tries: 0,
  isResting: false,
  notBefore: 0,
  refusals: 0,
  refusedUntil: 0,
  drains: []
})

/** By the ids of submissions. */
export type Answers = ReadonlyArray<readonly [id: number, answer: Answer]>

/** What is true after something happened, and who is to be told. */
export interface Outcome<A extends Attempt> {
  readonly state: Submissions<A>
  readonly answers?: Answers
}

export const answerAll = (submissions: ReadonlyArray<Submission>, answer: Answer): Answers =>
  submissions.map(({ id }) => [id, answer])

/** What may be committed for its own sake. */
export const unblocked = <A extends Attempt>({ blocked, waiting }: Submissions<A>): ReadonlyArray<Submission> =>
  blocked.size === 0 ? waiting : waiting.filter(({ id }) => !blocked.has(id))

/** Nothing waits but for what somebody else has to do. */
export const isIdle = <A extends Attempt>(state: Submissions<A>): boolean =>
  state.doubt === undefined && unblocked(state).length === 0

/** How many changes wait, those in doubt included. */
export const countChanges = <A extends Attempt>({ doubt, waiting }: Submissions<A>): number =>
  [...waiting, ...doubt?.submissions ?? []].reduce((sum, { changes }) => sum + changes.length, 0)
