/** Who decides about which field of one object, by which rule, and how it stands: for people and machines. Pure. */
import { ownsLifecycle } from "../kind/GitScope.ts"
import { mirrorsLife } from "../kind/mirroring/MirrorScope.ts"
import type { Observer } from "../kind/Observation.ts"
import { wantedDigest } from "../kind/WantedDigest.ts"
import { ownEntry } from "../kubernetes/fields/ManagedFields.ts"
import { ownedDigest } from "../kubernetes/fields/OwnedDigest.ts"
import { field, type FieldPath, format, startsWith } from "../manifest/FieldPath.ts"
import { formatPlace, type Json, type JsonObject } from "../manifest/Manifest.ts"
import { kindId } from "../manifest/ObjectKey.ts"
import { matchesStep, patternsOf } from "../rules/Filter.ts"
import type { Rule } from "../rules/Rule.ts"
import type { Circumstances } from "./Circumstances.ts"
import { notesOn } from "./explanationNotes.ts"
import type { FieldStanding } from "./FieldStanding.ts"
import { matrix, type Row } from "./Matrix.ts"
import type { ObjectView } from "./ObjectView.ts"
import { whyNot } from "./whyNot.ts"

export type Owner = "Git" | "cluster" | "both" | "nobody" | "unclaimed"

/** A rule, or the filter of it that counts. */
export interface RulePlace extends JsonObject {
  /** Counted from 1. */
  readonly number: number
  /** `config.yaml:12` */
  readonly place: string
}

export interface ExplainedField extends JsonObject {
  readonly path: string
  /** How many fields it stands for: more than one for a whole subtree in which all is alike. */
  readonly fields: number
  readonly owner: Owner
  readonly standing: FieldStanding
  readonly managers: ReadonlyArray<
    JsonObject & { readonly manager: string; readonly operation: string; readonly subresource?: string }
  >
  readonly rule?: RulePlace
  readonly live?: Json
  readonly git?: Json
  /** Where it stands in Git, `path:line`. */
  readonly place?: string
  /** Values are not shown, as the object is a Secret. */
  readonly hidden?: true
}

export interface Explanation extends JsonObject {
  /** As kubectl writes it. */
  readonly kind: string
  readonly version: string
  readonly namespace: string
  readonly name: string
  readonly isLive: boolean
  /** Where it is described, `path:line`. */
  readonly manifests: ReadonlyArray<string>
  /** Where the manifests were read. */
  readonly source: string
  readonly lifecycle: JsonObject & {
    readonly owner: Owner
    readonly rule?: RulePlace
    /** Whether Git creates it in the cluster. */
    readonly creates: boolean
    /** Whether a manifest is made for it in Git, and goes with it. */
    readonly writes: boolean
  }
  readonly notes: ReadonlyArray<string>
  /** Rules that have nothing to say of it, when none decides about all of it. */
  readonly unmatched: ReadonlyArray<RulePlace & { readonly reason: string }>
  readonly fields: ReadonlyArray<ExplainedField>
}

const owners = { kubernetes: "Git", git: "cluster", both: "both", ignore: "nobody" } as const

const ownerOf = (rule: Rule | undefined): Owner => rule === undefined ? "unclaimed" : owners[rule.syncTo]

const placeOf = ({ file }: Circumstances, rule: Rule, path?: FieldPath): RulePlace => {
  const taking = path === undefined ?
    -1 :
    rule.filters.findIndex((filter) =>
      patternsOf(filter).some((pattern) =>
        pattern.length <= path.length &&
        pattern.every((segment, index) => path[index] !== undefined && matchesStep(segment, path[index]))
      )
    )
  const { line } = rule.places.filters[taking] ?? rule.place
  return { number: rule.index + 1, place: formatPlace({ path: file, line }) }
}

const shownOfSecrets: ReadonlyArray<FieldPath> = [
  [field("metadata"), field("labels")],
  [field("type")],
  [field("immutable")]
]

const isHidden = ({ key }: ObjectView, path: FieldPath) =>
  kindId(key) === "Secret" && !shownOfSecrets.some((shown) => startsWith(path, shown))

const fieldOf = (view: ObjectView, circumstances: Circumstances) => (row: Row): ExplainedField => {
  const hides = isHidden(view, row.path)
  const place = row.git === undefined ? undefined : view.placeOf(row.path)
  return {
    path: format(row.path),
    fields: row.fields,
    owner: ownerOf(row.owner),
    ...row.owner === undefined ? {} : { rule: placeOf(circumstances, row.owner, row.path) },
    ...row.live === undefined || hides ? {} : { live: row.live },
    ...row.git === undefined || hides ? {} : { git: row.git },
    ...place === undefined ? {} : { place },
    ...hides ? { hidden: true } : {},
    standing: row.standing,
    managers: row.managers.map(({ manager, operation, subresource }) => ({
      manager,
      operation,
      ...subresource === undefined || subresource === "" ? {} : { subresource }
    }))
  }
}

const isKnownInStep = ({ live, ownership, refs, synced }: ObjectView, { fieldManager }: Observer) => {
  const entry = live === undefined ? undefined : ownEntry(live, fieldManager)
  const [ref] = refs
  return synced !== undefined && ref !== undefined && live !== undefined && entry !== undefined &&
    synced.payload === wantedDigest(ref.manifest.digest, ownership, []) && synced.owned === ownedDigest(live, entry)
}

const unmatchedBy = (view: ObjectView, circumstances: Circumstances) =>
  view.ownership.lifecycle !== undefined ? [] : view.ruleset.rules.flatMap((rule) => {
    const reason = whyNot(rule, view.kind, view.subject)
    return reason === undefined ? [] : [{ ...placeOf(circumstances, rule), reason }]
  })

const lifecycleOf = ({ ownership }: ObjectView, circumstances: Circumstances): Explanation["lifecycle"] => ({
  owner: ownerOf(ownership.lifecycle),
  creates: ownsLifecycle(ownership),
  writes: mirrorsLife(ownership),
  ...ownership.lifecycle === undefined ? {} : { rule: placeOf(circumstances, ownership.lifecycle) }
})

export const explanation = (view: ObjectView, circumstances: Circumstances): Explanation => {
  const { git, key, live, ownership, refs, toGit, type, version } = view
  const { applySet, fieldManager } = circumstances
  const known = isKnownInStep(view, circumstances)
  const rows = matrix({ git, live, ownership, type, applySet, fieldManager, isKnownInStep: known, toGit })
  return {
    kind: kindId(key),
    version,
    namespace: key.namespace,
    name: key.name,
    isLive: live !== undefined,
    manifests: refs.map(({ manifest, path }) => formatPlace({ path, line: manifest.line })),
    source: circumstances.source,
    lifecycle: lifecycleOf(view, circumstances),
    notes: notesOn(view, circumstances, rows),
    unmatched: unmatchedBy(view, circumstances),
    fields: rows.map(fieldOf(view, circumstances))
  }
}
