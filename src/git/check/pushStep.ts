/** What the server's answer about pushing means to somebody whose rules may not need it. Pure. */
import type { GitFailure } from "../GitError.ts"
import type { Permission } from "../Remote.ts"
import type { CheckStep } from "./CheckStep.ts"
import { cureOf } from "./cureOf.ts"

const allowed = "allowed, as far as the server tells before anything is sent"

/** Over HTTP the refusal is a sentence of our own; else it is the server's. */
const refusal = (url: string, words: string): string =>
  words.startsWith(url)
    ? words
    : `${url} doesn't let us push: ${
      words.replace(/\.$/, "")
    }. Give the key, or its user, the right to write to the repository`

const isNo = ({ _tag }: Permission | GitFailure): boolean =>
  _tag === "Refused" || _tag === "PushForbidden" || _tag === "AuthenticationFailed"

/**
 * @param answer leave to push or not, or why nobody knows
 * @param mustPush whether some rule writes to Git
 */
export const pushStep = (
  url: string,
  answer: Permission | GitFailure,
  millis: number,
  mustPush: boolean
): CheckStep => {
  if (answer._tag === "Allowed") return { name: "push", outcome: "passed", millis, detail: allowed }
  const cure = answer._tag === "Refused" ? refusal(url, answer.words) : cureOf(answer)
  if (mustPush) return { name: "push", outcome: "failed", millis, detail: "", cure }
  const detail = `${isNo(answer) ? "not allowed" : "nobody knows"}, and no rule needs it: ${cure}`
  return { name: "push", outcome: "noted", millis, detail }
}
