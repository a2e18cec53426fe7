/** What a verdict means to people: under which rule the object counts, as what, and what they have to know. Pure. */
import { formatPlace, type ManifestRef } from "../manifest/Manifest.ts"
import type { ObjectId } from "../manifest/ObjectKey.ts"
import { pauseAnnotation } from "../manifest/PauseAnnotation.ts"
import { fightMessage } from "./fights/FightMessage.ts"
import type { ObjectTrouble } from "./KindReport.ts"
import { type Counted, noRule, type Standing } from "./Tally.ts"
import { isFailure, type Trouble } from "./Trouble.ts"
import type { Verdict } from "./Verdict.ts"

export const placeOf = (ref: ManifestRef) => formatPlace({ path: ref.path, line: ref.manifest.line })

/** Whether a person has to act. */
export const standingOfTrouble = (trouble: Trouble) =>
  trouble.cure === "none" ? "held" : isFailure(trouble) ? "failed" : "waiting"

const standing = (verdict: Verdict): Standing | undefined => {
  switch (verdict._tag) {
    case "Merging":
    case "Unclaimed":
      return undefined
    case "InStep":
      return "inStep"
    case "Pending":
    case "AwaitsPrune":
      return verdict.trouble === undefined ? "pending" : standingOfTrouble(verdict.trouble)
    case "Restoring":
    case "Sourceless":
      return verdict.trouble === undefined ? "pending" : standingOfTrouble(verdict.trouble)
    case "Releasing":
      return "pending"
    case "Troubled":
    case "Unrestored":
      return standingOfTrouble(verdict.trouble)
    case "Absent":
    case "Going":
    case "Unready":
      return "waiting"
    case "Contested":
    case "Fought":
    case "Unusable":
      return "failed"
    case "Controlled":
    case "Kept":
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
    case "Restoring":
    case "Sourceless":
    case "Troubled":
    case "Unrestored":
      return verdict.trouble === undefined ? undefined : {
        object,
        state: standingOfTrouble(verdict.trouble),
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
      return verdict.trouble === undefined ? undefined : {
        object,
        state: standingOfTrouble(verdict.trouble),
        place: undefined,
        message: verdict.trouble.message
      }
    case "Kept":
      return { object, state: "held", place: undefined, message: verdict.reason }
    case "Going":
      return {
        object,
        state: "waiting",
        place: undefined,
        message: verdict.finalizers === ""
          ? "no longer in Git; it is being deleted"
          : `no longer in Git; it is being deleted, and stays until its finalizers are gone: ${verdict.finalizers}`
      }
    default:
      return undefined
  }
}

/** How it is counted; `undefined`: not at all. */
export const standingOf = (object: ObjectId, verdict: Verdict): Counted | undefined => {
  const counted = standing(verdict)
  return counted === undefined
    ? undefined
    : { rule: ruleOf(verdict), standing: counted, trouble: trouble(object, verdict) }
}
