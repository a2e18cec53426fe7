/** What a kind tells of itself: how far it is in the round, and every object that is not in step, with the cure. */
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import type { Stage } from "./Stage.ts"

export type Watch =
  | { readonly _tag: "Listing" }
  | { readonly _tag: "Live" }
  | { readonly _tag: "Interrupted"; readonly reason: string }
  /** The kind cannot be watched, or its actor keeps failing. */
  | { readonly _tag: "Unavailable"; readonly reason: string }

/** Objects of one kind under one rule. */
export interface RuleTally {
  /** Index of the rule in the configuration. */
  readonly rule: number
  readonly inStep: number
  /** To be applied: by us, now or when the stage opens. */
  readonly pending: number
  /** Ends by itself: another try, a namespace, a deletion under way. */
  readonly waiting: number
  /** A person has to act. */
  readonly failed: number
  /** Left alone on purpose: contested, suspended, or gone from Git while nothing is deleted. */
  readonly held: number
}

/** One object that is not in step. */
export interface ObjectTrouble {
  readonly object: ObjectId
  readonly state: "waiting" | "failed" | "held"
  /** `path:line:column` in the repository, if it has a manifest. */
  readonly place: string | undefined
  readonly message: string
}

/** Something that is new in Git and is not in the cluster. */
export interface Missing {
  readonly kind: KindId
  /** `""` when cluster-scoped. */
  readonly namespace: string
  readonly name: string
}

export interface KindReport {
  readonly kind: KindId
  readonly stage: Stage
  readonly watch: Watch
  /** The round this report is about. */
  readonly round: number
  /** Whether the kind still has something to do in this round that it can do by itself. Later stages wait while it is. */
  readonly busy: boolean
  /** While the cluster is being restored: how many objects are still to come back, and how many can't before a person acts. */
  readonly restoring?: { readonly left: number; readonly failed: number }
  readonly rules: ReadonlyArray<RuleTally>
  /** At most {@link maxTroubles}, worst first. */
  readonly troubles: ReadonlyArray<ObjectTrouble>
  readonly troubleCount: number
  /** What could not be made though it was never there: it may take the place of what is to be deleted. Empty while the kind is busy. */
  readonly missing: ReadonlyArray<Missing>
}

/** How many troubled objects of a kind a report names; all of them are counted. */
export const maxTroubles = 50
