/** What ends a failure on an object's way to Git. Pure. */
import type { SubmitFailure } from "../../git/GitMessages.ts"
import type { RecordUnwritten } from "../Coordination.ts"
import type { Cure } from "../Trouble.ts"

export type Failure = { readonly _tag: string; readonly message: string }

/** Of requests; of all others it is time. */
export const cures: Readonly<Record<string, Cure>> = {
  ApiForbidden: "permission",
  ApiUnauthorized: "permission"
}

/** Of what was submitted. */
export const cureOf = (failure: RecordUnwritten | SubmitFailure): Cure => {
  if (failure._tag !== "SubmitRefused") return "retry"
  switch (failure.reason) {
    case "Contested":
    case "NoBranch":
    case "NotEditable":
    case "Unreadable":
      return "commit"
    case "Declined":
    case "Unsigned":
      return "permission"
    case "NotLeading":
    case "NotNamed":
    case "Stopping":
      return "retry"
  }
}
