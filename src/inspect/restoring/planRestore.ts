/**
 * What a restore would bring back into this cluster, from what, and what stands in the way: by the same functions as the running controller,
 * and without writing anything.
 */
import { Effect } from "effect"
import { KindOptions } from "../../kind/KindOptions.ts"
import { mirrorsLife } from "../../kind/mirroring/MirrorScope.ts"
import { backFromGit, tooSmall } from "../../kind/restoring/backFromGit.ts"
import { claimsUsed } from "../../kind/restoring/claimsUsed.ts"
import { snapshotsByClaim, volumesByClaim, type VolumeSources } from "../../kind/restoring/InGit.ts"
import { mayGoToGit } from "../../kind/restoring/mayGoToGit.ts"
import { newest } from "../../kind/restoring/SnapshotInGit.ts"
import { versionOf } from "../../kind/Roster.ts"
import { stageOf } from "../../kind/Stage.ts"
import type { ServedKind } from "../../kubernetes/Discovery.ts"
import { type Claim, claims } from "../../manifest/Claims.ts"
import { formatPlace, type JsonObject, type ManifestRef } from "../../manifest/Manifest.ts"
import { groupKind, type KindId, type ObjectId } from "../../manifest/ObjectKey.ts"
import { valueAt } from "../../manifest/portable/Row.ts"
import * as Ruleset from "../../rules/Ruleset.ts"
import { Survey } from "../Survey.ts"
import type { RestoreItem, RestorePlan } from "./RestorePlan.ts"

const atOnce = { concurrency: 8 }
const definitionKind: KindId = "CustomResourceDefinition.apiextensions.k8s.io"
const claimKind: KindId = "PersistentVolumeClaim"

type Ending = Pick<RestoreItem, "outcome" | "from" | "reason">

const placeOf = ({ manifest, path }: ManifestRef) => formatPlace({ path, line: manifest.line })

const splitId = (id: ObjectId): { readonly namespace: string; readonly name: string } => {
  const slash = id.indexOf("/")
  return slash === -1 ? { namespace: "", name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) }
}

const ofClaim = Effect.fnUntraced(function*(id: ObjectId, body: JsonObject, sources: VolumeSources) {
  const volume = (yield* volumesByClaim(sources)).get(id)?.at(-1)
  if (volume !== undefined) return { outcome: "create", from: `PersistentVolume ${volume.name}` } satisfies Ending
  const snapshot = newest((yield* snapshotsByClaim(sources)).get(id) ?? [], undefined)
  if (snapshot === undefined)
    return { outcome: "create", from: "nothing: Git has no snapshot of it, so it is created empty" } satisfies Ending
  const refused = tooSmall(snapshot, valueAt(body, ["spec", "resources", "requests", "storage"]))
  return refused === undefined
    ? { outcome: "create", from: `VolumeSnapshot ${snapshot.name}, taken ${snapshot.taken}` } satisfies Ending
    : { outcome: "refused", reason: refused.message } satisfies Ending
})

/** Of a workload: whether it would wait for a claim that nobody brings back. */
const ofOther = Effect.fnUntraced(function*(kind: KindId, id: ObjectId, body: JsonObject, sources: VolumeSources) {
  const [snapshots, volumes] = [yield* snapshotsByClaim(sources), yield* volumesByClaim(sources)]
  const used = claimsUsed(kind, splitId(id), body, [...snapshots.keys(), ...volumes.keys()])
  const declared = claims(sources.claims, true, sources.defaultNamespace)
  const missing = [...used].find((claim) => (snapshots.has(claim) || volumes.has(claim)) && !declared.has(claim))
  if (missing !== undefined) {
    return {
      outcome: "waits",
      reason:
        `for PersistentVolumeClaim ${missing}: Git has a snapshot of it, and no manifest describes it; create it from that, or commit one`
    } satisfies Ending
  }
  if (used.size > 0) return { outcome: "create" } satisfies Ending
  return yield* backFromGit(kind, splitId(id), body, sources).pipe(
    Effect.as<Ending>({ outcome: "create" }),
    Effect.catchTags({
      HeldBack: ({ message }) => Effect.succeed<Ending>({ outcome: "waits", reason: message }),
      LeftInGit: ({ message }) => Effect.succeed<Ending>({ outcome: "stays", reason: message }),
      Unrestorable: ({ message }) => Effect.succeed<Ending>({ outcome: "refused", reason: message })
    })
  )
})

