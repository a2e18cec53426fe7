/** How far the deletions in the cluster are that kinds want: asked for, granted, and being carried out. Pure. */
import { stageOf } from "../kind/Stage.ts"
import { groupKind } from "../manifest/ObjectKey.ts"
import type { DeletionAsked } from "./CoordinatorMessage.ts"
import type { Verdict } from "./Judging.ts"
import { changeSet, type ObjectSet } from "./ObjectMap.ts"

export interface DeletionsState {
  /** Not judged yet. */
  readonly asked: ReadonlyArray<DeletionAsked>
  /** Granted, and the record says so; their turn has not come. */
  readonly granted: ReadonlyArray<DeletionAsked>
  /** Whoever asked was told, and may be at it. */
  readonly inUse: ReadonlyArray<DeletionAsked>
  /** All that was asked for in {@link round}, whatever was answered. */
  readonly wanted: ObjectSet
  readonly round: number
}

export const none: DeletionsState = { asked: [], granted: [], inUse: [], wanted: new Map(), round: -1 }

/** What was not told is asked for again; what was told may be at it still. */
export const afterRestart = ({ inUse }: DeletionsState): DeletionsState => ({ ...none, inUse })

export const afterAsked = (state: DeletionsState, message: DeletionAsked): DeletionsState => {
  const { deletion: { id, kind, round } } = message
  const before: ObjectSet = round === state.round ? state.wanted : new Map()
  return {
    ...state,
    asked: [...state.asked, message],
    round,
    wanted: changeSet(before, kind, (ids) => new Set(ids).add(id))
  }
}

export const afterReturned = (state: DeletionsState, reply: DeletionAsked["reply"]): DeletionsState => {
  const isOther = (asked: DeletionAsked) => asked.reply !== reply
  return {
    ...state,
    asked: state.asked.filter(isOther),
    granted: state.granted.filter(isOther),
    inUse: state.inUse.filter(isOther)
  }
}

/** @param verdicts of what was asked for; `undefined`: it wasn't judged */
export const afterJudging = (state: DeletionsState, verdicts: ReadonlyArray<Verdict> | undefined): DeletionsState =>
  verdicts === undefined ? state : {
    ...state,
    asked: [],
    granted: [...state.granted, ...state.asked.filter((_, index) => verdicts[index] === "Granted")]
  }

/** Whether leave that was given in another round may be used still. */
export const isUsedElsewhere = ({ inUse }: DeletionsState, round: number): boolean =>
  inUse.some(({ deletion }) => deletion.round !== round)

const stage = ({ deletion: { kind } }: DeletionAsked): number => stageOf(groupKind(kind))

/** Whose turn it is: what was applied last goes first, and what it stands on once that is done. */
export const nextTurn = ({ granted, inUse }: DeletionsState): ReadonlyArray<DeletionAsked> => {
  const next = Math.max(...granted.map(stage))
  return inUse.some((asked) => stage(asked) > next) ? [] : granted.filter((asked) => stage(asked) === next)
}

export const afterTold = (state: DeletionsState, told: ReadonlyArray<DeletionAsked>): DeletionsState =>
  told.length === 0 ? state : {
    ...state,
    granted: state.granted.filter((asked) => !told.includes(asked)),
    inUse: [...state.inUse, ...told]
  }
