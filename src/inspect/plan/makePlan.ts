/**
 * Makes the plan: the controller's own judgement of everything that is there now, and of what it would send a dry run each.
 * Reads and tries; nothing is ever written.
 */
import { Clock, Effect } from "effect"
import type { Limits } from "../../coordination/Budget.ts"
import { isStranger, type Record } from "../../coordination/Record.ts"
import { GitOptions } from "../../git/GitOptions.ts"
import { KindOptions } from "../../kind/KindOptions.ts"
import type { KindSpec } from "../../kind/KindSpec.ts"
import * as KindState from "../../kind/KindState.ts"
import { roster } from "../../kind/Roster.ts"
import type { Round } from "../../kind/Round.ts"
import { lastStage, stageOf, stages } from "../../kind/Stage.ts"
import { ApiServer } from "../../kubernetes/ApiServer.ts"
import { formatPlace, type ManifestRef } from "../../manifest/Manifest.ts"
import { type KindId, kindId, type ObjectId } from "../../manifest/ObjectKey.ts"
import { Survey } from "../Survey.ts"
import { inOrder, type Plan, type PlannedObject, type PlanRemark } from "./Plan.ts"
import { planCommit, type ToGit } from "./PlanCommit.ts"
import { judgeDeletions } from "./PlanDeletion.ts"
import { lookAtKind, type SeenKind } from "./PlanKind.ts"
import { planMirror } from "./PlanMirror.ts"
import { planObject } from "./PlanObject.ts"
import { clusterOf, readRecord } from "./PlanRecord.ts"
import { checkRules } from "./PlanRules.ts"
import { planStanding } from "./PlanStanding.ts"
import { type ComingKind, comingKind, planUnserved } from "./PlanUnserved.ts"
import { idleOutcome, isDue } from "./PlanVerdict.ts"

const kindsAtOnce = 4
const objectsAtOnce = 8

/** Grows stage by stage: what comes later counts on it. */
interface Progress {
  readonly comingNamespaces: Set<string>
  readonly coming: Map<KindId, ComingKind>
  readonly denied: Set<string>
  readonly toGit: Array<ToGit>
  readonly unseen: Array<PlanRemark>
}

const placeOf = ({ manifest, path }: ManifestRef) => formatPlace({ path, line: manifest.line })

const placeOfClaim = (state: KindState.KindState, id: ObjectId): string | undefined => {
  const { claim } = KindState.get(state, id)
  if (claim === undefined) return undefined
  return claim._tag === "Declared" ? placeOf(claim.ref) : claim.refs.map(placeOf).join(" and ")
}

const planSeen = Effect.fnUntraced(function*(spec: KindSpec, seen: SeenKind, progress: Progress) {
  const observer = yield* KindOptions
  const { objects, state } = seen
  const surroundings = { spec, observer, ...progress }
  const stage = stageOf(spec.kind)
  const mirrored = yield* planMirror(seen, observer.fieldManager)
  progress.toGit.push(...mirrored.toGit)
  const planned = yield* Effect.forEach([...state.verdicts], ([id, verdict]) =>
    Effect.gen(function*() {
      const ownership = KindState.ownershipOf(state, id, KindState.get(state, id))
      const outcome = isDue(verdict)
        ? yield* planObject(surroundings, { id, ownership, live: objects.get(id) }, verdict)
        : idleOutcome(verdict, state.tally.troubles.get(id))
      const place = placeOfClaim(state, id)
      return outcome === undefined
        ? []
        : [{ stage, kind: state.id, object: id, place, outcome } satisfies PlannedObject]
    }), { concurrency: objectsAtOnce })
  return [...planned.flat(), ...mirrored.objects]
})

const planKind = Effect.fnUntraced(function*(spec: KindSpec, round: Round, progress: Progress) {
  const observer = yield* KindOptions
  return yield* lookAtKind(spec, round, observer).pipe(
    Effect.flatMap((seen) => planSeen(spec, seen, progress)),
    Effect.catch(({ message }) =>
      Effect.sync((): ReadonlyArray<PlannedObject> => {
        progress.unseen.push({ place: kindId(spec.kind), message })
        return []
      })
    )
  )
})

