/**
 * Sets of fields as the API server keeps them in `managedFields`: a tree of segments (`f:<field>`, `k:{<keys>}`, `v:<value>`, `i:<index>`).
 * A node is in the set if it is a leaf, or has a `.` beside what stands below it. Pure; a set that came from a server is never changed.
 */
import { decodeStep, encodeStep, type FieldPath, type Step } from "../../manifest/FieldPath.ts"
import type { FieldScope } from "../../manifest/FieldScope.ts"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"

export type FieldsV1 = JsonObject

export const empty: FieldsV1 = {}

/** A node that is in the set, with nothing below it. */
export const leaf: FieldsV1 = {}

const itself = "."

const isNode = (value: Json | undefined): value is FieldsV1 =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What stands below a segment; `undefined`: neither it nor anything below it is in the set. */
export const below = (set: FieldsV1 | undefined, segment: string): FieldsV1 | undefined => {
  const node = set !== undefined && Object.hasOwn(set, segment) ? set[segment] : undefined
  return isNode(node) ? node : undefined
}

export const isEmpty = (set: FieldsV1): boolean => {
  for (const _ in set) return false
  return true
}

/** Whether the node itself is in the set. */
export const isMember = (node: FieldsV1): boolean => isEmpty(node) || Object.hasOwn(node, itself)

/** The segments below a node. */
export const segmentsOf = (node: FieldsV1): ReadonlyArray<string> =>
  Object.keys(node).filter((segment) => segment !== itself)

/** A node made of what is below it; `undefined` when it comes to nothing. */
const nodeOf = (member: boolean, children: ReadonlyArray<readonly [string, FieldsV1]>): FieldsV1 | undefined => {
  if (children.length === 0) return member ? leaf : undefined
  return Object.fromEntries(member ? [[itself, leaf], ...children] : children)
}

type Merge = (left: FieldsV1 | undefined, right: FieldsV1 | undefined) => FieldsV1 | undefined

const isIn = (node: FieldsV1 | undefined): boolean => node !== undefined && isMember(node)

/** Walks two sets side by side; `decide` says which of their nodes stay, by who has them. */
const combine = (decide: (left: boolean, right: boolean) => boolean): Merge => {
  const merge: Merge = (left, right) => {
    const segments = new Set([...segmentsOf(left ?? empty), ...segmentsOf(right ?? empty)])
    const children = Array.from(
      segments,
      (segment) => [segment, merge(below(left, segment), below(right, segment))] as const
    )
    return nodeOf(
      decide(isIn(left), isIn(right)),
      children.flatMap(([segment, child]) => child === undefined ? [] : [[segment, child] as const])
    )
  }
  return merge
}

const uniting = combine((left, right) => left || right)
const intersecting = combine((left, right) => left && right)
const subtracting = combine((left, right) => left && !right)

const onSets = (merge: Merge) => (left: FieldsV1, right: FieldsV1): FieldsV1 => {
  const merged = merge({ ...left, [itself]: leaf }, { ...right, [itself]: leaf })
  if (merged === undefined) return empty
  const { [itself]: _, ...set } = merged
  return set
}

/** What is in either. */
export const union: (left: FieldsV1, right: FieldsV1) => FieldsV1 = onSets(uniting)
/** What is in both. */
export const intersection: (left: FieldsV1, right: FieldsV1) => FieldsV1 = onSets(intersecting)
/** What is in the left one and not in the right one; a node taken away leaves what stands below it. */
export const difference: (left: FieldsV1, right: FieldsV1) => FieldsV1 = onSets(subtracting)

export const equal = (left: FieldsV1, right: FieldsV1): boolean => {
  const segments = segmentsOf(left)
  return segments.length === segmentsOf(right).length && segments.every((segment) => {
    const [mine, theirs] = [below(left, segment), below(right, segment)]
    return mine !== undefined && theirs !== undefined && isMember(mine) === isMember(theirs) && equal(mine, theirs)
  })
}

/** The fields of the set that are in scope; where a whole subtree has one answer, it is not walked. */
export const filter = (set: FieldsV1, scope: FieldScope): FieldsV1 => {
  if (scope.isUniform) return scope.includes ? set : empty
  const kept: Array<readonly [string, FieldsV1]> = []
  for (const segment of segmentsOf(set)) {
    const step = decodeStep(segment)
    const node = below(set, segment)
    if (step === undefined || node === undefined) continue
    const there = scope.at(step)
    const stays = there.isUniform && !there.includes
      ? undefined
      : nodeOf(there.includes && isMember(node), Object.entries(filter(withoutItself(node), there)).filter(isPair))
    if (stays !== undefined) kept.push([segment, stays])
  }
  return Object.fromEntries(kept)
}

const isPair = (entry: [string, Json]): entry is [string, FieldsV1] => isNode(entry[1])

const withoutItself = (node: FieldsV1): FieldsV1 => {
  const { [itself]: _, ...rest } = node
  return rest
}

/** Every field of the set. */
export const paths = (set: FieldsV1): ReadonlyArray<FieldPath> =>
  segmentsOf(set).flatMap((segment) => {
    const step = decodeStep(segment)
    const node = below(set, segment)
    if (step === undefined || node === undefined) return []
    return [...(isMember(node) ? [[step]] : []), ...paths(node).map((path) => [step, ...path])]
  })

/** Whether the field at this path is in the set: itself, something below it, or a whole that it is part of. */
export const touches = (set: FieldsV1, path: FieldPath): boolean => {
  let node: FieldsV1 | undefined = set
  for (const step of path) {
    if (node === undefined) return false
    if (node !== set && isEmpty(node)) return true
    node = below(node, segmentOf(step))
  }
  return node !== undefined
}

/** The set of these fields. */
export const ofPaths = (paths: ReadonlyArray<FieldPath>): FieldsV1 =>
  paths.map((path) => path.reduceRight<FieldsV1>((node, step) => ({ [segmentOf(step)]: node }), leaf))
    .reduce(union, empty)

/** The server writes these characters of keys and values as `\u003c` and so on. */
const escapedByServers = /[<>&\u2028\u2029]/g

/** The segment for a step, as a server writes it. */
export const segmentOf = (step: Step): string => {
  const segment = encodeStep(step)
  return step._tag === "Field"
    ? segment
    : segment.replaceAll(escapedByServers, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
}
