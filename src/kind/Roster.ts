/**
 * Which kinds need an actor: those a rule lets Git decide and of which Git has manifests, or of which it takes away what isn't there; those of
 * which the record has objects, if only to let go of them; and all of which something goes to Git. Pure. What Git has and the cluster does not serve waits, by name.
 */
import type { Served, ServedKind } from "../kubernetes/Discovery.ts"
import type { ManifestRef } from "../manifest/Manifest.ts"
import { groupKind, type KindId } from "../manifest/ObjectKey.ts"
import type { Own } from "../rules/KindScope.ts"
import * as Ruleset from "../rules/Ruleset.ts"
import { isGit, toCluster } from "./GitScope.ts"
import type { KindSpec, Mode } from "./KindSpec.ts"
import { toGit } from "./mirroring/MirrorScope.ts"
import { isAlways } from "./pruning/Protection.ts"
import type { Round } from "./Round.ts"

export interface Roster {
  readonly specs: ReadonlyMap<KindId, KindSpec>
  readonly unserved: ReadonlyArray<UnservedKind>
}

/** A kind that Git has manifests of and the cluster does not serve. */
export interface UnservedKind {
  readonly kind: KindId
  readonly manifests: number
  /** Where the first of them stands. */
  readonly first: ManifestRef
  /** Why it cannot be applied and what ends that. */
  readonly message: string
}

export interface RosterOptions {
  readonly defaultNamespace: string
  readonly own: Own
  readonly volumes: KindSpec["volumes"]
}

const records: ReadonlySet<KindId> = new Set([
  "VolumeSnapshot.snapshot.storage.k8s.io",
  "VolumeSnapshotContent.snapshot.storage.k8s.io"
])

/** Snapshots are records of something outside the cluster: created when absent, never applied over a live one. */
export const modeOf = (kind: KindId): Mode => records.has(kind) ? "create" : "apply"

const verbsToFollow = ["list", "watch"]
const verbsToApply = [...verbsToFollow, "patch"]

/** The version that most manifests are written in and the cluster serves with these verbs; else the one the cluster prefers. */
export const versionOf = (
  kind: ServedKind,
  refs: ReadonlyArray<ManifestRef>,
  needed: ReadonlyArray<string> = verbsToApply
): string | undefined => {
  const serving = kind.versions.filter(({ verbs }) => needed.every((verb) => verbs.has(verb)))
  const counts = new Map(serving.map(({ version }) => [version, 0]))
  for (const { manifest: { version } } of refs) {
    const count = counts.get(version)
    if (count !== undefined) counts.set(version, count + 1)
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0]
}

const isApplied = (round: Round, kind: ServedKind) => Ruleset.forKind(round.ruleset, kind).rules.some(toCluster)

/** Whether a rule sends something of the kind to Git. */
export const isMirrored = (round: Pick<Round, "ruleset">, kind: ServedKind): boolean =>
  Ruleset.forKind(round.ruleset, kind).rules.some((rule) => toGit(rule) && !rule.suspend)

/** Whether a rule takes away what Git doesn't have of the kind, be it everything. */
const isCleared = (round: Round, kind: ServedKind): boolean =>
  Ruleset.forKind(round.ruleset, kind).rules.some((rule) => isGit(rule) && isAlways(rule))

const unservedMessage = (kind: KindId, served: Served): string => {
  const { group } = groupKind(kind)
  return served.unknownGroups.has(group)
    ? `the API group ${group} does not answer, so its kinds are unknown; it is looked at again`
    : `the cluster does not serve ${kind}; applied as soon as its CustomResourceDefinition is there`
}

/** The actors this round needs in this cluster. */
export const roster = (
  round: Round,
  served: Served,
  inventory: ReadonlySet<KindId>,
  options: RosterOptions
): Roster => {
  const specs = new Map<KindId, KindSpec>()
  const unserved: Array<UnservedKind> = []
  const mirrored = new Set(
    [...served.kinds].filter(([, kind]) => isMirrored(round, kind)).map(([id]) => id)
  )
  const cleared = [...served.kinds].filter(([, kind]) => isCleared(round, kind)).map(([id]) => id)
  for (const id of new Set([...round.tip.index.kinds.keys(), ...inventory, ...mirrored, ...cleared])) {
    const refs = round.tip.index.kinds.get(id) ?? []
    const kind = served.kinds.get(id)
    const first = refs[0]
    if (kind === undefined) {
      if (first !== undefined)
        unserved.push({ kind: id, manifests: refs.length, first, message: unservedMessage(id, served) })
      continue
    }
    const mirrors = mirrored.has(id)
    const applies = isApplied(round, kind) || inventory.has(id)
    if (!applies && !mirrors) continue
    const version = versionOf(kind, refs) ?? (mirrors ? versionOf(kind, refs, verbsToFollow) : undefined)
    if (version === undefined) {
      if (first !== undefined) {
        unserved.push({
          kind: id,
          manifests: refs.length,
          first,
          message: `${id} cannot be listed, watched and patched, so it cannot be synced`
        })
      }
      continue
    }
    specs.set(id, { kind, version, mode: modeOf(id), mirrors, ...options })
  }
  return { specs, unserved }
}

/** Whether a running actor can go on under a new spec. */
export const isSame = (a: KindSpec, b: KindSpec): boolean =>
  a.kind === b.kind && a.version === b.version && a.mirrors === b.mirrors
