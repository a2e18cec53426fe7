/** Tells in the log, once each, what keeps changes of the cluster out of Git and which deletions wait for a person. */
import { Effect, Metric } from "effect"
import { type Side, sides } from "./Account.ts"
import * as CoordinationMetrics from "./CoordinationMetrics.ts"
import { type CoordinatorState, mirroringOf, phaseOf } from "./CoordinatorState.ts"
import { heldMessage, heldOn } from "./HeldDeletions.ts"

/** Tells of one side, when it begins and when it ends. */
const makeHeldLog = (side: Side) => {
  let latched = ""
  return Effect.fnUntraced(function*({ options: { name }, record }: CoordinatorState) {
    if (record._tag !== "Loaded") return
    const held = heldOn(record.record, side)
    yield* Metric.update(CoordinationMetrics.held[side], held?.objects.length ?? 0)
    if (held !== undefined && held.reason !== latched) yield* Effect.logWarning(heldMessage(held, record.record, name))
    if (held === undefined && latched !== "") yield* Effect.logInfo(over[side])
    latched = held?.reason ?? ""
  })
}

const over: { readonly [S in Side]: string } = {
  git: "No removal from Git waits for a person any more",
  cluster: "No deletion in the cluster waits for a person any more"
}

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
  const heldLogs = sides.map(makeHeldLog)
  let objection: string | undefined
  return Effect.fnUntraced(function*(state) {
    const reason = reasonOf(state)
    if (reason !== closed && reason !== "") yield* Effect.logWarning(`Nothing goes to Git: ${reason}`)
    closed = reason
    for (const log of heldLogs) yield* log(state)
    if (state.objection !== undefined && state.objection !== objection) yield* Effect.logWarning(state.objection)
    objection = state.objection
  })
}
