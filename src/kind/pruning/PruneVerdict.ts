/** What becomes of an object of ours that Git holds no longer. Pure. */
import { pruneAnnotation } from "../../manifest/PruneAnnotation.ts"
import type { Rule } from "../../rules/Rule.ts"
import type { Live, Tracked } from "../Tracked.ts"
import type { Trouble } from "../Trouble.ts"
import { isAlways } from "./Protection.ts"

export type PruneVerdict =
  /** To be deleted, once that is proved and granted. */
  | {
    readonly _tag: "AwaitsPrune"
    readonly rule: Rule
    readonly uid: string
    readonly isUnderWay: boolean
    /** What kept it so far, while it is tried again. */
    readonly trouble: Trouble | undefined
  }
  /** It stays; why, and what to do. */
  | { readonly _tag: "Kept"; readonly rule: Rule; readonly reason: string }
  /** Its deletion has begun. */
  | { readonly _tag: "Going"; readonly rule: Rule; readonly finalizers: string }

export interface PruneCircumstances {
  readonly isTipComplete: boolean
  readonly isRecorded: boolean
  readonly protection: (rule: Rule) => string | undefined
  /** The file that described it last, if that is there and can't be read as a manifest any more. */
  readonly spoiled: string | undefined
  /** Whether it is as it was when both sides were last the same. */
  readonly isUnchanged: boolean
  readonly now: number
}

const unread =
  "in no manifest that could be read: it stays, since a file that could not be read may hold it; mend what is named under \"problems\""

const whyKept = (
  live: Live,
  rule: Rule,
  { isRecorded, isUnchanged, protection }: PruneCircumstances
): string | undefined => {
  if (rule.prune === "never") return `rule ${rule.index + 1} says "prune: never"`
  if (live.isNeverPruned) return `its annotation ${pruneAnnotation} says "never"`
  if (live.controller !== undefined) return `${live.controller} made it and controls it`
  const shield = protection(rule)
  if (shield !== undefined) return shield
  if (rule.syncTo === "both" && !isUnchanged)
    return "it was changed in the cluster since it was last the same as in Git; delete it with kubectl, or bring its manifest back"
  if (isAlways(rule)) return undefined
  if (!isRecorded) return "the record doesn't say that it was applied from Git; delete it with kubectl if it should go"
  return live.owned === undefined
    ? "nothing in its metadata.managedFields is ours any more; delete it with kubectl if it should go"
    : undefined
}

/** @param troubled what was met with when it was to be deleted */
export const judgePrune = (
  { live, prune }: Tracked,
  rule: Rule,
  troubled: Trouble | undefined,
  circumstances: PruneCircumstances
): PruneVerdict | undefined => {
  if (live === undefined) return undefined
  if (live.terminating) return { _tag: "Going", rule, finalizers: live.finalizers }
  const memory = prune?.uid === live.uid ? prune : undefined
  const awaits = { _tag: "AwaitsPrune", rule, uid: live.uid, trouble: undefined } as const
  if (memory?._tag === "UnderWay") return { ...awaits, isUnderWay: true }
  if (!circumstances.isTipComplete) return { _tag: "Kept", rule, reason: unread }
  const reason = circumstances.spoiled === undefined
    ? whyKept(live, rule, circumstances)
    : `${circumstances.spoiled}, which described it, is there and can't be read as a manifest: mend it, or remove it`
  if (reason !== undefined) return { _tag: "Kept", rule, reason: `no longer in Git, and stays: ${reason}` }
  const { now } = circumstances
  if (memory?._tag === "Sent" && now < memory.until) return { ...awaits, isUnderWay: true }
  if (memory?._tag === "Held") return { _tag: "Kept", rule, reason: memory.message }
  return { ...awaits, isUnderWay: false, trouble: troubled }
}
