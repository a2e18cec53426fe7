/** How far a round is: which stage is open, and whether every kind has settled. Pure. */
import type { KindReport } from "../kind/KindReport.ts"
import { lastStage, type Stage, stageOf } from "../kind/Stage.ts"
import { groupKind, type KindId } from "../manifest/ObjectKey.ts"

export interface Progress {
  /** The round whose kinds are known. */
  readonly round: number
  readonly expected: ReadonlySet<KindId>
  /** In Git, and not served by the cluster. */
  readonly unserved: ReadonlySet<KindId>
  readonly reports: ReadonlyMap<KindId, KindReport>
}

export const none: Progress = { round: -1, expected: new Set(), unserved: new Set(), reports: new Map() }

const isBusy = (progress: Progress, kind: KindId, round: number) => {
  const report = progress.reports.get(kind)
  return report === undefined || report.round !== round || report.busy
}

/** The stages before which no kind is busy; `undefined` until it is known which kinds the round needs. */
export const openStage = (progress: Progress, round: number): Stage | undefined => {
  if (progress.round !== round) return undefined
  let open: Stage = lastStage
  for (const kind of progress.expected) {
    if (!isBusy(progress, kind, round)) continue
    const stage = stageOf(groupKind(kind))
    if (stage < open) open = stage
  }
  return open
}

/** Whether no kind has anything left that it can do by itself. */
export const isSettled = (progress: Progress, round: number): boolean =>
  progress.round === round && [...progress.expected].every((kind) => !isBusy(progress, kind, round))

export const expecting = (
  progress: Progress,
  round: number,
  expected: ReadonlySet<KindId>,
  unserved: ReadonlySet<KindId> = new Set()
): Progress => ({
  round,
  expected,
  unserved,
  reports: new Map([...progress.reports].filter(([kind]) => expected.has(kind)))
})

export const reported = (progress: Progress, report: KindReport): Progress => ({
  ...progress,
  reports: new Map(progress.reports).set(report.kind, report)
})
