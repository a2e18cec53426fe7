/**
 * Which kinds the cluster serves, from its discovery documents. Pure.
 * A group that could not be asked is unknown, never gone: what was known of it stays. What did not change keeps its reference.
 */
import { Predicate } from "effect"
import type { Json, JsonObject } from "../manifest/Manifest.ts"
import { type GroupKind, type KindId, kindId } from "../manifest/ObjectKey.ts"

export interface ServedVersion {
  readonly version: string
  readonly verbs: ReadonlySet<string>
}

export interface ServedKind extends GroupKind {
  readonly plural: string
  readonly singular: string
  readonly shortNames: ReadonlyArray<string>
  readonly namespaced: boolean
  /** The one the server prefers first; never empty. */
  readonly versions: ReadonlyArray<ServedVersion>
}

export interface Served {
  readonly kinds: ReadonlyMap<KindId, ServedKind>
  /** Groups whose server could not be asked: their kinds are as last known, or not known at all. */
  readonly unknownGroups: ReadonlySet<string>
}

/** Nothing known yet. */
export const nothingServed: Served = { kinds: new Map(), unknownGroups: new Set() }

/** One resource of one group in one version. */
export interface DiscoveredResource {
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: ReadonlyArray<string>
  readonly namespaced: boolean
  readonly verbs: ReadonlyArray<string>
}

export interface DiscoveredVersion {
  readonly version: string
  readonly resources: ReadonlyArray<DiscoveredResource>
}

/** A group with its versions in the server's order of preference. */
export interface DiscoveredGroup {
  readonly group: string
  readonly versions: ReadonlyArray<DiscoveredVersion>
  /** Whether some version of it could not be asked just now. */
  readonly incomplete: boolean
}

const record = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonObject : {}
const records = (value: Json | undefined): ReadonlyArray<JsonObject> => Array.isArray(value) ? value.map(record) : []
const text = (value: Json | undefined): string => Predicate.isString(value) ? value : ""
const texts = (value: Json | undefined): ReadonlyArray<string> =>
  Array.isArray(value) ? value.filter(Predicate.isString) : []

const aggregatedResource = (resource: JsonObject): DiscoveredResource => ({
  kind: text(record(resource["responseKind"])["kind"]),
  plural: text(resource["resource"]),
  singular: text(resource["singularResource"]),
  shortNames: texts(resource["shortNames"]),
  namespaced: resource["scope"] === "Namespaced",
  verbs: texts(resource["verbs"])
})

/** An APIGroupDiscoveryList; `undefined` when the server does not know that form. */
export const aggregatedGroups = (document: Json): ReadonlyArray<DiscoveredGroup> | undefined => {
  const { items, kind } = record(document)
  if (kind !== "APIGroupDiscoveryList") return undefined
  return records(items).map((group) => {
    const versions = records(group["versions"])
    return {
      group: text(record(group["metadata"])["name"]),
      versions: versions.map((version) => ({
        version: text(version["version"]),
        resources: records(version["resources"]).map(aggregatedResource)
      })),
      incomplete: versions.some((version) => version["freshness"] === "Stale")
    }
  })
}

/** The versions to ask for, from an APIVersions (`/api`) or APIGroupList (`/apis`) of an older server; preferred first. */
export const listedGroups = (
  document: Json
): ReadonlyArray<{ readonly group: string; readonly versions: ReadonlyArray<string> }> => {
  const { groups, kind, versions } = record(document)
  if (kind === "APIVersions") return [{ group: "", versions: texts(versions) }]
  return records(groups).map((group) => {
    const all = records(group["versions"]).map((version) => text(version["version"]))
    const preferred = text(record(group["preferredVersion"])["version"])
    return {
      group: text(group["name"]),
      versions: [...new Set([preferred, ...all])].filter((version) => version !== "")
    }
  })
}

/** An APIResourceList, without subresources. */
export const listedResources = (document: Json): ReadonlyArray<DiscoveredResource> =>
  records(record(document)["resources"]).filter(({ name }) => !text(name).includes("/")).map((resource) => ({
    kind: text(resource["kind"]),
    plural: text(resource["name"]),
    singular: text(resource["singularName"]),
    shortNames: texts(resource["shortNames"]),
    namespaced: resource["namespaced"] === true,
    verbs: texts(resource["verbs"])
  }))

const kindsOf = ({ group, versions }: DiscoveredGroup): Map<KindId, ServedKind> => {
  const kinds = new Map<KindId, ServedKind>()
  for (const { resources, version } of versions) {
    for (const { kind, namespaced, plural, shortNames, singular, verbs } of resources) {
      if (kind === "" || plural === "") continue
      const id = kindId({ group, kind })
      const known = kinds.get(id)
      if (known !== undefined && known.plural !== plural) continue
      const versions = [...known?.versions ?? [], { version, verbs: new Set(verbs) }]
      const names = known ??
        { group, kind, plural, singular: singular === "" ? kind.toLowerCase() : singular, shortNames, namespaced }
      kinds.set(id, { ...names, versions })
    }
  }
  return kinds
}

const sameVersions = (a: ServedKind, b: ServedKind): boolean =>
  a.versions.length === b.versions.length && a.versions.every(({ verbs, version }, index) => {
    const other = b.versions[index]
    return other?.version === version && other.verbs.size === verbs.size && verbs.isSubsetOf(other.verbs)
  })

const sameKind = (a: ServedKind, b: ServedKind): boolean =>
  a.plural === b.plural && a.singular === b.singular && a.namespaced === b.namespaced &&
  a.shortNames.join() === b.shortNames.join() && sameVersions(a, b)

const reuse = (previous: Served, next: Served): Served => {
  const sameGroups = previous.unknownGroups.size === next.unknownGroups.size &&
    next.unknownGroups.isSubsetOf(previous.unknownGroups)
  const same = sameGroups && previous.kinds.size === next.kinds.size &&
    next.kinds.entries().every(([id, kind]) => previous.kinds.get(id) === kind)
  return same ? previous : next
}

/** What is served now, given what was found and what was known before. */
export const served = (previous: Served, groups: ReadonlyArray<DiscoveredGroup>): Served => {
  const unknownGroups = new Set(groups.filter(({ incomplete }) => incomplete).map(({ group }) => group))
  const kinds = new Map<KindId, ServedKind>()
  for (const [id, kind] of previous.kinds) if (unknownGroups.has(kind.group)) kinds.set(id, kind)
  for (const [id, kind] of groups.flatMap((group) => [...kindsOf(group)])) {
    const before = previous.kinds.get(id)
    const stale = unknownGroups.has(kind.group) && before !== undefined
    kinds.set(id, before !== undefined && (stale || sameKind(before, kind)) ? before : kind)
  }
  return reuse(previous, { kinds, unknownGroups })
}
