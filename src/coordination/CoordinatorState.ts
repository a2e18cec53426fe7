/**
 * What the Coordinator knows and what follows from it: the round, its phase, its open stage, whether anything goes to Git. Pure.
 * The actor carries out what the state asks for: reading and writing the record, asking Git, publishing the round.
 */
import { DateTime, Duration, Option } from "effect"
import type { GitReport } from "../git/GitReport.ts"
import type { Confirmation } from "../git/History.ts"
import { type Mirrored, type Mirroring, type Phase, type SeenObjects, type Synced, writesIn } from "../kind/Round.ts"
import type { Stage } from "../kind/Stage.ts"
import type { Standing } from "../kubernetes/Leadership.ts"
import type { KindId } from "../manifest/ObjectKey.ts"
import type { Ruleset } from "../rules/Ruleset.ts"
import { deletesFrom } from "./Account.ts"
import type { CoordinatorMessage, RemovalAsked } from "./CoordinatorMessage.ts"
import type { CoordinatorOptions } from "./CoordinatorOptions.ts"
import * as DeletionsState from "./DeletionsState.ts"
import * as Gathering from "./Gathering.ts"
import type { Descent } from "./Latching.ts"
import type { ObjectSet } from "./ObjectMap.ts"
import * as Progress from "./Progress.ts"
import type * as Record from "./Record.ts"
import type { Stored } from "./RecordStore.ts"
import { isRestored } from "./restoring/isRestored.ts"
import { type ClusterStanding, type Situation, standingOf } from "./standingOf.ts"

/** The record as this term found it: another value when what was known of it has to be forgotten. */
export interface Found {
  readonly inventory: Record.Inventory
  readonly seen: SeenObjects
  readonly definitions: ReadonlyMap<KindId, string>
}

/** What is known of the record. */
export type RecordState =
  /**
   * To be read. `inventory` is what this process wrote into it: kept even if somebody deletes the record meanwhile. `found` stays as it was
   * when the term has read it before.
   */
  | { readonly _tag: "Unread"; readonly inventory: Record.Inventory; readonly found: Found | undefined }
  /** It cannot be used; why, and what to do. */
  | { readonly _tag: "Unusable"; readonly reason: string }
  /** `stored` is `undefined` as long as it was never written. */
  | {
    readonly _tag: "Loaded"
    readonly stored: Stored | undefined
    readonly record: Record.Record
    readonly found: Found
  }

type Keys<Tag> = Extract<CoordinatorMessage, { readonly _tag: Tag }>

export interface CoordinatorState {
  readonly options: CoordinatorOptions
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
  /** Until the kinds of this round or a later one begin, those of an earlier term may still tell things: they count no more. */
  readonly awaitsKinds: number | undefined
  readonly enrolls: ReadonlyArray<Keys<"EnrollAsked">>
  readonly sees: ReadonlyArray<Keys<"SeeAsked">>
  readonly intents: ReadonlyArray<Keys<"IntendAsked">>
  readonly finishedJobs: ReadonlyMap<string, string>
  readonly definitions: ReadonlyMap<KindId, string>
  /** How often the record had lost what this process knew: the cluster may have been put back to an earlier time. */
  readonly losses: number
  /** Found in step, and not in the record yet. */
  readonly synced: Gathering.Gathering<Synced>
  /** Not ours any more, and perhaps in the record still. */
  readonly departed: ObjectSet
  /** Found the same on both sides, and not in the record yet. */
  readonly mirrored: Gathering.Gathering<Mirrored>
  /** To be forgotten, and perhaps in the record still. */
  readonly unseen: ObjectSet
  /** Since when the oldest of both waits, in milliseconds since the epoch. */
  readonly mirroredSince: number | undefined
  /** Not judged yet. */
  readonly asked: ReadonlyArray<RemovalAsked>
  /** What is to be deleted in the cluster, and how far that is. */
  readonly deletions: DeletionsState.DeletionsState
  /** The latest write of the record that this process knows of: one with an older was put back. */
  readonly serial: number
  /** Whether the tip has grown from the commit synced last when the term began; `undefined` until the record was read. */
  readonly ancestry: Descent | undefined
  /** The tip up to which people's confirmations were looked for. */
  readonly lookedThrough: string | undefined
  /** Found there, and not judged yet. */
  readonly trailers: ReadonlyArray<Confirmation>
  /** Why Git could not be asked, or this cluster not be named there. */
  readonly trouble: string | undefined
  /** A person confirmed something that isn't so. */
  readonly objection: string | undefined
  /** Grows when what was held is worth asking for again. */
  readonly confirmed: number
}

export const unread: RecordState = { _tag: "Unread", inventory: new Map(), found: undefined }

export const initial = (
  ruleset: Ruleset,
  git: GitReport,
  round: number,
  options: CoordinatorOptions
): CoordinatorState => ({
  options,
  ruleset,
  git,
  standing: { _tag: "Standby", holder: undefined },
  record: unread,
  progress: Progress.none,
  round,
  opened: undefined,
  settledRound: -1,
  awaitsKinds: undefined,
  enrolls: [],
  sees: [],
  intents: [],
  finishedJobs: new Map(),
  definitions: new Map(),
  losses: 0,
  synced: Gathering.nothing,
  departed: new Map(),
  mirrored: Gathering.nothing,
  unseen: new Map(),
  mirroredSince: undefined,
  asked: [],
  deletions: DeletionsState.none,
  serial: 0,
  ancestry: undefined,
  lookedThrough: undefined,
  trailers: [],
  trouble: undefined,
  objection: undefined,
  confirmed: 0
})

