/** One thing that is looked at when somebody asks why a repository can't be reached, and what came of it. */
import { Schema } from "effect"

/** In the order in which they are tried: each stands on those before it. */
export const stepNames = ["resolve", "connect", "authenticate", "branch", "tip", "push"] as const

export type StepName = typeof stepNames[number]

export const CheckStep = Schema.Struct({
  name: Schema.Literals(stepNames),
  /** `noted`: something isn't there that nothing needs. `unknown`: the server didn't say. */
  outcome: Schema.Literals(["passed", "noted", "failed", "unknown", "not tried"]),
  /** How long it took, in milliseconds; absent where it was no work of its own. */
  millis: Schema.optionalKey(Schema.Int),
  /** What was found, never a secret; may be empty. */
  detail: Schema.String,
  /** Of a failed one: what is wrong, and what to do. */
  cure: Schema.optionalKey(Schema.String)
})
export type CheckStep = typeof CheckStep.Type
