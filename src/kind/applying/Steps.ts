/**
 * What has to be done so that the fields of one object that are Git's are as in its manifest, and no other field is touched. Pure: `CarryOut`
 * does it, and `plan` shows it.
 */
import { Schema } from "effect"
import { claimedFields } from "../../kubernetes/fields/ClaimedFields.ts"
import * as FieldsV1 from "../../kubernetes/fields/FieldsV1.ts"
import { inStep } from "../../kubernetes/fields/InStep.ts"
import { ownEntry } from "../../kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { keptOf } from "../../kubernetes/surgery/Release.ts"
import { restated } from "../../kubernetes/surgery/Restated.ts"
import { droppingLabel, type Patch, type Surgery, surgery, type Taken } from "../../kubernetes/surgery/Surgery.ts"
import { field, type FieldPath } from "../../manifest/FieldPath.ts"
import { everything, type FieldScope, including, nothing, without } from "../../manifest/FieldScope.ts"
import type { FieldType } from "../../manifest/FieldType.ts"
import type { JsonObject } from "../../manifest/Manifest.ts"
import { kindId } from "../../manifest/ObjectKey.ts"
import type { Ownership } from "../../rules/Ruleset.ts"
import { memberLabel } from "../ApplySet.ts"
import { gitScope, isWhollyGits, ownsLifecycle, toCluster } from "../GitScope.ts"
import { cut } from "./Cut.ts"
import { type FilterMismatch, unfitFilter, unfitManifest } from "./FilterMismatch.ts"
import { overridden } from "./Overridden.ts"
import * as Payload from "./Payload.ts"

export interface Wanted {
  readonly manifest: JsonObject
  readonly ownership: Ownership
  /** What the schema of the manifest's API version says of the object. */
  readonly type: FieldType
  /** `""` when cluster-scoped. */
  readonly namespace: string
  readonly name: string
  readonly applySet: string
  readonly fieldManager: string
  /** Fields of Git's that are left to other writers for now. */
  readonly paused: ReadonlyArray<FieldPath>
}

/** Made whole, so that it is complete; what is not Git's of it is given back at once. */
export interface Create {
  readonly _tag: "Create"
  readonly payload: JsonObject
  readonly givenBack: FieldsV1.FieldsV1
}

export interface Change {
  readonly _tag: "Change"
  /** First: who owns what. */
  readonly surgery: Patch | undefined
  /** Then what is applied; `undefined`: nothing. */
  readonly payload: JsonObject | undefined
  /** Then what was only sent to make new list items complete, and is not Git's. */
  readonly givenBack: FieldsV1.FieldsV1
  /** What other field managers lose to the apply, besides what the surgery takes from them. */
  readonly overridden: ReadonlyArray<Taken>
  /** Somebody took `managedFields` away: what Git states is applied, and nothing is released or removed. */
  readonly ownerUnknown: boolean
}

export type Steps =
  | Create
  | Change
  | { readonly _tag: "InStep" }
  | { readonly _tag: "Refused"; readonly failure: StepsRefused }

/** Fields of the object have different owners, and the server has no schema that says which can be owned on their own. */
export class FiltersNeedSchema extends Schema.TaggedError<FiltersNeedSchema>()("FiltersNeedSchema", {
  kind: Schema.String,
  apiVersion: Schema.String
}) {
  override get message(): string {
    return `The API server publishes no OpenAPI v3 schema of ${this.kind} in ${this.apiVersion}, so which of its fields can be owned on their own ` +
      "is not known: as rules with filters, or a pause, give some of its fields to others, nothing of it is applied. " +
      "Serve OpenAPI v3 (Kubernetes 1.24 and later do), or take the filters of this kind out."
  }
}

/** Only some of the object's fields are Git's, so it is not Git that makes it. */
export class ObjectAbsent extends Schema.TaggedError<ObjectAbsent>()("ObjectAbsent", {
  kind: Schema.String,
  /** `shop/web` */
  object: Schema.String
}) {
  override get message(): string {
    return `${this.kind} ${this.object} is not in the cluster, and rules with filters never create: its fields are applied once it is there. ` +
      "For Git to create it, add a rule without filters."
  }
}

export type StepsRefused = FilterMismatch | FiltersNeedSchema | ObjectAbsent

const labelPath: FieldPath = [field("metadata"), field("labels"), field(memberLabel)]

/** Our label is Git's as long as the object's life is. */
const scopeOf = ({ ownership, paused }: Pick<Wanted, "ownership" | "paused">): FieldScope => {
  if (isWhole({ ownership, paused })) return everything
  const scope = without(gitScope(ownership), paused)
  return ownsLifecycle(ownership) ? including(scope, labelPath) : without(scope, [labelPath])
}

/** Whether every field is Git's, and none is left to others for now. */
export const isWhole = ({ ownership, paused }: Pick<Wanted, "ownership" | "paused">): boolean =>
  isWhollyGits(ownership) && paused.length === 0

/** The whole manifest, with our label if the object's life is Git's. */
export const wholePayload = (
  { applySet, manifest, namespace, ownership }: Pick<Wanted, "applySet" | "manifest" | "namespace" | "ownership">
): JsonObject => Payload.whole(manifest, { namespace, applySet: ownsLifecycle(ownership) ? applySet : undefined })

