/**
 * Compares one live object with its manifest, and says what Git has to be told. Asks the API server for nothing but schemas and dry runs:
 * the actor and `plan` bring the object.
 */
import { Effect, Option, Result } from "effect"
import type { Author, DocumentChange, Why } from "../../git/GitMessages.ts"
import { ManifestReader } from "../../git/ManifestReader.ts"
import { Authored } from "../../kubernetes/authored/Authored.ts"
import { writersOf } from "../../kubernetes/authored/Writers.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { Schemas } from "../../kubernetes/schemas/Schemas.ts"
import { withChanges } from "../../manifest/edit/FieldEdits.ts"
import type { FieldChange } from "../../manifest/FieldChange.ts"
import { field, type FieldPath, format } from "../../manifest/FieldPath.ts"
import type { FieldType } from "../../manifest/FieldType.ts"
import { encodeJson } from "../../manifest/JsonText.ts"
import type { Json, JsonObject, ManifestRef } from "../../manifest/Manifest.ts"
import { manifestDigest } from "../../manifest/ManifestDigest.ts"
import type { ObjectKey } from "../../manifest/ObjectKey.ts"
import { portable, portableBeside } from "../../manifest/portable/portable.ts"
import type { Ownership, Rule, Ruleset } from "../../rules/Ruleset.ts"
import { cut } from "../applying/Cut.ts"
import { identified } from "../applying/Payload.ts"
import { scopeOfRules } from "../GitScope.ts"
import type { KindSpec } from "../KindSpec.ts"
import type { Mirrored } from "../Round.ts"
import { companionsOf } from "./Companions.ts"
import { documentChanges } from "./diff/documentChanges.ts"
import { expectedOf } from "./diff/FieldDigests.ts"
import { portableDigest } from "./diff/PortableDigest.ts"
import type { FieldWrite } from "./Flaps.ts"
import { merge, type Merged } from "./Merging.ts"
import type { Agreed, Basis } from "./MirrorMemory.ts"
import { clusterScope, mirrorFingerprint, mirrorRules, mirrorsLife, ruleName } from "./MirrorScope.ts"

/** What is compared. */
export interface Compared {
  readonly key: ObjectKey
  readonly ref: ManifestRef | undefined
  readonly ownership: Ownership
  /** How the two were last the same, as far as it is known. */
  readonly last: Mirrored | undefined
  /** Our own field manager. */
  readonly fieldManager: string
  readonly ruleset: Ruleset
  /** Which commit Git is at, for people. */
  readonly tip: string
}

export type Comparison =
  /** Git needs to be told nothing. */
  | { readonly _tag: "Agreed"; readonly agreed: Agreed }
  | {
    readonly _tag: "Differs"
    readonly change: DocumentChange
    readonly writes: ReadonlyArray<FieldWrite>
    /** What both sides agree upon once this is on the remote, where that is known. */
    readonly after: Agreed | undefined
    /** Of fields that both sides may change: what Git will have then, as `expectedOf` says. */
    readonly expected: string
    /** Fields that somebody changed in Git, though they are the cluster's. */
    readonly writtenBack: ReadonlyArray<FieldPath>
  }

const textOf = (value: Json | undefined): string => value === undefined ? "" : encodeJson(value)

const writeOf = (change: FieldChange): FieldWrite =>
  change._tag === "Arrange"
    ? { path: change.path, before: "", after: encodeJson(change.order.map((step) => format([step]))) }
    : {
      path: change.path,
      before: textOf(change.previous),
      after: change._tag === "Set" ? textOf(change.value) : ""
    }

/** Of what is gone nobody is the owner any more: what it stood in tells who was there. */
const heldAt = ({ _tag, path }: FieldChange): FieldPath => _tag === "Remove" ? path.slice(0, -1) : path

const authorsOf = (
  object: KubernetesObject,
  paths: ReadonlyArray<FieldPath>,
  us: string
): { readonly changedBy?: ReadonlyArray<Author> } => {
  const changedBy = writersOf(object, paths, us)
  return changedBy.length === 0 ? {} : { changedBy }
}

const nobodysOrIgnored = (rule: Rule | undefined) => rule === undefined || rule.syncTo === "ignore"

/** A new document states everything but what the rules leave to nobody. */
const newDocument = (authored: JsonObject, type: FieldType, ownership: Ownership): JsonObject => {
  const found = cut(authored, type, scopeOfRules(ownership, (rule) => !nobodysOrIgnored(rule)), authored)
  return found._tag === "Mismatch" ? authored : identified(found.payload, authored)
}

const removedInGit = (rule: Rule): string =>
  `its manifest was removed from Git, but ${
    ruleName(rule)
  } gives it to the cluster, where it lives: it is written again; delete the object to remove both`

const changedInGit = (rule: Rule): string =>
  `these fields were changed in Git, but ${
    ruleName(rule)
  } gives them to the cluster: what the cluster says is written back`

/** Fields that Git lacks and the cluster has; only then has it to be known who set them. */
const addsTo = (changes: ReadonlyArray<FieldChange>): boolean => changes.some((change) => change._tag === "Set")