/** After the actor failed: Git, the rules and our standing are known, everything else is asked for again in a new round. */
export const restarted = (before: CoordinatorState, ruleset: Ruleset): CoordinatorState => ({
  ...initial(ruleset, before.git, before.round + 1, before.options),
  standing: before.standing,
  awaitsKinds: before.awaitsKinds,
  finishedJobs: before.finishedJobs,
  definitions: before.definitions,
  losses: before.losses,
  synced: before.synced,
  departed: before.departed,
  mirrored: before.mirrored,
  unseen: before.unseen,
  mirroredSince: before.mirroredSince,
  serial: before.serial,
  deletions: DeletionsState.afterRestart(before.deletions),
  confirmed: before.confirmed + 1
})

/**
 * When a term begins: what kinds told in an earlier one may have been overtaken by another leader, and they tell it anew. What this process
 * wrote, and leave it gave that may be used still, count on.
 */
export const inNewTerm = (
  before: CoordinatorState,
  standing: Extract<Standing, { readonly _tag: "Leading" }>
): CoordinatorState => ({
  ...initial(before.ruleset, before.git, before.round + 1, before.options),
  standing,
  awaitsKinds: before.round + 1,
  losses: before.losses,
  serial: before.serial,
  deletions: DeletionsState.afterRestart(before.deletions),
  confirmed: before.confirmed + 1
})

/** Whether the record could not be read although it is our turn. */
export const needsRecord = ({ git, record, standing }: CoordinatorState): boolean =>
  git.tip !== undefined && standing._tag === "Leading" && record._tag === "Unread"

/** Whether some rule writes to Git: where none does, Git needs not say whose it is. */
export const writesToGit = (ruleset: Ruleset): boolean => deletesFrom(ruleset, "git")

const phases = { syncing: "Written", undecided: "Undecided", restoring: "Restoring" } as const

/** What the record says of what this cluster is to Git. */
export const writtenAs = (stored: Pick<Stored, "record"> | undefined): Situation["record"] =>
  stored === undefined ? "Absent" : phases[stored.record.head.phase]

/** An owner that lives looks at the branch this often before restoring starts. */
const looksToAnswer = 10

/** Until when whom we asked may refuse; in milliseconds since the epoch. */
export const answerDueAt = ({ options: { interval }, record }: CoordinatorState): number | undefined => {
  const asked = record._tag === "Loaded" ? record.record.head.asked : undefined
  const at = asked === undefined ? undefined : Option.getOrUndefined(DateTime.make(asked.at))
  return at === undefined ? undefined : DateTime.toEpochMillis(at) + looksToAnswer * Duration.toMillis(interval)
}

const askedOf = (state: CoordinatorState, { asked }: Record.Head): Situation["asked"] => {
  const until = answerDueAt(state)
  return asked === undefined || until === undefined
    ? undefined
    : { of: asked.of, until: DateTime.formatIso(DateTime.makeUnsafe(until)) }
}

/** Whose Git is; `undefined` as long as that can't be asked. */
export const clusterStandingOf = (state: CoordinatorState): ClusterStanding | undefined => {
  const { ancestry, git: { tip }, options: { restore, stateNamespace }, record, ruleset, standing } = state
  if (tip === undefined || standing._tag !== "Leading" || record._tag !== "Loaded") return undefined
  const { head } = record.record
  return standingOf({
    us: { cluster: head.cluster, stateNamespace },
    record: writtenAs(record.stored),
    named: tip.named,
    writesToGit: writesToGit(ruleset),
    restore,
    ancestry: ancestry?.answer ?? "Unknown",
    takesOver: head.takesOver,
    asked: askedOf(state, head),
    restoresFrom: head.restoring?.from,
    isRestored: isRestored(state.progress, state.round, ruleset, tip.index.kinds)
  })
}

/** Since when this cluster is being restored, in milliseconds since the epoch. */
const sinceOf = ({ record }: CoordinatorState): number => {
  const since = record._tag === "Loaded" ? record.record.head.restoring?.since : undefined
  return since === undefined
    ? 0
    : Option.match(DateTime.make(since), { onNone: () => 0, onSome: DateTime.toEpochMillis })
}

export const phaseOf = (state: CoordinatorState): Phase => {
  const { git, record, standing } = state
  if (git.tip === undefined) return { _tag: "Starting" }
  if (standing._tag === "Standby") return { _tag: "Standby", leader: standing.holder }
  if (record._tag === "Unusable") return { _tag: "Held", reason: record.reason }
  const { held, restoring } = clusterStandingOf(state) ?? {}
  if (held !== undefined) return { _tag: "Held", reason: held }
  if (restoring !== undefined) return { _tag: "Restoring", from: restoring, since: sinceOf(state) }
  return record._tag === "Loaded" ? { _tag: "Syncing" } : { _tag: "Starting" }
}

/** Whether anything may go from the cluster to Git. */
export const mirroringOf = (state: CoordinatorState): Mirroring => {
  const mirroring = clusterStandingOf(state)?.mirroring ?? { _tag: "Closed", reason: "" }
  return mirroring._tag === "Closed" && mirroring.reason === "" && writesToGit(state.ruleset)
    ? { _tag: "Closed", reason: state.trouble ?? "" }
    : mirroring
}

const laterOf = (a: Stage | undefined, b: Stage | undefined) =>
  a === undefined ? b : b === undefined ? a : a > b ? a : b

/** After messages were folded: opens what can be opened. Nothing of a round is applied while leave given in another may be used still. */
export const advance = (state: CoordinatorState): CoordinatorState => {
  if (!writesIn(phaseOf(state)) || DeletionsState.isUsedElsewhere(state.deletions, state.round))
    return { ...state, opened: undefined }
  const opened = laterOf(state.opened, Progress.openStage(state.progress, state.round))
  const settled = Progress.isSettled(state.progress, state.round)
  return { ...state, opened, settledRound: settled ? state.round : state.settledRound }
}
