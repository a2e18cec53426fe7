/** How each message changes what the Coordinator knows. Pure. */
import { Cause, Exit } from "effect"
import type { GitReport } from "../git/GitReport.ts"
import type { Standing } from "../kubernetes/Leadership.ts"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import type { Ruleset } from "../rules/Ruleset.ts"
import type { CoordinatorMessage } from "./CoordinatorMessage.ts"
import { type CoordinatorState, inNewTerm } from "./CoordinatorState.ts"
import * as DeletionsState from "./DeletionsState.ts"
import * as Gathering from "./Gathering.ts"
import { changeSet, type ObjectSet } from "./ObjectMap.ts"
import * as Progress from "./Progress.ts"

type Message<Tag> = Extract<CoordinatorMessage, { readonly _tag: Tag }>

const isNewTree = (before: GitReport, after: GitReport) =>
  after.tip !== undefined && (before.tip === undefined || before.tip.tree !== after.tip.tree)

const lastSyncedOf = ({ record }: CoordinatorState) =>
  record._tag === "Loaded" ? record.record.head.lastSynced : undefined

const isInDoubt = (before: GitReport, { tip }: GitReport): boolean =>
  tip !== undefined && (tip.rewrittenFrom === undefined
    ? tip.isUnproved === true && tip.commit !== before.tip?.commit
    : tip.rewrittenFrom !== before.tip?.rewrittenFrom)

/** After a history that was rewritten, or may have been, it has to be proved anew that the tip has grown from what was synced. */
const withAncestry = (state: CoordinatorState, after: GitReport): CoordinatorState => {
  const { ancestry, git } = state
  if (ancestry === undefined || ancestry.answer === "Unknown" || !isInDoubt(git, after)) return state
  const of = lastSyncedOf(state)
  return { ...state, ancestry: { of, answer: of === undefined ? ancestry.answer : "Unknown" } }
}

const onGit = (before: CoordinatorState, git: GitReport): CoordinatorState => {
  const isNewTip = git.tip?.commit !== before.git.tip?.commit
  const state = withAncestry(isNewTip ? { ...before, trouble: undefined } : before, git)
  return isNewTree(state.git, git) ? { ...state, git, round: state.round + 1, opened: undefined } : { ...state, git }
}

/** Rules that only moved in their file keep their number, and the round goes on. */
const onRules = (state: CoordinatorState, ruleset: Ruleset): CoordinatorState =>
  ruleset.number === state.ruleset.number
    ? { ...state, ruleset }
    : { ...state, ruleset, round: state.round + 1, opened: undefined }

/** A new term reads the record again before it writes. */
const onStanding = (state: CoordinatorState, standing: Standing): CoordinatorState => {
  const isNewTerm = standing._tag === "Leading" &&
    (state.standing._tag !== "Leading" || state.standing.term !== standing.term)
  return isNewTerm ? inNewTerm(state, standing) : { ...state, standing }
}

const onExpected = (state: CoordinatorState, { kinds, round, unserved }: Message<"Expected">): CoordinatorState => ({
  ...state,
  awaitsKinds: state.awaitsKinds !== undefined && round < state.awaitsKinds ? state.awaitsKinds : undefined,
  progress: Progress.expecting(state.progress, round, kinds, unserved)
})

const without = (set: ObjectSet, kind: KindId, ids: Iterable<ObjectId>): ObjectSet =>
  changeSet(set, kind, (held) => held.difference(new Set(ids)))

const withMore = (set: ObjectSet, kind: KindId, ids: Iterable<ObjectId>): ObjectSet =>
  changeSet(set, kind, (held) => held.union(new Set(ids)))

const withMirrored = (
  state: CoordinatorState,
  message: Message<"IntendAsked" | "MirroredTold">
): CoordinatorState => ({
  ...state,
  mirrored: Gathering.add(state.mirrored, message),
  unseen: without(state.unseen, message.kind, message.objects.keys()),
  mirroredSince: state.mirroredSince ?? message.at
})