const compareNew = Effect.fnUntraced(
  function*(spec: KindSpec, compared: Compared, object: KubernetesObject, rule: Rule) {
    const { key, last, ownership } = compared
    const authored = yield* Authored
    const schemas = yield* Schemas
    const live = portable(spec.kind, object)
    const type = yield* schemas.typeOf(spec.kind, spec.version)
    const wanted = yield* authored.of(spec.kind, spec.version, object, live)
    const manifest = newDocument(wanted, type, ownership)
    const needs = companionsOf(spec.kind, object, compared.ruleset)
    const paths = Object.keys(live).filter((name) => !["apiVersion", "kind"].includes(name)).map((
      name
    ) => [field(name)])
    const why: Why = {
      rule: ruleName(rule),
      ...authorsOf(object, paths, compared.fieldManager),
      ...last === undefined ? {} : { remark: removedInGit(rule) }
    }
    const basis: Basis = {
      document: manifestDigest(manifest),
      live: portableDigest(live),
      scope: mirrorFingerprint(ownership)
    }
    const { fields, fieldsApplied, isSame, notes, withheld } = merge({
      git: manifest,
      gitPortable: portableBeside(spec.kind, manifest, object),
      live,
      authored: wanted,
      type,
      ownership,
      last: undefined,
      tip: compared.tip,
      writerOf: () => undefined
    })
    const after: Agreed = { basis, isSame, withheld, notes, fields, fieldsApplied }
    return {
      _tag: "Differs",
      change: { _tag: "PutDocument", key, manifest, ...needs.length === 0 ? {} : { needs }, why },
      writes: [{ path: [], before: "", after: basis.live ?? "" }],
      after,
      expected: fields === undefined ? "" : expectedOf("git", "", fields),
      writtenBack: []
    } satisfies Comparison
  }
)

const compareFields = Effect.fnUntraced(function*(
  spec: KindSpec,
  compared: Compared,
  object: KubernetesObject,
  ref: ManifestRef,
  rule: Rule
) {
  const { fieldManager, key, last, ownership } = compared
  const { version } = ref.manifest
  const authored = yield* Authored
  const reader = yield* ManifestReader
  const schemas = yield* Schemas
  const git = yield* reader.read(ref)
  const type = yield* schemas.typeOf(spec.kind, version)
  const live = portable(spec.kind, object)
  const gitPortable = portableBeside(spec.kind, git, object)
  const writerOf = (path: FieldPath) => writersOf(object, [path], fieldManager)[0]?.fieldManager
  const merging = (wanted: JsonObject, manifest: JsonObject): Merged =>
    merge({
      git: manifest,
      gitPortable: portableBeside(spec.kind, manifest, object),
      live,
      authored: wanted,
      type,
      ownership,
      last,
      tip: compared.tip,
      writerOf
    })
  const changesWith = (wanted: JsonObject) => {
    const merged = merging(wanted, git)
    const own = documentChanges({ git, gitPortable, live, authored: wanted, type, scope: clusterScope(ownership) })
    return { changes: [...own, ...merged.toGit], own, merged, wanted }
  }
  const all = changesWith(live)
  const found = addsTo(all.changes)
    ? changesWith(yield* authored.of(spec.kind, version, object, live))
    : all
  const [first, ...more] = found.changes
  const basis: Basis = {
    document: ref.manifest.digest,
    live: portableDigest(live),
    scope: mirrorFingerprint(ownership)
  }
  const { fields, fieldsApplied, isSame, notes, withheld } = found.merged
  if (first === undefined)
    return { _tag: "Agreed", agreed: { basis, isSame, withheld, notes, fields, fieldsApplied } } satisfies Comparison
  const isGits = last !== undefined && last.document !== basis.document && last.live === basis.live
  const writtenBack = isGits ? found.own.map(({ path }) => path) : []
  const why: Why = {
    rule: ruleName(rule),
    ...authorsOf(object, found.changes.map(heldAt), fieldManager),
    ...writtenBack.length > 0 ? { remark: changedInGit(rule) } : {}
  }
  const after = Option.getOrUndefined(Result.getSuccess(
    Result.map(withChanges(git, found.changes, type), (patched): Agreed => {
      const { fields, fieldsApplied, isSame, notes, withheld } = merging(found.wanted, patched)
      return { basis: { ...basis, document: manifestDigest(patched) }, isSame, withheld, notes, fields, fieldsApplied }
    })
  ))
  return {
    _tag: "Differs",
    change: { _tag: "PatchDocument", key, changes: [first, ...more], type, why },
    writes: found.changes.map(writeOf),
    after,
    expected: after?.fields === undefined ? "" : expectedOf("git", fields ?? "", after.fields),
    writtenBack
  } satisfies Comparison
})

/** @param object The live object, in the API version of its manifest if it has one. */
export const compare = Effect.fnUntraced(function*(spec: KindSpec, compared: Compared, object: KubernetesObject) {
  const { ownership, ref } = compared
  const [rule] = mirrorRules(ownership)
  if (rule === undefined || (ref === undefined && !mirrorsLife(ownership)))
    return yield* Effect.die(new Error("compared what no rule sends to Git"))
  return ref === undefined
    ? yield* compareNew(spec, compared, object, rule)
    : yield* compareFields(spec, compared, object, ref, rule)
})
