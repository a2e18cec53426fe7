/** Tells in the log, once each, what keeps changes of the cluster out of Git and which removals wait for a person. */
import { Effect, Metric } from "effect"
import * as CoordinationMetrics from "./CoordinationMetrics.ts"
import { type CoordinatorState, mirroringOf, phaseOf } from "./CoordinatorState.ts"
import { heldMessage, heldOf } from "./HeldRemovals.ts"

const heldIn = ({ record }: CoordinatorState) => record._tag === "Loaded" ? heldOf(record.record) : undefined

const reasonOf = (state: CoordinatorState): string => {
  const phase = phaseOf(state)
  if (phase._tag === "Held") return phase.reason
  if (phase._tag === "Restoring") return ""
  const mirroring = mirroringOf(state)
  return mirroring._tag === "Closed" ? mirroring.reason : ""
}

/** Remembers what was told. */
export const make = (): (state: CoordinatorState) => Effect.Effect<void> => {
  let closed = ""
  let latched = ""
  let objection: string | undefined
  return Effect.fnUntraced(function*(state) {
    const reason = reasonOf(state)
    if (reason !== closed && reason !== "") yield* Effect.logWarning(`Nothing goes to Git: ${reason}`)
    closed = reason
    const held = heldIn(state)
    yield* Metric.update(CoordinationMetrics.removalsHeld, held?.objects.length ?? 0)
    if (held !== undefined && held.reason !== latched) yield* Effect.logWarning(heldMessage(held, state.options.name))
    if (held === undefined && latched !== "") yield* Effect.logInfo("No removal waits for a person any more")
    latched = held?.reason ?? ""
    if (state.objection !== undefined && state.objection !== objection) yield* Effect.logWarning(state.objection)
    objection = state.objection
  })
}
