/** What the Coordinator knows after the record was read or written. Pure. */
import { foundIn } from "./Admission.ts"
import type { CoordinatorState, RecordState } from "./CoordinatorState.ts"
import * as DeletionsState from "./DeletionsState.ts"
import type { Draft, Loaded } from "./Draft.ts"
import * as Gathering from "./Gathering.ts"
import { heldIn } from "./HeldDeletions.ts"
import { serialOf } from "./Record.ts"
import type { Stored } from "./RecordStore.ts"

const nothingMirrored = { mirrored: Gathering.nothing, unseen: new Map(), mirroredSince: undefined }

/** Proved where nothing was ever synced, or nothing was committed since. */
const firstAncestry = (
  { record: { head: { lastSynced } } }: Loaded,
  { git: { tip } }: CoordinatorState
): CoordinatorState["ancestry"] => {
  if (lastSynced === undefined || lastSynced === tip?.commit) return { of: lastSynced, answer: "Proved" }
  return { of: lastSynced, answer: tip?.commit === undefined ? "Broken" : "Unknown" }
}

/**
 * It lost something that this process had found or written: what the kinds told is forgotten, and they tell it again, in a round of its own,
 * as that the last one had settled says nothing any more.
 */
const isLost = ({ record: before, serial }: CoordinatorState, { found, stored }: Loaded): boolean =>
  (stored === undefined ? 0 : serialOf(stored.record.head)) < serial ||
  (before._tag !== "Unusable" && before.found !== undefined && before.found !== found)

export const wasRead = (state: CoordinatorState, record: RecordState): CoordinatorState => {
  if (record._tag !== "Loaded") return { ...state, record }
  const lost = isLost(state, record)
  return {
    ...state,
    record,
    serial: Math.max(state.serial, serialOf(record.record.head)),
    ancestry: state.ancestry ?? firstAncestry(record, state),
    losses: state.losses + (lost ? 1 : 0),
    ...lost
      ? {
        ...nothingMirrored,
        round: state.round + 1,
        opened: undefined,
        definitions: new Map(),
        trailers: [],
        confirmed: state.confirmed + 1
      }
      : {}
  }
}

const objectionAfter = (before: string | undefined, { isConfirmed, objection, record }: Draft): string | undefined =>
  isConfirmed || heldIn(record).length === 0 ? undefined : objection ?? before

export const wasWritten = (
  state: CoordinatorState,
  before: Loaded,
  draft: Draft,
  written: Stored
): CoordinatorState => {
  const { isConfirmed, isFlushing, tookOver, verdicts } = draft
  const record: Loaded = {
    ...before,
    stored: written,
    record: written === before.stored ? before.record : written.record,
    found: tookOver ? foundIn(draft.record) : before.found
  }
  return {
    ...state,
    record,
    serial: Math.max(state.serial, serialOf(record.record.head)),
    ancestry: state.ancestry !== undefined && (tookOver || isConfirmed)
      ? { ...state.ancestry, answer: "Proved" }
      : state.ancestry,
    trailers: [],
    objection: objectionAfter(state.objection, draft),
    confirmed: isConfirmed || tookOver ? state.confirmed + 1 : state.confirmed,
    ...state.settledRound === state.round ? { synced: Gathering.nothing, departed: new Map() } : {},
    ...isFlushing ? nothingMirrored : {},
    ...verdicts.git === undefined ? {} : { asked: [] },
    deletions: DeletionsState.afterJudging(state.deletions, verdicts.cluster)
  }
}
