/**
 * Which kinds need an actor: those a rule lets Git decide and of which Git has manifests, and those of which the record has objects,
 * if only to let go of them. Pure. What Git has and the cluster does not serve waits, by name.
 */
import type { Served, ServedKind } from "../kubernetes/Discovery.ts"
import type { ManifestRef } from "../manifest/Manifest.ts"
import { groupKind, type KindId } from "../manifest/ObjectKey.ts"
import type { Own } from "../rules/KindScope.ts"
import * as Ruleset from "../rules/Ruleset.ts"
import type { KindSpec } from "./KindSpec.ts"
import type { Round } from "./Round.ts"
import type { Mode } from "./Verdict.ts"

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
}

const records: ReadonlySet<KindId> = new Set([
  "VolumeSnapshot.snapshot.storage.k8s.io",
  "VolumeSnapshotContent.snapshot.storage.k8s.io"
])

/** Snapshots are records of something outside the cluster: created when absent, never applied over a live one. */
export const modeOf = (kind: KindId): Mode => records.has(kind) ? "create" : "apply"

const neededVerbs = ["list", "watch", "patch"]

const isSyncable = (version: ServedKind["versions"][number]) => neededVerbs.every((verb) => version.verbs.has(verb))

/** The version that most manifests are written in and the cluster serves; else the one the cluster prefers. */
export const versionOf = (kind: ServedKind, refs: ReadonlyArray<ManifestRef>): string | undefined => {
  const counts = new Map(kind.versions.filter(isSyncable).map(({ version }) => [version, 0]))
  for (const { manifest: { version } } of refs) {
    const count = counts.get(version)
    if (count !== undefined) counts.set(version, count + 1)
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0]
}

const isWanted = (round: Round, kind: ServedKind) =>
  Ruleset.forKind(round.ruleset, kind).rules.some((rule) => rule.syncTo === "kubernetes")

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
  for (const id of new Set([...round.tip.index.kinds.keys(), ...inventory])) {
    const refs = round.tip.index.kinds.get(id) ?? []
    const kind = served.kinds.get(id)
    const first = refs[0]
    if (kind === undefined) {
      if (first !== undefined)
        unserved.push({ kind: id, manifests: refs.length, first, message: unservedMessage(id, served) })
      continue
    }
    if (!isWanted(round, kind) && !inventory.has(id)) continue
    const version = versionOf(kind, refs)
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
    specs.set(id, { kind, version, mode: modeOf(id), ...options })
  }
  return { specs, unserved }
}

/** Whether a running actor can go on under a new spec. */
export const isSame = (a: KindSpec, b: KindSpec): boolean => a.kind === b.kind && a.version === b.version
