/** What is asked when a write's turn has come, right before it is sent: a write may wait long for others, and by then be meant no more. */
import { Context, Effect } from "effect"

/** A write for which this never ends is never sent; it keeps its place until it is interrupted. */
export const BeforeSending = Context.Reference<Effect.Effect<void>>("gitops/kubernetes/BeforeSending", {
  defaultValue: () => Effect.void
})
