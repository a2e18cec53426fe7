// Small values of the way to Git, for its tests.
import * as KindState from "../../../src/kind/KindState.ts"
import type { Agreed, Basis } from "../../../src/kind/mirroring/MirrorMemory.ts"
import { noMemory } from "../../../src/kind/mirroring/MirrorMemory.ts"
import { mirrorFingerprint } from "../../../src/kind/mirroring/MirrorScope.ts"
import { judgeMirror, type MirrorCircumstances } from "../../../src/kind/mirroring/MirrorVerdict.ts"
import type { Round } from "../../../src/kind/Round.ts"
import type { Tracked } from "../../../src/kind/Tracked.ts"
import type { Rule } from "../../../src/rules/Ruleset.ts"
import { round, rule, spec } from "../samples.ts"
import { owned } from "../verdicts.ts"

export const toGit = rule({ syncTo: "git" })

interface Given extends Partial<Omit<MirrorCircumstances, "ownership">> {
  readonly rules?: ReadonlyArray<Rule>
}

export const verdictOf = (tracked: Tracked, { rules = [toGit], ...given }: Given = {}) =>
  judgeMirror(tracked, {
    ownership: owned(rules),
    mirroring: { _tag: "Open" },
    isSeen: true,
    recorded: undefined,
    isListed: true,
    isTipComplete: true,
    isFirstContact: false,
    tip: 0,
    now: 0,
    ...given
  })

export const tagOf = (...args: Parameters<typeof verdictOf>) => verdictOf(...args)._tag

export const basis = (document: string | undefined, live: string | undefined, rules = [toGit]): Basis => ({
  document,
  live,
  scope: mirrorFingerprint(owned(rules))
})

export const agreed = (document: string, live: string, rules = [toGit]): Agreed => ({
  basis: basis(document, live, rules),
  isSame: true,
  withheld: [],
  notes: [],
  fields: undefined,
  fieldsApplied: undefined
})

export const memory = (change: Partial<Tracked["mirror"]>) => ({ mirror: { ...noMemory, ...change } })

/** The state of a kind that goes to Git, with its list complete. */
export const mirroringState = (change: Partial<Round> = {}, rules = [toGit]): KindState.KindState => {
  const state = KindState.make({ ...spec, mirrors: true })
  state.round = round(1, [], { mirroring: { _tag: "Open" }, ruleset: { number: 1, rules }, ...change })
  state.rules = { ruleset: 1, rules }
  state.watch = { _tag: "Live" }
  return state
}
