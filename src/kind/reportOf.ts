/** What a kind tells of itself, by its state. Pure. */
import type { KindReport } from "./KindReport.ts"
import { type KindState, nameOf } from "./KindState.ts"
import { isBusy } from "./LeftToDo.ts"
import * as Tally from "./Tally.ts"

const restoringOf = ({ round, unrestored, watch }: KindState): Pick<KindReport, "restoring"> => {
  if (round?.phase._tag !== "Restoring" || watch._tag !== "Live") return {}
  let failed = 0
  for (const standing of unrestored.values()) if (standing === "failed") failed += 1
  return { restoring: { left: unrestored.size - failed, failed } }
}

export const reportOf = (state: KindState): KindReport => ({
  kind: state.id,
  stage: state.stage,
  watch: state.watch,
  round: state.round?.number ?? -1,
  busy: isBusy(state),
  ...restoringOf(state),
  rules: Tally.ruleTallies([state.tally, state.mirror.tally]),
  troubles: Tally.worst([state.tally, state.mirror.tally]),
  troubleCount: state.tally.troubles.size + state.mirror.tally.troubles.size,
  missing: isBusy(state) ? [] : [...state.missing].map((id) => ({ kind: state.id, ...nameOf(id) }))
})
