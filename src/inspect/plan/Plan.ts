/** What the controller would do, as a value: object by object, in the order in which it would be done, and what it would commit. */
import { memberLabel } from "../../kind/ApplySet.ts"
import type { Stage } from "../../kind/Stage.ts"
import type { FieldPath } from "../../manifest/FieldPath.ts"
import type { Json } from "../../manifest/Manifest.ts"
import type { KindId, ObjectId } from "../../manifest/ObjectKey.ts"
import type { FieldChange } from "./FieldDiff.ts"

/** Somebody who set a field that the plan changes. */
export interface Setter {
  readonly manager: string
  /** Whether it is a program that may set the field again, not a person's client. */
  readonly mayReturn: boolean
}

/** A change of a field's value. What is hidden stands as `(hidden)` in place of each value. */
export type PlannedChange = FieldChange & { readonly isHidden: boolean; readonly setBy: ReadonlyArray<Setter> }

/** A field that is given up. Its live value stays. */
export interface PlannedRelease {
  readonly path: FieldPath
  /** `undefined`: the field has none. */
  readonly stays: Json | undefined
  readonly isHidden: boolean
}

/** Fields that another field manager loses to us. */
export interface PlannedTaking {
  readonly manager: string
  readonly paths: ReadonlyArray<FieldPath>
}

/** What happens to an object that is there; all lists empty: nothing. */
export interface Touch {
  readonly changes: ReadonlyArray<PlannedChange>
  readonly released: ReadonlyArray<PlannedRelease>
  readonly taken: ReadonlyArray<PlannedTaking>
  /** Somebody took `managedFields` away: nothing is let go of or removed. */
  readonly ownerUnknown: boolean
}

export type Outcome =
  /** `after`: what has to be there first, and will be by this plan. */
  | {
    readonly _tag: "Create"
    readonly after: string | undefined
    /** Only sent to make it complete, and let go of at once. */
    readonly givenBack: ReadonlyArray<FieldPath>
  }
  | { readonly _tag: "Touch" } & Touch
  | { readonly _tag: "InStep" }
  /** It goes to Git, with the commit of the plan. */
  | {
    readonly _tag: "Write"
    readonly isNew: boolean
    /** What is written of a document that is there. */
    readonly fields: ReadonlyArray<FieldPath>
    /** The field managers that set it in the cluster, as far as that is known. */
    readonly setBy: ReadonlyArray<string>
    /** Why it is written against what somebody changed in Git. */
    readonly remark: string | undefined
  }
  /** Somebody has to mend something; the reason says what. */
  | { readonly _tag: "Refused"; readonly reason: string }
  /** It ends by itself. */
  | { readonly _tag: "Waiting"; readonly reason: string }
  /** Left alone on purpose. */
  | { readonly _tag: "Held"; readonly reason: string }
  /** In the cluster, ours, and not in Git any more; with what it waits for, if a person has to confirm it. */
  | { readonly _tag: "Delete"; readonly uid: string; readonly always: boolean; readonly reason: string }

export interface PlannedObject {
  readonly stage: Stage
  readonly kind: KindId
  readonly object: ObjectId
  /** `path:line` in Git; `undefined`: in no manifest. */
  readonly place: string | undefined
  readonly outcome: Outcome
}

/** Something to be mended or known, at its place. */
export interface PlanRemark {
  readonly place: string
  readonly message: string
}

/** A file that would be written to Git. */
export interface PlannedFile {
  /** From the root of the repository. */
  readonly path: string
  readonly action: "add" | "change" | "remove"
  /** As `git diff` has it, without the names; `undefined`: not shown, as there is a Secret in the file. */
  readonly diff: ReadonlyArray<string> | undefined
}

/** What would go from the cluster to Git, if it were committed at once. */
export interface PlannedCommit {
  /** Why it would not be made now. */
  readonly obstacle: string | undefined
  readonly branch: string
  readonly message: string
  /** By path. */
  readonly files: ReadonlyArray<PlannedFile>
}

