/** Counts of a kind's objects by rule and by how they stand, kept up to date verdict by verdict. */
import { formatPlace, type ManifestRef } from "../manifest/Manifest.ts"
import type { ObjectId } from "../manifest/ObjectKey.ts"
import { pauseAnnotation } from "../manifest/PauseAnnotation.ts"
import { fightMessage } from "./fights/FightMessage.ts"
import type { ObjectTrouble, RuleTally } from "./KindReport.ts"
import { maxTroubles } from "./KindReport.ts"
import { isFailure, type Trouble } from "./Trouble.ts"
import type { Verdict } from "./Verdict.ts"

type Standing = Exclude<keyof RuleTally, "rule">

export interface Tally {
  readonly counts: Map<number, Record<Standing, number>>
  readonly troubles: Map<ObjectId, ObjectTrouble>
}

export const make = (): Tally => ({ counts: new Map(), troubles: new Map() })

/** A contested object stands under no rule: it is counted with none. */
export const noRule = -1

const placeOf = (ref: ManifestRef) => formatPlace({ path: ref.path, line: ref.manifest.line })

const standingOf = (trouble: Trouble) => isFailure(trouble) ? "failed" : "waiting"

const standing = (verdict: Verdict): Standing | undefined => {
  switch (verdict._tag) {
    case "Unclaimed":
      return undefined
    case "InStep":
      return "inStep"
    case "Pending":
      return verdict.trouble === undefined ? "pending" : standingOf(verdict.trouble)
    case "Releasing":
      return "pending"
    case "Troubled":
      return standingOf(verdict.trouble)
    case "Absent":
    case "Unready":
      return "waiting"
    case "Contested":
    case "Fought":
    case "Unusable":
      return "failed"
    case "AwaitsPrune":
    case "Controlled":
    case "NeverSynced":
    case "Paused":
    case "Suspended":
      return "held"
  }
}

const ruleOf = (verdict: Verdict) => "rule" in verdict ? verdict.rule?.index ?? noRule : noRule

const trouble = (object: ObjectId, verdict: Verdict): ObjectTrouble | undefined => {
  switch (verdict._tag) {
    case "Pending":
    case "Troubled":
      return verdict.trouble === undefined ? undefined : {
        object,
        state: standingOf(verdict.trouble),
        place: verdict.trouble.place ?? (verdict.ref === undefined ? undefined : placeOf(verdict.ref)),
        message: verdict.trouble.message
      }
    case "Fought":
      return {
        object,
        state: "failed",
        place: placeOf(verdict.ref),
        message: verdict.fights.map(fightMessage).join("; ")
      }
    case "Absent":
      return {
        object,
        state: "waiting",
        place: placeOf(verdict.ref),
        message: `not in the cluster, and no rule has Git create it: rule ${
          verdict.rule.index + 1
        } has filters, so it only changes what is there`
      }
    case "Paused":
      return {
        object,
        state: "held",
        place: undefined,
        message: `left alone: its ${verdict.where} has the annotation ${pauseAnnotation}: paused`
      }
    case "Contested":
      return {
        object,
        state: "failed",
        place: verdict.refs.map(placeOf).join(" and "),
        message: "described by more than one manifest, so none is applied; keep one of them"
      }
    case "Unusable":
      return { object, state: "failed", place: placeOf(verdict.ref), message: verdict.reason }
    case "Unready":
      return {
        object,
        state: "waiting",
        place: placeOf(verdict.ref),
        message:
          `applied, but the API server has not established it yet; what needs it is applied as soon as it has. If this lasts, look at its conditions: kubectl describe crd ${object}`
      }
    case "NeverSynced":
      return { object, state: "held", place: placeOf(verdict.ref), message: `never applied: ${verdict.reason}` }
    case "Controlled":
      return {
        object,
        state: "held",
        place: undefined,
        message:
          `controlled by ${verdict.controller}, which would undo what Git says; name its resource in a rule to apply it all the same`
      }
    case "AwaitsPrune":
      return {
        object,
        state: "held",
        place: undefined,
        message: verdict.withheld ?? "no longer in Git; waits for leave to be deleted"
      }
    default:
      return undefined
  }
}

const change = (tally: Tally, verdict: Verdict, by: 1 | -1) => {
  const counted = standing(verdict)
  if (counted === undefined) return
  const rule = ruleOf(verdict)
  const counts = tally.counts.get(rule) ?? { inStep: 0, pending: 0, waiting: 0, failed: 0, held: 0 }
  counts[counted] += by
  tally.counts.set(rule, counts)
}

/** Replaces what was counted for an object. */
export const record = (tally: Tally, object: ObjectId, before: Verdict | undefined, after: Verdict): void => {
  if (before !== undefined) change(tally, before, -1)
  change(tally, after, 1)
  const found = trouble(object, after)
  if (found === undefined) tally.troubles.delete(object)
  else tally.troubles.set(object, found)
}

/** Of the rules that an object stands under: one that was taken out is gone with its last object. */
export const ruleTallies = (tally: Tally): ReadonlyArray<RuleTally> =>
  [...tally.counts].filter(([, counts]) => Object.values(counts).some((count) => count > 0))
    .map(([rule, counts]) => ({ rule, ...counts })).toSorted((a, b) => a.rule - b.rule)

const severities: ReadonlyArray<ObjectTrouble["state"]> = ["failed", "waiting", "held"]

/** The worst {@link maxTroubles} of them. */
export const worst = (tally: Tally): ReadonlyArray<ObjectTrouble> => {
  const found: Record<ObjectTrouble["state"], Array<ObjectTrouble>> = { failed: [], waiting: [], held: [] }
  for (const trouble of tally.troubles.values()) {
    const alike = found[trouble.state]
    if (alike.length < maxTroubles) alike.push(trouble)
    if (found.failed.length === maxTroubles) break
  }
  return severities.flatMap((state) => found[state]).slice(0, maxTroubles)
}
