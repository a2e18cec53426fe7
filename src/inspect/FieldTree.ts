/**
 * The fields of one object that somebody says something of: Git states them, a field manager owns them, or a filter names them and they are
 * live. As a tree, as finely as they can be owned; what says which object it is, and the status, are no such fields. Pure.
 */
import * as FieldsV1 from "../kubernetes/fields/FieldsV1.ts"
import { equal, hasKeys, isList, type Value } from "../kubernetes/fields/JsonValue.ts"
import { entriesOf, fieldsOf } from "../kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../kubernetes/KubernetesObject.ts"
import { decodeStep, encodeStep, field, type FieldPath, type Step } from "../manifest/FieldPath.ts"
import { type FieldType, stepToItem, typeAt, unknown } from "../manifest/FieldType.ts"
import type { Json, JsonObject } from "../manifest/Manifest.ts"
import { isObject } from "../manifest/ServerFields.ts"
import { matchesStep, type Pattern, patternsOf } from "../rules/Filter.ts"
import type { OwnerNode, Ownership } from "../rules/Ownership.ts"

export interface FieldNode {
  readonly path: FieldPath
  readonly owner: OwnerNode
  readonly git: Value
  readonly live: Value
  /** Whether somebody says something of just this field, not only of what is below it. */
  readonly isStated: boolean
  /** Who owns just this field. */
  readonly managers: ReadonlyArray<ManagedFieldsEntry>
  readonly below: ReadonlyArray<FieldNode>
}

export interface Sides {
  readonly ownership: Ownership
  /** Of the whole object. */
  readonly type: FieldType
  readonly git: JsonObject | undefined
  readonly live: KubernetesObject | undefined
}

/** An entry of `managedFields`, as far as it goes from here. */
interface Held {
  readonly entry: ManagedFieldsEntry
  readonly fields: FieldsV1.FieldsV1
}

/** A field on the way to those below it. */
interface Here {
  readonly path: FieldPath
  readonly owner: OwnerNode
  readonly type: FieldType
  readonly git: Value
  readonly live: Value
  readonly held: ReadonlyArray<Held>
  /** What is left of the filters that lead here. */
  readonly patterns: ReadonlyArray<Pattern>
}

const identity: ReadonlySet<string> = new Set(["apiVersion", "kind", "status"])
const identityInMetadata: ReadonlySet<string> = new Set(["name", "namespace"])

const isIdentity = (path: FieldPath, step: Step) => {
  const [first] = path
  if (step._tag !== "Field" || path.length > 1) return false
  return first === undefined
    ? identity.has(step.name)
    : first._tag === "Field" && first.name === "metadata" && identityInMetadata.has(step.name)
}

/** The steps into a value, if what is below it can be owned on its own; none for what is owned whole. */
const stepsInto = (value: Value, type: FieldType): ReadonlyArray<Step> => {
  if ((type._tag === "Struct" || type._tag === "Unknown") && isObject(value))
    return Object.keys(value).toSorted().map(field)
  if ((type._tag !== "KeyedList" && type._tag !== "ValueSet") || !isList(value)) return []
  const steps = value.map((item) => stepToItem(type, item)).filter((step) => step !== undefined)
  return steps.length === value.length ? steps : []
}

const withDefaults = (item: Json, type: FieldType): Json =>
  type._tag === "KeyedList" && isObject(item) ? { ...type.defaults, ...item } : item

const valueAt = (value: Value, type: FieldType, step: Step): Value => {
  switch (step._tag) {
    case "Field":
      return isObject(value) && Object.hasOwn(value, step.name) ? value[step.name] : undefined
    case "Item":
      return isList(value) ? value.find((item) => hasKeys(withDefaults(item, type), step.keys)) : undefined
    case "Value":
      return isList(value) ? value.find((item) => equal(item, step.value)) : undefined
    case "Index":
      return isList(value) ? value[step.index] : undefined
  }
}

const decoded = (fields: FieldsV1.FieldsV1): ReadonlyArray<readonly [Step, FieldsV1.FieldsV1]> =>
  FieldsV1.segmentsOf(fields).flatMap((segment) => {
    const step = decodeStep(segment)
    const below = FieldsV1.below(fields, segment)
    return step === undefined || below === undefined ? [] : [[step, below] as const]
  })

/** Live fields that filters name: a `*` and keys of items only tell of what somebody owns. */
const namedSteps = ({ live, patterns, type }: Here): ReadonlyArray<Step> =>
  patterns.flatMap(([segment]) => segment?._tag === "Field" ? [field(segment.name)] : [])
    .filter((step) => valueAt(live, type, step) !== undefined)

/** In the order of the list, then names by the alphabet. */
const ordered = (steps: Iterable<Step>): ReadonlyArray<Step> => {
  const all = [...steps]
  const names = all.flatMap((step) => step._tag === "Field" ? [step] : []).toSorted((a, b) => a.name < b.name ? -1 : 1)
  return [...all.filter((step) => step._tag !== "Field"), ...names]
}

/** What each step leads to, of every entry. */
const heldBelow = (held: ReadonlyArray<Held>): ReadonlyMap<string, ReadonlyArray<Held & { readonly step: Step }>> =>
  Map.groupBy(
    held.flatMap(({ entry, fields }) => decoded(fields).map(([step, below]) => ({ step, entry, fields: below }))),
    ({ step }) => encodeStep(step)
  )

const next = (here: Here, step: Step, held: ReadonlyArray<Held>): Here => ({
  path: [...here.path, step],
  owner: here.owner.at(step),
  type: typeAt(here.type, step) ?? unknown,
  git: valueAt(here.git, here.type, step),
  live: valueAt(here.live, here.type, step),
  held,
  patterns: here.patterns.flatMap(([segment, ...rest]) =>
    segment !== undefined && matchesStep(segment, step) ? [rest] : []
  )
})

const nodeOf = (here: Here): FieldNode => {
  const { git, held, live, owner, path, patterns, type } = here
  const inGit = stepsInto(git, type)
  const inHeld = heldBelow(held)
  const steps = new Map(
    [
      ...inGit,
      ...[...inHeld.values()].flatMap(([first]) => first === undefined ? [] : [first.step]),
      ...namedSteps(here)
    ].map((step) => [encodeStep(step), step])
  )
  const below = ordered(steps.values())
    .filter((step) => !isIdentity(path, step))
    .map((step) => nodeOf(next(here, step, inHeld.get(encodeStep(step)) ?? [])))
  const members = held.filter(({ fields }) => FieldsV1.isMember(fields))
  const isNamed = below.length === 0 && patterns.some((pattern) => pattern.length === 0)
  return {
    path,
    owner,
    git,
    live,
    isStated: path.length > 0 && (
      (git !== undefined && inGit.length === 0) || held.some(({ fields }) => FieldsV1.isEmpty(fields)) || isNamed
    ),
    managers: members.map(({ entry }) => entry),
    below
  }
}

/** Whose fields are what somebody wants: the status is a report. */
const isAboutStatus = ({ subresource }: ManagedFieldsEntry) => subresource === "status"

/** The object itself, with the fields below it. */
export const fieldTree = ({ git, live, ownership, type }: Sides): FieldNode =>
  nodeOf({
    path: [],
    owner: ownership.root,
    type,
    git,
    live,
    held: live === undefined
      ? []
      : entriesOf(live).filter((entry) => !isAboutStatus(entry)).map((entry) => ({ entry, fields: fieldsOf(entry) })),
    patterns: ownership.filtered.flatMap(({ filters }) => filters.flatMap(patternsOf))
  })
