/** What the plan says of an object for which nothing is sent. Pure; the words are those of the status. */
import type { ObjectTrouble } from "../../kind/KindReport.ts"
import type { Verdict } from "../../kind/Verdict.ts"
import type { Outcome } from "./Plan.ts"

/** Verdicts by which something is sent. */
export type Due = Extract<Verdict, { readonly _tag: "AwaitsPrune" | "Pending" | "Releasing" }>

export const isDue = (verdict: Verdict): verdict is Due =>
  verdict._tag === "AwaitsPrune" || verdict._tag === "Pending" || verdict._tag === "Releasing"

/** `undefined`: no rule and nobody has to do with it, or what it comes to is said by what goes to Git. */
export const idleOutcome = (
  verdict: Exclude<Verdict, Due>,
  trouble: ObjectTrouble | undefined
): Outcome | undefined => {
  const reason = trouble?.message ?? ""
  switch (verdict._tag) {
    case "Merging":
    case "Unclaimed":
      return undefined
    case "InStep":
      return { _tag: "InStep" }
    case "Contested":
    case "Fought":
    case "Unusable":
      return { _tag: "Refused", reason }
    case "Absent":
    case "Going":
    case "Restoring":
    case "Sourceless":
    case "Unready":
    case "Unrestored":
      return { _tag: "Waiting", reason }
    case "Troubled":
      return trouble?.state === "failed" ? { _tag: "Refused", reason } : { _tag: "Waiting", reason }
    case "Controlled":
    case "Kept":
    case "NeverSynced":
    case "Paused":
      return { _tag: "Held", reason }
    case "Suspended":
      return { _tag: "Held", reason: `rule ${verdict.rule.index + 1} is suspended, so it touches nothing` }
  }
}