const endingOf = Effect.fnUntraced(function*(
  id: KindId,
  kind: ServedKind,
  version: string,
  object: ObjectId,
  claim: Claim,
  sources: VolumeSources
) {
  const survey = yield* Survey
  if (claim._tag === "Contested") {
    return {
      outcome: "refused",
      reason: "described by more than one manifest, so none counts; keep one of them"
    } satisfies Ending
  }
  const { name, namespace } = splitId(object)
  const live = yield* survey.live(kind, version, namespace, name).pipe(
    Effect.catchTag("NamespaceNotFound", () => Effect.undefined)
  )
  if (live !== undefined) return { outcome: "there" } satisfies Ending
  const body = yield* survey.manifest(claim.ref)
  return yield* id === claimKind ? ofClaim(object, body, sources) : ofOther(id, object, body, sources)
})

/** Of a kind that the cluster does not serve. */
const unservedItems = (
  id: KindId,
  refs: ReadonlyArray<ManifestRef>,
  definitions: ReadonlyArray<ManifestRef>
): ReadonlyArray<RestoreItem> => {
  const { group } = groupKind(id)
  const isComing = definitions.some(({ manifest: { name } }) => name.endsWith(`.${group}`))
  return [...claims(refs, undefined, "")].map(([object, claim]) => ({
    kind: id,
    object,
    place: claim._tag === "Contested" ? claim.refs.map(placeOf).join(" and ") : placeOf(claim.ref),
    ...isComing
      ? { outcome: "create" as const }
      : {
        outcome: "waits" as const,
        reason: `for the cluster to serve ${id}: install its CustomResourceDefinition, or what brings it`
      }
  }))
}

export const planRestore = Effect.fn("planRestore")(function*() {
  const survey = yield* Survey
  const { defaultNamespace, volumes } = yield* KindOptions
  const { kinds, problems } = survey.tip.index
  const refsOf = (id: KindId) => kinds.get(id) ?? []
  const sources: VolumeSources = {
    snapshots: refsOf("VolumeSnapshot.snapshot.storage.k8s.io"),
    contents: refsOf("VolumeSnapshotContent.snapshot.storage.k8s.io"),
    volumes: refsOf("PersistentVolume"),
    claims: refsOf(claimKind),
    route: volumes,
    defaultNamespace,
    restoringSince: Number.MAX_SAFE_INTEGER
  }

  const itemsOf = Effect.fnUntraced(function*(id: KindId, refs: ReadonlyArray<ManifestRef>) {
    const kind = survey.served.kinds.get(id)
    if (kind === undefined)
      return mayGoToGit(survey.ruleset, id) ? unservedItems(id, refs, refsOf(definitionKind)) : []
    const rules = Ruleset.forKind(survey.ruleset, kind)
    const version = versionOf(kind, refs, ["get"])
    if (version === undefined) return []
    const declared = [...claims(refs, kind.namespaced, defaultNamespace)].filter(([object, claim]) => {
      const labels = claim._tag === "Contested" ? claim.refs[0]?.manifest.labels : claim.ref.manifest.labels
      return mirrorsLife(Ruleset.ownership(rules, { ...splitId(object), git: labels, live: undefined }))
    })
    return yield* Effect.forEach(declared, ([object, claim]) =>
      Effect.map(
        endingOf(id, kind, version, object, claim, sources),
        (ending): RestoreItem => ({
          kind: id,
          object,
          place: claim._tag === "Contested" ? claim.refs.map(placeOf).join(" and ") : placeOf(claim.ref),
          ...ending
        })
      ), atOnce)
  })

  const inOrder = [...kinds].toSorted(([a], [b]) => stageOf(groupKind(a)) - stageOf(groupKind(b)) || (a < b ? -1 : 1))
  const items = yield* Effect.forEach(inOrder, ([id, refs]) => itemsOf(id, refs))
  return {
    origin: survey.origin,
    items: items.flat(),
    problems: problems.map((problem) => `${formatPlace(problem)}: ${problem.message}`)
  } satisfies RestorePlan
})
