/** What the first call to a server says about the steps that it takes in one go. Pure. */
import type { GitFailure } from "../GitError.ts"
import type { GitUrl } from "../GitUrl.ts"
import type { CheckStep } from "./CheckStep.ts"
import { cureOf } from "./cureOf.ts"
import { failedStep } from "./failedStep.ts"

/** What was found, and how long that took, in milliseconds. */
export interface Found {
  readonly detail: string
  readonly millis: number
}

export interface Greeted {
  readonly scheme: GitUrl["scheme"]
  /** How the server looks from outside. */
  readonly seen: Found
  /** Who we are to it, and how long its greeting took. */
  readonly identity: Found
  readonly failure: GitFailure | undefined
}

const unsaid = "the server didn't say whether that will do"

/** Up to the one that failed. */
export const greeted = ({ failure, identity, scheme, seen }: Greeted): ReadonlyArray<CheckStep> => {
  const connected: CheckStep = { name: "connect", outcome: "passed", ...seen }
  if (failure === undefined) return [connected, { name: "authenticate", outcome: "passed", ...identity }]
  const failed = { outcome: "failed", cure: cureOf(failure) } as const
  switch (failedStep[failure._tag]) {
    case "connect":
      return [{ name: "connect", ...failed, detail: seen.detail, millis: seen.millis + identity.millis }]
    case "authenticate":
      return [connected, { name: "authenticate", ...failed, ...identity }]
    default:
      return [
        connected,
        // Over HTTP the answer to who we are comes with the answer to what we want.
        scheme === "ssh"
          ? { name: "authenticate", outcome: "passed", detail: identity.detail }
          : { name: "authenticate", outcome: "unknown", detail: `${identity.detail}; ${unsaid}` },
        { name: "branch", ...failed, detail: "", millis: identity.millis }
      ]
  }
}
