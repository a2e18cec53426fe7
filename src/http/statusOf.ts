/** Puts together what the actors told into one answer. Pure. */
import type { Side } from "../coordination/Account.ts"
import { type CoordinatorState, mirroringOf, phaseOf } from "../coordination/CoordinatorState.ts"
import { countOf, heldIn, howToConfirm } from "../coordination/HeldDeletions.ts"
import { leftToRestore } from "../coordination/restoring/leftToRestore.ts"
import type { WritingReport } from "../git/GitReport.ts"
import { type KindReport, type RuleTally, type Watch } from "../kind/KindReport.ts"
import type { UnservedKind } from "../kind/Roster.ts"
import type { RuleNotice } from "../kind/RuleCheck.ts"
import { stageNames } from "../kind/Stage.ts"
import { counted } from "../manifest/counted.ts"
import { formatPlace } from "../manifest/Manifest.ts"
import type { Counts, KindStatus, Status } from "./Status.ts"

export interface StatusContext {
  readonly name: string
  /** The repository without credentials. */
  readonly repository: string
  readonly gitPath: string
}

/** What is told beside the Coordinator's state. */
export interface StatusDetails {
  readonly unserved: ReadonlyArray<UnservedKind>
  /** Why the configuration file as it stands is not followed. */
  readonly refused: string | undefined
  readonly ruleNotices: ReadonlyArray<RuleNotice>
}

/** How many problems and passed-over paths an answer names; all problems are counted. */
const maxListed = 200

const nothing: Counts = { inStep: 0, pending: 0, waiting: 0, failed: 0, held: 0 }

const add = (a: Counts, b: Counts): Counts => ({
  inStep: a.inStep + b.inStep,
  pending: a.pending + b.pending,
  waiting: a.waiting + b.waiting,
  failed: a.failed + b.failed,
  held: a.held + b.held
})

const watchText = (watch: Watch): string => {
  switch (watch._tag) {
    case "Listing":
      return "listing"
    case "Live":
      return "live"
    case "Interrupted":
      return `interrupted: ${watch.reason}`
    case "Unavailable":
      return `unavailable: ${watch.reason}`
  }
}

const ruleCounts = ({ rule, ...counts }: RuleTally) => ({ ...counts, rule: rule + 1 })

const kindStatus = (report: KindReport): KindStatus => ({
  kind: report.kind,
  stage: stageNames[report.stage],
  watch: watchText(report.watch),
  rules: report.rules.map(ruleCounts),
  troubles: report.troubles.map(({ message, object, place, state }) => ({
    object,
    state,
    message,
    ...(place === undefined ? {} : { place })
  })),
  troubleCount: report.troubleCount
})

const restoringText = (state: CoordinatorState): string => {
  const { failed, left } = leftToRestore(state)
  const toCome = left === undefined ? "looking at what is there" : `${counted(left, "object")} to come`
  return failed === 0 ? toCome : `${toCome}, ${failed} that can't be brought back before a person acts`
}

const restoredOf = ({ record }: CoordinatorState) => record._tag === "Loaded" ? record.record.head.restored : undefined

const phaseText = (state: CoordinatorState): string => {
  const phase = phaseOf(state)
  switch (phase._tag) {
    case "Starting":
      return "starting"
    case "Standby":
      return `standby: ${phase.leader ?? "nobody"} leads`
    case "Held":
      return `held: ${phase.reason}`
    case "Restoring":
      return `restoring from cluster ${phase.from}: ${restoringText(state)}`
    case "Syncing":
      return restoredOf(state) === undefined ? "syncing" : "restored, syncing"
  }
}

/** First sync done and watches live; a standby is ready when it has read the repository. */
export const isReady = (state: CoordinatorState): boolean => {
  const phase = phaseOf(state)._tag
  if (phase === "Standby") return true
  if (phase !== "Syncing" || state.settledRound < 0) return false
  return [...state.progress.reports.values()].every(({ watch }) =>
    watch._tag === "Live" || watch._tag === "Unavailable"
  )
}

const writingOf = ({ pushed, trouble, waiting }: WritingReport): Pick<Status, "writing"> =>
  waiting === 0 && pushed === undefined && trouble === undefined ? {} : {
    writing: {
      waiting,
      ...(pushed === undefined ? {} : { commit: pushed.commit, pushedAt: pushed.at }),
      ...(trouble === undefined ? {} : { trouble })
    }
  }

const mirroringStatus = (state: CoordinatorState): Pick<Status, "mirroring"> => {
  const mirroring = mirroringOf(state)
  return mirroring._tag === "Open" || mirroring.reason === "" ? {} : { mirroring: mirroring.reason }
}

const heldKeys = { git: "removals", cluster: "deletions" } as const satisfies { readonly [S in Side]: keyof Status }

const heldStatus = (
  { objection, options: { name }, record }: CoordinatorState
): Pick<Status, "deletions" | "removals"> => {
  const held = record._tag === "Loaded" ? heldIn(record.record) : []
  return Object.fromEntries(held.map(({ objects, reason, side }) => [heldKeys[side], {
    count: objects.length,
    objects: objects.slice(0, maxListed),
    reason,
    confirm: howToConfirm(name, countOf(held)),
    ...objection === undefined ? {} : { objection }
  }]))
}

export const statusOf = (
  state: CoordinatorState,
  { refused, ruleNotices, unserved }: StatusDetails,
  context: StatusContext
): Status => {
  const { failure, tip } = state.git
  const kinds = [...state.progress.reports.values()].map(kindStatus).toSorted((a, b) => a.kind.localeCompare(b.kind))
  const problems = tip?.index.problems ?? []
  return {
    name: context.name,
    source: {
      repository: context.repository,
      gitPath: context.gitPath,
      ...(tip === undefined ? {} : { branch: tip.branch })
    },
    ...(tip?.commit === undefined ? {} : { commit: tip.commit, subject: tip.subject }),
    ...(tip?.rewrittenFrom === undefined ? {} : { rewrittenFrom: tip.rewrittenFrom }),
    ...(failure === undefined ? {} : { gitFailure: failure.message }),
    ...writingOf(state.git.writing),
    ...mirroringStatus(state),
    ...heldStatus(state),
    ...(refused === undefined ? {} : { configuration: { refused } }),
    phase: phaseText(state),
    ready: isReady(state),
    settled: state.settledRound === state.round,
    total: kinds.flatMap((kind) => kind.rules).reduce<Counts>(add, nothing),
    kinds,
    unserved: unserved.map(({ first, kind, manifests, message }) => ({
      kind,
      manifests,
      place: formatPlace({ path: first.path, line: first.manifest.line }),
      message
    })),
    ruleProblems: ruleNotices.map(({ isWaiting, message, place, rule }) => ({
      rule: rule + 1,
      place,
      waiting: isWaiting,
      message
    })),
    problems: problems.slice(0, maxListed).map((problem) => ({
      place: formatPlace(problem),
      message: problem.message
    })),
    problemCount: problems.length,
    passedOver: (tip?.index.passedOver ?? []).slice(0, maxListed)
  }
}
