/** Tells the story of a restore in the log: when it begins, how far it is, when it is done; and who was refused our place. */
import { Effect } from "effect"
import { formatName } from "../../git/ClusterName.ts"
import { counted } from "../../manifest/counted.ts"
import { type CoordinatorState, phaseOf } from "../CoordinatorState.ts"
import { leftToRestore } from "./leftToRestore.ts"

/** Milliseconds between two lines about how far it is. */
const every = 10_000

const failures = (failed: number): string =>
  failed === 0 ? "" : `; ${counted(failed, "object")} can't be brought back before a person acts, see "status"`

const headOf = ({ record }: CoordinatorState) => record._tag === "Loaded" ? record.record.head : undefined

const refusedBy = ({ git: { tip } }: CoordinatorState, cluster: string | undefined): string => {
  const named = tip?.named
  return named?._tag === "Named" && named.cluster === cluster && named.refused !== undefined
    ? formatName(named.refused)
    : ""
}

/** Remembers what was told. Takes the state and the time in milliseconds. */
export const make = (): (state: CoordinatorState, now: number) => Effect.Effect<void> => {
  let from = ""
  let told = -1
  let toldAt = 0
  let failed = 0
  let refused: string | undefined
  return Effect.fnUntraced(function*(state, now) {
    const phase = phaseOf(state)
    const head = headOf(state)
    const before = refused
    refused = refusedBy(state, head?.cluster)
    if (before !== undefined && refused !== "" && refused !== before) {
      yield* Effect.logWarning(
        `Cluster ${refused} asked to take this one's place in Git, and was refused: this one lives`
      )
    }
    if (phase._tag === "Restoring") {
      if (from === "") {
        yield* Effect.logInfo(
          `Restoring this cluster from Git, where ${phase.from} wrote: what only Git has is created, what is there is left as it is`
        )
      }
      from = phase.from
      const left = leftToRestore(state)
      failed = left.failed
      if (left.left === undefined || left.left === told || now < toldAt + every) return
      told = left.left
      toldAt = now
      yield* Effect.logInfo(`${counted(left.left, "object")} still to come back${failures(left.failed)}`)
      return
    }
    if (from !== "" && phase._tag === "Syncing") {
      if (head?.restored?.from === from)
        yield* Effect.logInfo(`Restored, syncing: all is back that can come${failures(failed)}`)
      from = ""
    }
  })
}
