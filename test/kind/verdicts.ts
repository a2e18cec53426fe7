// The verdict on one object under these rules, for tests.
import type { Tracked } from "../../src/kind/Tracked.ts"
import type { Trouble } from "../../src/kind/Trouble.ts"
import { judge } from "../../src/kind/Verdict.ts"
import { ownership, type Rule } from "../../src/rules/Ruleset.ts"
import { rule } from "./samples.ts"

export interface Given {
  readonly rules?: ReadonlyArray<Rule>
  readonly mode?: "apply" | "create"
  readonly isTipComplete?: boolean
  readonly isRecorded?: boolean
  readonly isFirstContact?: boolean
  readonly now?: number
}

export const owned = (rules: ReadonlyArray<Rule>) =>
  ownership({ ruleset: 1, rules }, { namespace: "shop", name: "web", git: {}, live: undefined })

export const verdictOf = (
  tracked: Tracked,
  { isFirstContact = false, isRecorded = true, isTipComplete = true, mode = "apply", now = 0, rules }: Given = {}
) =>
  judge(tracked, {
    ownership: owned(rules ?? [rule()]),
    mode,
    isTipComplete,
    isRecorded,
    isShown: false,
    isMirroring: true,
    isFirstContact,
    protection: () => undefined,
    spoiled: undefined,
    isUnchanged: false,
    now
  })

export const tagOf = (...args: Parameters<typeof verdictOf>) => verdictOf(...args)._tag

export const trouble = (change: Partial<Trouble> = {}): Trouble => ({
  cure: "commit",
  message: "no",
  place: undefined,
  digest: "d1",
  uid: "u1",
  attempts: 1,
  retryAt: 1000,
  ...change
})