const apiVersionOf = ({ manifest }: Wanted) => String(manifest["apiVersion"])

const kindOf = (wanted: Wanted) => {
  const apiVersion = apiVersionOf(wanted)
  const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf("/")))
  return kindId({ group, kind: String(wanted.manifest["kind"]) })
}

const refused = (failure: StepsRefused): Steps => ({ _tag: "Refused", failure })

/** What is claimed and not in scope; what names a list item is kept as long as something of it is. */
const outOfScope = (claim: FieldsV1.FieldsV1, scope: FieldScope): FieldsV1.FieldsV1 =>
  FieldsV1.difference(claim, keptOf(claim, scope, undefined, FieldsV1.empty))

const withOwners = (live: KubernetesObject, found: Surgery): KubernetesObject =>
  found._tag === "Patch" ? { ...live, metadata: { ...live.metadata, managedFields: found.managedFields } } : live

const nothingToDo: Surgery = { _tag: "NothingToDo" }

/** In the payload's API version, so that what we hold and what we claim can be compared. */
const operation = (wanted: Wanted, live: KubernetesObject, scope: FieldScope, claim: FieldsV1.FieldsV1): Surgery => {
  const { fieldManager, type } = wanted
  const apiVersion = apiVersionOf(wanted)
  const held = ownEntry(live, fieldManager)
  const options = { fieldManager, gitOwns: scope, adopt: true, claim }
  if (held === undefined || held.apiVersion === apiVersion) return surgery(live, options)
  const again = restated(live, apiVersion, type)
  const object = withOwners(live, again)
  if (ownEntry(object, fieldManager)?.apiVersion === apiVersion) {
    const found = surgery(object, options)
    return found._tag === "Patch" ? found : again
  }
  // Fields that have other names by now can't be told apart: the server itself finds what goes from a manifest that is Git's whole
  return isWhole(wanted) ? nothingToDo : surgery(live, { fieldManager, gitOwns: nothing, adopt: false })
}

const isInStep = (payload: JsonObject, claim: FieldsV1.FieldsV1, live: KubernetesObject, fieldManager: string) => {
  const held = ownEntry(live, fieldManager)
  return held === undefined ? FieldsV1.isEmpty(claim) : inStep(payload, live, held)
}

/** Left behind by a rule that gave the object's life to Git. */
const hasStaleLabel = ({ applySet, ownership: { lifecycle } }: Wanted, live: KubernetesObject) =>
  !toCluster(lifecycle) && live.metadata.labels?.[memberLabel] === applySet

const changes = (
  wanted: Wanted,
  live: KubernetesObject,
  scope: FieldScope,
  payload: JsonObject,
  seeds: boolean
): Steps => {
  const { fieldManager, type } = wanted
  const claim = claimedFields(payload, type)
  const drops = hasStaleLabel(wanted, live)
  if (!drops && isInStep(payload, claim, live, fieldManager)) return { _tag: "InStep" }
  // Without a schema a claim can't be foretold
  const due = type._tag === "Unknown" ? nothingToDo : operation(wanted, live, scope, claim)
  const found = drops ? droppingLabel(due, live, memberLabel) : due
  const operated = withOwners(live, found)
  const applies = !isInStep(payload, claim, operated, fieldManager)
  const givenBack = applies && seeds ? outOfScope(claim, scope) : FieldsV1.empty
  const patch = found._tag === "Patch" ? found : undefined
  return {
    _tag: "Change",
    surgery: patch,
    payload: applies ? payload : undefined,
    givenBack,
    overridden: applies ? overridden(payload, claim, operated, fieldManager) : [],
    ownerUnknown: due._tag === "OwnerUnknown"
  }
}

/** Let go of in all, with the values it has. */
export const releasedBy = ({ givenBack, surgery }: Change): FieldsV1.FieldsV1 =>
  FieldsV1.union(surgery?.released ?? FieldsV1.empty, givenBack)

/** What other field managers lose in all. */
export const takenBy = ({ overridden, surgery }: Change): ReadonlyArray<Taken> => [
  ...surgery?.taken ?? [],
  ...overridden
]

/** What has to be done, with the live object as it was just looked at; `undefined`: there is none. */
export const stepsFor = (wanted: Wanted, live: KubernetesObject | undefined): Steps => {
  const { name, namespace, ownership, type } = wanted
  const kind = kindOf(wanted)
  const isAll = isWhole(wanted)
  if (!isAll && type._tag === "Unknown")
    return refused(new FiltersNeedSchema({ kind, apiVersion: apiVersionOf(wanted) }))
  const unfit = isAll ? undefined : unfitFilter(ownership, type, kind)
  if (unfit !== undefined) return refused(unfit)
  const whole = wholePayload(wanted)
  const scope = scopeOf(wanted)
  const found = cut(whole, type, scope, live)
  if (found._tag === "Mismatch") return refused(unfitManifest(found, ownership))
  if (live !== undefined) return changes(wanted, live, scope, Payload.identified(found.payload, whole), found.seeds)
  if (!ownsLifecycle(ownership))
    return refused(new ObjectAbsent({ kind, object: namespace === "" ? name : `${namespace}/${name}` }))
  const givenBack = isAll ? FieldsV1.empty : outOfScope(claimedFields(whole, type), scope)
  return { _tag: "Create", payload: whole, givenBack }
}
