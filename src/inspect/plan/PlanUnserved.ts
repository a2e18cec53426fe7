/** Objects of kinds that the cluster doesn't serve: they come after the definition that Git has of their kind, or wait for one. */
import { Predicate } from "effect"
import { gitRules, ownsLifecycle } from "../../kind/GitScope.ts"
import { nameOf } from "../../kind/KindState.ts"
import type { UnservedKind } from "../../kind/Roster.ts"
import { stageOf } from "../../kind/Stage.ts"
import { type Claim, claims } from "../../manifest/Claims.ts"
import { formatPlace, type Json, type JsonObject, type ManifestRef } from "../../manifest/Manifest.ts"
import { type GroupKind, groupKind, type KindId, kindId } from "../../manifest/ObjectKey.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import type { KindNames, Ruleset } from "../../rules/Ruleset.ts"
import * as Rules from "../../rules/Ruleset.ts"
import type { Outcome, PlannedObject } from "./Plan.ts"

/** A CustomResourceDefinition that is not in the cluster yet, and will be made by this plan. */
export interface ComingKind {
  readonly names: KindNames
  readonly namespaced: boolean
  /** `widgets.example.com` */
  readonly definition: string
}

const record = (value: Json | undefined): JsonObject => isObject(value) ? value : {}
const text = (value: Json | undefined): string => Predicate.isString(value) ? value : ""
const texts = (value: Json | undefined): ReadonlyArray<string> =>
  Array.isArray(value) ? value.filter(Predicate.isString) : []

/** What a definition's manifest says of the kind it defines. */
export const comingKind = (definition: string, manifest: JsonObject): ComingKind => {
  const spec = record(manifest["spec"])
  const names = record(spec["names"])
  return {
    definition,
    namespaced: spec["scope"] === "Namespaced",
    names: {
      group: text(spec["group"]),
      kind: text(names["kind"]),
      plural: text(names["plural"]),
      singular: text(names["singular"]),
      shortNames: texts(names["shortNames"])
    }
  }
}

export interface UnservedOptions {
  readonly ruleset: Ruleset
  readonly refsOf: (kind: KindId) => ReadonlyArray<ManifestRef>
  readonly coming: ReadonlyMap<KindId, ComingKind>
  readonly defaultNamespace: string
}

const placeOf = ({ manifest, path }: ManifestRef) => formatPlace({ path, line: manifest.line })

const contested: Outcome = {
  _tag: "Refused",
  reason: "described by more than one manifest, so none is applied; keep one of them"
}

/** Before its definition is there, the plural and the short names of a kind are not known: then no rule that goes by them is. */
const namesOf = (kind: GroupKind): KindNames => ({ ...kind, plural: "", singular: "", shortNames: [] })

const outcomeOf = (
  { coming, ruleset }: UnservedOptions,
  { kind, message }: UnservedKind,
  id: string,
  { manifest: { labels } }: ManifestRef
): Outcome | undefined => {
  const found = coming.get(kind)
  if (found === undefined) return { _tag: "Waiting", reason: message }
  const rules = Rules.forKind(ruleset, found.names)
  const ownership = Rules.ownership(rules, { ...nameOf(id), git: labels, live: undefined })
  if (gitRules(ownership).length === 0) return undefined
  return ownsLifecycle(ownership)
    ? { _tag: "Create", after: `CustomResourceDefinition ${found.definition}`, givenBack: [] }
    : { _tag: "Waiting", reason: message }
}

/** Each manifest of a kind that isn't served. */
export const planUnserved = (options: UnservedOptions, unserved: UnservedKind): ReadonlyArray<PlannedObject> => {
  const { kind } = unserved
  const coming = options.coming.get(kind)
  const names = coming?.names ?? namesOf(groupKind(kind))
  const planned = ([object, claim]: readonly [string, Claim]): ReadonlyArray<PlannedObject> => {
    const outcome = claim._tag === "Contested" ? contested : outcomeOf(options, unserved, object, claim.ref)
    if (outcome === undefined) return []
    const place = claim._tag === "Contested" ? claim.refs.map(placeOf).join(" and ") : placeOf(claim.ref)
    return [{ stage: stageOf(names), kind: kindId(names), object, place, outcome }]
  }
  return [...claims(options.refsOf(kind), coming?.namespaced, options.defaultNamespace)].flatMap(planned)
}
