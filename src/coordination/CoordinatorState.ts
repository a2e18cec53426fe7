/**
 * What the Coordinator knows and what follows from it: the round, its phase, its open stage. Pure.
 * The actor carries out what the state asks for: reading and widening the record, publishing the round.
 */
import type { GitReport } from "../git/GitReport.ts"
import type { Phase, Round } from "../kind/Round.ts"
import type { Stage } from "../kind/Stage.ts"
import type { Standing } from "../kubernetes/Leadership.ts"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import type { Ruleset } from "../rules/Ruleset.ts"
import type { CoordinatorMessage } from "./CoordinatorMessage.ts"
import * as Gathering from "./Gathering.ts"
import * as Progress from "./Progress.ts"
import type * as Record from "./Record.ts"
import type { Stored } from "./RecordStore.ts"

/** What is known of the record. */
export type RecordState =
  /** To be read. `known` is what this process wrote into it: kept even if somebody deletes the record meanwhile. */
  | { readonly _tag: "Unread"; readonly known: Record.Inventory }
  /** It cannot be used; why, and what to do. */
  | { readonly _tag: "Unusable"; readonly reason: string }
  /** `stored` is `undefined` as long as it was never written; `found` is the inventory as this term found it. */
  | {
    readonly _tag: "Loaded"
    readonly stored: Stored | undefined
    readonly record: Stored["record"]
    readonly found: Record.Inventory
  }

type Enroll = Extract<CoordinatorMessage, { readonly _tag: "EnrollAsked" }>

export interface CoordinatorState {
  readonly ruleset: Ruleset
  readonly git: GitReport
  readonly standing: Standing
  readonly record: RecordState
  readonly progress: Progress.Progress
  readonly round: number
  /** The furthest stage that was open in this round: a stage never closes again. */
  readonly opened: Stage | undefined
  /** The last round in which every kind had settled. */
  readonly settledRound: number
  readonly enrolls: ReadonlyArray<Enroll>
  readonly finishedJobs: ReadonlyMap<string, string>
  /** Found in step, and not in the record yet. */
  readonly synced: Gathering.Gathering
  /** Not ours any more, and perhaps in the record still. */
  readonly departed: Record.Departed
}

const unread: RecordState = { _tag: "Unread", known: new Map() }

export const initial = (ruleset: Ruleset, git: GitReport, round: number): CoordinatorState => ({
  ruleset,
  git,
  standing: { _tag: "Standby", holder: undefined },
  record: unread,
  progress: Progress.none,
  round,
  opened: undefined,
  settledRound: -1,
  enrolls: [],
  finishedJobs: new Map(),
  synced: Gathering.nothing,
  departed: new Map()
})

/** After the actor failed: Git, the rules and our standing are known, everything else is asked for again in a new round. */
export const restarted = (before: CoordinatorState, ruleset: Ruleset): CoordinatorState => ({
  ...initial(ruleset, before.git, before.round + 1),
  standing: before.standing,
  finishedJobs: before.finishedJobs,
  synced: before.synced,
  departed: before.departed
})

/** Whether the record could not be read although it is our turn. */
export const needsRecord = ({ git, record, standing }: CoordinatorState): boolean =>
  git.tip !== undefined && standing._tag === "Leading" && record._tag === "Unread"

const isNewTree = (before: GitReport, after: GitReport) =>
  after.tip !== undefined && (before.tip === undefined || before.tip.tree !== after.tip.tree)

const onGit = (state: CoordinatorState, git: GitReport): CoordinatorState =>
  isNewTree(state.git, git) ? { ...state, git, round: state.round + 1, opened: undefined } : { ...state, git }

/** Rules that only moved in their file keep their number, and the round goes on. */
const onRules = (state: CoordinatorState, ruleset: Ruleset): CoordinatorState =>
  ruleset.number === state.ruleset.number
    ? { ...state, ruleset }
    : { ...state, ruleset, round: state.round + 1, opened: undefined }

/** A new term reads the record again before it writes. */
const onStanding = (state: CoordinatorState, standing: Standing): CoordinatorState =>
  standing._tag === "Leading" && state.standing._tag !== "Leading"
    ? { ...state, standing, record: unread, opened: undefined }
    : { ...state, standing }

const withDeparted = (
  departed: Record.Departed,
  kind: KindId,
  change: (ids: ReadonlySet<ObjectId>) => ReadonlySet<ObjectId>
): Record.Departed => {
  const ids = change(departed.get(kind) ?? new Set())
  const others = new Map([...departed].filter(([other]) => other !== kind))
  return ids.size === 0 ? others : others.set(kind, ids)
}

export const fold = (state: CoordinatorState, message: CoordinatorMessage): CoordinatorState => {
  switch (message._tag) {
    case "GitReported":
      return onGit(state, message.report)
    case "RulesChanged":
      return onRules(state, message.ruleset)
    case "StandingChanged":
      return onStanding(state, message.standing)
    case "Expected":
      return { ...state, progress: Progress.expecting(state.progress, message.round, message.kinds) }
    case "Reported":
      return { ...state, progress: Progress.reported(state.progress, message.report) }
    case "EnrollAsked":
      return {
        ...state,
        enrolls: [...state.enrolls, message],
        departed: withDeparted(state.departed, message.kind, (ids) => ids.difference(new Set(message.ids)))
      }
    case "Departed":
      return {
        ...state,
        departed: withDeparted(state.departed, message.kind, (ids) => ids.union(new Set(message.ids)))
      }
    case "JobFinished":
      return state.finishedJobs.get(message.id) === message.digest
        ? state
        : { ...state, finishedJobs: new Map(state.finishedJobs).set(message.id, message.digest) }
    case "SyncedTold":
      return { ...state, synced: Gathering.add(state.synced, message) }
    case "Woken":
      return state
  }
}

export const phaseOf = ({ git, record, standing }: CoordinatorState): Phase => {
  if (git.tip === undefined) return { _tag: "Starting" }
  if (standing._tag === "Standby") return { _tag: "Standby", leader: standing.holder }
  if (record._tag === "Unusable") return { _tag: "Held", reason: record.reason }
  return record._tag === "Loaded" ? { _tag: "Syncing" } : { _tag: "Starting" }
}

const laterOf = (a: Stage | undefined, b: Stage | undefined) =>
  a === undefined ? b : b === undefined ? a : a > b ? a : b

/** After messages were folded: opens what can be opened. */
export const advance = (state: CoordinatorState): CoordinatorState => {
  if (phaseOf(state)._tag !== "Syncing") return { ...state, opened: undefined }
  const opened = laterOf(state.opened, Progress.openStage(state.progress, state.round))
  const settled = Progress.isSettled(state.progress, state.round)
  return { ...state, opened, settledRound: settled ? state.round : state.settledRound }
}

const nothingSynced: Record.Inventory = new Map()

const finishedJobsOf = ({ finishedJobs, record }: CoordinatorState): ReadonlyMap<string, string> =>
  record._tag === "Loaded"
    ? new Map([...Object.entries(record.record.head.finishedJobs), ...finishedJobs])
    : finishedJobs

/** The round as it is published; `undefined` before the first tip. */
export const roundOf = (state: CoordinatorState): Round | undefined =>
  state.git.tip === undefined ? undefined : {
    number: state.round,
    ruleset: state.ruleset,
    tip: state.git.tip,
    phase: phaseOf(state),
    openStage: state.opened,
    finishedJobs: finishedJobsOf(state),
    synced: state.record._tag === "Loaded" ? state.record.found : nothingSynced
  }
