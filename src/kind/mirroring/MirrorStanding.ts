/** What a verdict about an object's way to Git means to people: under which rule it counts, as what, and what they have to know. Pure. */
import type { ObjectId } from "../../manifest/ObjectKey.ts"
import { pauseAnnotation } from "../../manifest/PauseAnnotation.ts"
import type { ObjectTrouble } from "../KindReport.ts"
import { type Counted, noRule, type Standing } from "../Tally.ts"
import { placeOf, standingOfTrouble } from "../VerdictStanding.ts"
import type { MirrorVerdict } from "./MirrorVerdict.ts"

const standing = (verdict: MirrorVerdict): Standing | undefined => {
  switch (verdict._tag) {
    case "Unconcerned":
      return undefined
    case "Mirrored":
      return verdict.notes.length === 0 ? "inStep" : "held"
    case "Due":
      if (verdict.trouble !== undefined) return standingOfTrouble(verdict.trouble)
      return verdict.closed === undefined || verdict.closed === "" ? "pending" : "held"
    case "Gone":
    case "UnderWay":
      return "pending"
    case "Troubled":
      return standingOfTrouble(verdict.trouble)
    case "NoManifest":
      return "waiting"
    case "Contested":
      return "failed"
    case "Held":
    case "OnlyInGit":
    case "Paused":
    case "Unwritable":
      return "held"
  }
}

const trouble = (
  object: ObjectId,
  verdict: MirrorVerdict,
  state: ObjectTrouble["state"]
): ObjectTrouble | undefined => {
  const told = (message: string, place?: string): ObjectTrouble => ({ object, state, place, message })
  switch (verdict._tag) {
    case "Mirrored":
      return verdict.notes.length === 0 ? undefined : told(verdict.notes.join("; "))
    case "Due":
    case "Troubled": {
      const { ref, trouble } = verdict
      if (trouble !== undefined)
        return told(trouble.message, trouble.place ?? (ref === undefined ? undefined : placeOf(ref)))
      return verdict._tag === "Due" && verdict.closed !== undefined && verdict.closed !== ""
        ? told(`not written to Git: ${verdict.closed}`)
        : undefined
    }
    case "Contested":
      return told(
        "described by more than one manifest, so none is changed; keep one of them",
        verdict.refs.map(placeOf).join(" and ")
      )
    case "Held":
      return told(verdict.message, verdict.ref === undefined ? undefined : placeOf(verdict.ref))
    case "OnlyInGit":
      return told(
        "only in Git: this cluster has not shown it, so its manifest is left alone (OnlyInGit). Create it with kubectl, or delete its manifest",
        placeOf(verdict.ref)
      )
    case "NoManifest":
      return told(
        `has no manifest in Git, and rule ${
          verdict.rule.index + 1
        } has filters, so it makes none: add a manifest, or a rule without filters that syncs to git`
      )
    case "Unwritable":
      return told(verdict.reason)
    case "Paused":
      return told(`left alone: its ${verdict.where} has the annotation ${pauseAnnotation}: paused`)
    default:
      return undefined
  }
}

const stateOf = (standing: Standing): ObjectTrouble["state"] =>
  standing === "failed" || standing === "held" ? standing : "waiting"

/** How it is counted; `undefined`: not at all. */
export const mirrorStandingOf = (object: ObjectId, verdict: MirrorVerdict): Counted | undefined => {
  const counted = standing(verdict)
  if (counted === undefined) return undefined
  return {
    rule: "rule" in verdict ? verdict.rule.index : noRule,
    standing: counted,
    trouble: trouble(object, verdict, stateOf(counted))
  }
}
