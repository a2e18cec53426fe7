/** What a kind tells of itself, by its state. Pure. */
import type { KindReport } from "./KindReport.ts"
import { isBusy, type KindState, nameOf } from "./KindState.ts"
import * as Tally from "./Tally.ts"

export const reportOf = (state: KindState): KindReport => ({
  kind: state.id,
  stage: state.stage,
  watch: state.watch,
  round: state.round?.number ?? -1,
  busy: isBusy(state),
  rules: Tally.ruleTallies([state.tally, state.mirror.tally]),
  troubles: Tally.worst([state.tally, state.mirror.tally]),
  troubleCount: state.tally.troubles.size + state.mirror.tally.troubles.size,
  missing: isBusy(state) ? [] : [...state.missing].map((id) => ({ kind: state.id, ...nameOf(id) }))
})