const onHistory = (state: CoordinatorState, { exit, question }: Message<"HistoryTold">): CoordinatorState => {
  if (Exit.isFailure(exit)) {
    const reason = Cause.pretty(exit.cause)
    return { ...state, trouble: `the branch's history could not be looked at: ${reason}` }
  }
  const { confirmations, isAncestor } = exit.value
  const told: CoordinatorState = { ...state, trouble: undefined }
  if (question.about === "Confirmations") return { ...told, lookedThrough: question.tip, trailers: confirmations }
  const isOfNow = question.tip === state.git.tip?.commit && question.since === state.ancestry?.of
  return isOfNow && state.ancestry?.answer === "Unknown"
    ? { ...told, ancestry: { of: question.since, answer: isAncestor ? "Proved" : "Broken" } }
    : told
}

const onNaming = (state: CoordinatorState, { exit }: Message<"NamingTold">): CoordinatorState =>
  Exit.isSuccess(exit) ? { ...state, trouble: undefined } : {
    ...state,
    trouble: `this cluster could not be named in Git, so nothing is written there: ${messageOf(exit.cause)}`
  }

const messageOf = (cause: Cause.Cause<{ readonly message: string }>): string => {
  const error = Cause.squash(cause)
  return error instanceof Error ? error.message : String(error)
}

/** What kinds tell or ask for. */
const ofKinds: ReadonlySet<CoordinatorMessage["_tag"]> = new Set([
  "Reported",
  "EnrollAsked",
  "Departed",
  "SeeAsked",
  "MirroredTold",
  "IntendAsked",
  "UnseenTold",
  "DefinedTold",
  "JobFinished",
  "SyncedTold",
  "RemovalAsked",
  "DeletionAsked"
])

export const fold = (state: CoordinatorState, message: CoordinatorMessage): CoordinatorState =>
  state.awaitsKinds !== undefined && ofKinds.has(message._tag) ? state : folded(state, message)

const folded = (state: CoordinatorState, message: CoordinatorMessage): CoordinatorState => {
  switch (message._tag) {
    case "GitReported":
      return onGit(state, message.report)
    case "RulesChanged":
      return onRules(state, message.ruleset)
    case "StandingChanged":
      return onStanding(state, message.standing)
    case "Expected":
      return onExpected(state, message)
    case "Reported":
      return { ...state, progress: Progress.reported(state.progress, message.report) }
    case "EnrollAsked":
      return {
        ...state,
        enrolls: [...state.enrolls, message],
        departed: without(state.departed, message.kind, message.ids)
      }
    case "Departed":
      return { ...state, departed: withMore(state.departed, message.kind, message.ids) }
    case "SeeAsked":
      return { ...state, sees: [...state.sees, message], unseen: without(state.unseen, message.kind, message.ids) }
    case "MirroredTold":
      return withMirrored(state, message)
    case "IntendAsked":
      return { ...withMirrored(state, message), intents: [...state.intents, message] }
    case "UnseenTold":
      return {
        ...state,
        unseen: withMore(state.unseen, message.kind, message.ids),
        mirroredSince: state.mirroredSince ?? message.at
      }
    case "DefinedTold":
      return { ...state, definitions: new Map(state.definitions).set(message.kind, message.uid) }
    case "JobFinished":
      return state.finishedJobs.get(message.id) === message.digest
        ? state
        : { ...state, finishedJobs: new Map(state.finishedJobs).set(message.id, message.digest) }
    case "SyncedTold":
      return { ...state, synced: Gathering.add(state.synced, message) }
    case "RemovalAsked":
      return { ...state, asked: [...state.asked, message] }
    case "DeletionAsked":
      return { ...state, deletions: DeletionsState.afterAsked(state.deletions, message) }
    case "DeletionReturned":
      return { ...state, deletions: DeletionsState.afterReturned(state.deletions, message.reply) }
    case "HistoryTold":
      return onHistory(state, message)
    case "NamingTold":
      return onNaming(state, message)
    case "Woken":
      return state
  }
}
