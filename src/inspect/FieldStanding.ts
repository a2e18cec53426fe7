/** How one field of an object stands between Git and the cluster, and which of the two the controller changes. Pure. */
import { says } from "../kind/fights/Spelling.ts"
import { isGit } from "../kind/GitScope.ts"
import { isClusters, isShared } from "../kind/mirroring/MirrorScope.ts"
import { equal, type Value } from "../kubernetes/fields/JsonValue.ts"
import type { FieldPath } from "../manifest/FieldPath.ts"
import type { Rule } from "../rules/Rule.ts"

export type FieldStanding =
  | "inStep"
  /** The live value is another text for the same, such as `1` for `1000m`. */
  | "inStepAsWritten"
  /** The API server itself gives it another value than is sent, by an admission webhook or a default. */
  | "changedByServer"
  | "differs"
  /** Git states it, and the live object has no such field. */
  | "missing"
  /** With the object. */
  | "toBeCreated"
  /** Git states it of an object that isn't there and that Git doesn't create. */
  | "noObject"
  /** The controller applied it, and Git states it no more. */
  | "toBeRemoved"
  /** Git may state it and doesn't. */
  | "notInGit"
  /** The controller still holds it, and it is Git's no more: it is given up as it is. */
  | "toBeReleased"
  /** Not Git's, but what Git creates it creates whole: sent once, and then left alone. */
  | "toBeSeeded"
  /** The cluster's value goes to Git. */
  | "toBeWritten"
  /** It goes from Git, as the cluster hasn't got it. */
  | "toBeTakenOut"
  /** The cluster has it, and it isn't written: a default, or set by the cluster itself. */
  | "notWritten"
  /** Git states it, and the cluster decides and has no such field. */
  | "onlyInGit"
  /** Both sides changed it, each in another way: neither is touched. */
  | "conflict"
  /** Nobody's, by a rule. */
  | "leftAlone"
  /** Of no rule. */
  | "unclaimed"
  /** Of a rule that is suspended. */
  | "suspended"
  /** The label by which the controller knows its objects. */
  | "ownLabel"

/** What is true of the whole object. */
export interface ObjectStanding {
  /** There is a live object. */
  readonly isLive: boolean
  /** There is a manifest. */
  readonly isInGit: boolean
  /** Git decides whether the object exists. */
  readonly isLifeGits: boolean
  /** Some active rule gives a field of it to Git. */
  readonly hasGitFields: boolean
  /** It carries the controller's label. */
  readonly isMember: boolean
  /** The record says that live object and manifest are in step, whatever their texts. */
  readonly isKnownInStep: boolean
}

export interface Field {
  readonly path: FieldPath
  readonly owner: Rule | undefined
  readonly git: Value
  readonly live: Value
  /** The controller's last apply owns it. */
  readonly isHeld: boolean
  /** It comes with an object or a list item that Git creates. */
  readonly isNew: boolean
  /** What becomes of it in Git; `undefined`: nothing. */
  readonly fate: "set" | "removed" | "held" | undefined
}

/** Text that the server keeps as it is, digit for digit. */
const isFreeText = (path: FieldPath): boolean => {
  const [first, last] = [path[0], path.at(-1)]
  if (first?._tag !== "Field" || first.name !== "spec") return true
  return path.some((step) => step._tag === "Field" && step.name === "metadata") ||
    (last?._tag === "Field" && last.name === "value")
}

/** A number that JSON text gives only nearly. */
const sameNumber = (git: Value, live: Value) =>
  typeof git === "bigint" && typeof live === "number" && Number(git) === live

const compared = ({ git, isHeld, live, path }: Field, object: ObjectStanding): FieldStanding => {
  if (equal(git, live) || sameNumber(git, live)) return "inStep"
  // Whoever else changes a value takes the field from us.
  if (isHeld && object.isKnownInStep) return says(live, git ?? null) ? "inStepAsWritten" : "changedByServer"
  if (live === undefined) return "missing"
  return (isHeld || !isFreeText(path)) && says(live, git ?? null) ? "inStepAsWritten" : "differs"
}

/** Of a field that is Git's. */
const asGits = (field: Field, object: ObjectStanding): FieldStanding => {
  if (field.git !== undefined)
    return object.isLive ? compared(field, object) : object.isLifeGits ? "toBeCreated" : "noObject"
  if (!field.isHeld) return "notInGit"
  if (object.isInGit) return "toBeRemoved"
  return object.isLifeGits && object.isMember ? "notInGit" : "toBeReleased"
}

const fates = { set: "toBeWritten", removed: "toBeTakenOut", held: "conflict" } as const

/** Of a field that is the cluster's. */
const asClusters = ({ git, live }: Field): FieldStanding => {
  if (live === undefined) return "onlyInGit"
  if (git === undefined) return "notWritten"
  return equal(git, live) || sameNumber(git, live) ? "inStep" : "inStepAsWritten"
}

export const standingOf = (field: Field, object: ObjectStanding): FieldStanding => {
  const { fate, git, isHeld, isNew, owner } = field
  if (fate !== undefined && (isShared(owner) || isClusters(owner))) return fates[fate]
  if (isGit(owner)) return asGits(field, object)
  if (isNew && git !== undefined) return "toBeSeeded"
  const isSuspended = owner?.suspend === true && owner.syncTo !== "ignore"
  if (isClusters(owner) && !isHeld) return asClusters(field)
  if (isHeld && !(isSuspended && !object.hasGitFields)) return "toBeReleased"
  return owner === undefined ? "unclaimed" : isSuspended ? "suspended" : "leftAlone"
}