export interface Plan {
  /** Where the manifests were read, for people. */
  readonly origin: string
  readonly cluster: string
  /** Why nothing of it would be done now, whatever it says. */
  readonly obstacle: string | undefined
  /** In the order of {@link inOrder}. */
  readonly objects: ReadonlyArray<PlannedObject>
  /** `undefined`: nothing goes to Git. */
  readonly commit: PlannedCommit | undefined
  /** Files with something wrong in them. */
  readonly problems: ReadonlyArray<PlanRemark>
  /** Rules that can't do what they say. */
  readonly ruleProblems: ReadonlyArray<PlanRemark>
  /** Rules whose resources aren't served yet. */
  readonly waitingRules: ReadonlyArray<PlanRemark>
  /** Kinds that could not be looked at: nothing is known of their objects. */
  readonly unseen: ReadonlyArray<PlanRemark>
  readonly passedOver: ReadonlyArray<PlanRemark>
  /** What makes the plan less certain than it could be. */
  readonly notes: ReadonlyArray<string>
}

/** What an outcome comes to, in one word. */
export type PlanAction =
  | "create"
  | "change"
  | "release"
  | "take over"
  | "write"
  | "in step"
  | "refused"
  | "waiting"
  | "held"
  | "delete"

/** The label by which an object is known as ours goes when it is let go of. */
const isFarewell = ({ _tag, path }: PlannedChange) => {
  const [first, second, third] = path
  return _tag === "Removed" && first?._tag === "Field" && first.name === "metadata" && second?._tag === "Field" &&
    second.name === "labels" && third?._tag === "Field" && third.name === memberLabel
}

export const actionOf = (outcome: Outcome): PlanAction => {
  switch (outcome._tag) {
    case "Create":
      return "create"
    case "Touch":
      if (!outcome.changes.every(isFarewell)) return "change"
      if (outcome.released.length + outcome.changes.length > 0) return "release"
      return outcome.taken.length > 0 ? "take over" : "in step"
    case "InStep":
      return "in step"
    case "Write":
      return "write"
    case "Refused":
      return "refused"
    case "Waiting":
      return "waiting"
    case "Held":
      return "held"
    case "Delete":
      return "delete"
  }
}

const compare = (left: string, right: string) => left < right ? -1 : left > right ? 1 : 0

/** By stage, then kind, then namespace and name. */
export const inOrder = (objects: ReadonlyArray<PlannedObject>): ReadonlyArray<PlannedObject> =>
  objects.toSorted((left, right) =>
    left.stage - right.stage || compare(left.kind, right.kind) || compare(left.object, right.object)
  )

const writing: ReadonlySet<PlanAction> = new Set(["create", "change", "release", "take over", "write", "delete"])

/** Whether the controller would write anything. */
export const hasWork = ({ objects }: Plan): boolean => objects.some(({ outcome }) => writing.has(actionOf(outcome)))

/** Whether a person has to mend something before all of it can be done. */
export const hasFaults = ({ commit, objects, obstacle, problems, ruleProblems, unseen }: Plan): boolean =>
  obstacle !== undefined || commit?.obstacle !== undefined ||
  problems.length + ruleProblems.length + unseen.length > 0 ||
  objects.some(({ outcome }) => outcome._tag === "Refused")

/** How many objects come to what, in the order of the words below; an action that nothing comes to counts 0. */
export const countsOf = ({ objects }: Plan): ReadonlyMap<PlanAction, number> => {
  const counts = new Map(Object.keys(words).map((action): [PlanAction, number] => [action as PlanAction, 0]))
  for (const { outcome } of objects) counts.set(actionOf(outcome), (counts.get(actionOf(outcome)) ?? 0) + 1)
  return counts
}

const words: Readonly<Record<PlanAction, string>> = {
  "create": "to create",
  "change": "to change",
  "release": "to release",
  "take over": "to take over",
  "write": "to write to Git",
  "delete": "to delete",
  "in step": "in step",
  "refused": "refused",
  "waiting": "waiting",
  "held": "left alone"
}

const always: ReadonlySet<PlanAction> = new Set(["create", "change", "in step"])

/** `Plan: 1 to create, 2 to change, 3 in step`. */
export const summaryOf = (plan: Plan): string => {
  const counted = [...countsOf(plan)].filter(([action, count]) => count > 0 || always.has(action))
  return `Plan: ${counted.map(([action, count]) => `${count} ${words[action]}`).join(", ")}`
}
