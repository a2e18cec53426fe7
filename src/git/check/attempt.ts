/** One call that is one step: how long it took, and what came of it. */
import { Clock, Effect, Result } from "effect"
import type { GitFailure } from "../GitError.ts"
import type { CheckStep, StepName } from "./CheckStep.ts"
import { cureOf } from "./cureOf.ts"

/** Hears of each step as soon as it is done. */
export type Tell = (step: CheckStep) => Effect.Effect<void>

/** The outcome of a call, and its time in milliseconds. */
export const timed = Effect.fnUntraced(function*<A, R>(call: Effect.Effect<A, GitFailure, R>) {
  const begin = yield* Clock.currentTimeMillis
  const result = yield* Effect.result(call)
  return { result, millis: Math.round((yield* Clock.currentTimeMillis) - begin) }
})

/** A failed step is the failure of whoever goes through them. */
export const note = (step: CheckStep, tell: Tell): Effect.Effect<void, CheckStep> =>
  step.outcome === "failed" ? Effect.fail(step) : tell(step)

/** Without telling it yet. */
export const attempt = Effect.fnUntraced(function*<A, R>(
  name: StepName,
  call: Effect.Effect<A, GitFailure, R>,
  shown: (found: A) => Pick<CheckStep, "outcome" | "detail">
) {
  const { millis, result } = yield* timed(call)
  if (Result.isFailure(result))
    return yield* Effect.fail<CheckStep>({ name, outcome: "failed", millis, detail: "", cure: cureOf(result.failure) })
  return { found: result.success, step: { name, millis, ...shown(result.success) } satisfies CheckStep }
})