/** Definitions and namespaces that this plan makes. */
const noteComing = Effect.fnUntraced(function*(objects: ReadonlyArray<PlannedObject>, progress: Progress) {
  const survey = yield* Survey
  for (const { kind, object, outcome } of objects) {
    if (outcome._tag !== "Create") continue
    if (kind === "Namespace") progress.comingNamespaces.add(object)
    if (kind !== "CustomResourceDefinition.apiextensions.k8s.io") continue
    const ref = survey.tip.index.kinds.get(kind)?.find(({ manifest }) => manifest.name === object)
    if (ref === undefined) continue
    const coming = comingKind(object, yield* survey.manifest(ref))
    progress.coming.set(kindId(coming.names), coming)
  }
})

const deniedNote = (denied: ReadonlySet<string>): ReadonlyArray<string> => {
  const resources = [...new Set([...denied].map((place) => place.split(" ")[0]))].toSorted()
  return resources.length === 0 ? [] : [
    `Estimated: you may not "patch" ${
      resources.join(", ")
    }, so no dry run was possible; what the API server would make of these is not known.`
  ]
}

/** The commit of it, what becomes of the objects, and what people should know of it. */
const written = Effect.fnUntraced(function*(toGit: ReadonlyArray<ToGit>, record: Record | undefined) {
  if (toGit.length === 0) return { commit: undefined, objects: [], notes: [] }
  const cluster = yield* clusterOf(record)
  const { notes, obstacle } = yield* planStanding(record, cluster)
  const { commit, objects } = yield* planCommit(toGit, { cluster, obstacle })
  return { commit, objects, notes: commit === undefined ? [] : notes }
})

/**
 * @param configFile Where the rules stand, for people.
 * @param deletions How many may go without a person's word.
 */
export const makePlan = Effect.fn("makePlan")(function*(configFile: string, deletions: Limits) {
  const survey = yield* Survey
  const options = yield* KindOptions
  const api = yield* ApiServer
  const { name } = yield* GitOptions
  const { notes, obstacle, record } = yield* readRecord
  const { ruleset, served, tip } = survey
  const round: Round = {
    number: 1,
    term: 1,
    ruleset,
    tip,
    phase: { _tag: "Syncing" },
    openStage: lastStage,
    finishedJobs: new Map(Object.entries(record?.head.finishedJobs ?? {})),
    synced: record?.inventory ?? new Map(),
    mirroring: { _tag: "Open" },
    seen: record?.seen ?? new Map(),
    definitions: new Map(Object.entries(record?.head.definitions ?? {})),
    isFirstContact: record === undefined || isStranger(record.head),
    confirmed: 0
  }
  const { specs, unserved } = roster(round, served, new Set(record?.inventory.keys()), options)
  const progress: Progress = {
    comingNamespaces: new Set(),
    coming: new Map(),
    denied: new Set(),
    toGit: [],
    unseen: []
  }
  const objects: Array<PlannedObject> = []
  for (const stage of stages) {
    const kinds = [...specs.values()].filter(({ kind }) => stageOf(kind) === stage)
    const planned = yield* Effect.forEach(kinds, (spec) => planKind(spec, round, progress), {
      concurrency: kindsAtOnce
    })
    objects.push(...planned.flat())
    yield* noteComing(planned.flat(), progress)
  }
  const toGit = yield* written(progress.toGit, record)
  const unservedOptions = {
    ruleset,
    refsOf: (kind: KindId) => tip.index.kinds.get(kind) ?? [],
    coming: progress.coming,
    defaultNamespace: options.defaultNamespace
  }
  const remark = (place: { readonly path: string; readonly line?: number; readonly column?: number }) =>
    formatPlace(place)
  return {
    origin: survey.origin,
    cluster: `${api.server} (${api.origin})`,
    obstacle,
    commit: toGit.commit,
    objects: inOrder([
      ...judgeDeletions(objects, record, { limits: deletions, name, now: yield* Clock.currentTimeMillis }),
      ...toGit.objects,
      ...unserved.flatMap((kind) => planUnserved(unservedOptions, kind))
    ]),
    problems: tip.index.problems.map((problem) => ({ place: remark(problem), message: problem.message })),
    ...(yield* checkRules(configFile)),
    unseen: progress.unseen.toSorted((a, b) => a.place < b.place ? -1 : 1),
    passedOver: tip.index.passedOver.map(({ path, reason }) => ({ place: remark({ path }), message: reason })),
    notes: [...notes, ...toGit.notes, ...deniedNote(progress.denied)]
  } satisfies Plan
})
