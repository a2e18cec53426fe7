/**
 * Who decides about which field of an object, and how it stands: a row for each field that somebody says something of, and one for a whole
 * subtree in which all is alike. Every such field is in exactly one row. Pure.
 */
import { memberLabel } from "../kind/ApplySet.ts"
import { gitRules, isGit, ownsLifecycle } from "../kind/GitScope.ts"
import type { Value } from "../kubernetes/fields/JsonValue.ts"
import { entryId, ownEntry } from "../kubernetes/fields/ManagedFields.ts"
import type { ManagedFieldsEntry } from "../kubernetes/KubernetesObject.ts"
import { equal, field, type FieldPath } from "../manifest/FieldPath.ts"
import type { Rule } from "../rules/Rule.ts"
import { type FieldStanding, type ObjectStanding, standingOf } from "./FieldStanding.ts"
import { type FieldNode, fieldTree, type Sides } from "./FieldTree.ts"
import { fateOf, type ToGit } from "./ToGit.ts"

export interface Row {
  readonly path: FieldPath
  /** How many fields it stands for. */
  readonly fields: number
  /** Whether it stands for all below the path too. */
  readonly isWhole: boolean
  readonly owner: Rule | undefined
  readonly git: Value
  readonly live: Value
  readonly standing: FieldStanding
  readonly managers: ReadonlyArray<ManagedFieldsEntry>
}

export interface MatrixInput extends Sides {
  readonly fieldManager: string
  /** The id of the controller's set of objects. */
  readonly applySet: string
  /** The record says that live object and manifest are in step. */
  readonly isKnownInStep: boolean
  /** `undefined`: nothing of it goes to Git. */
  readonly toGit: ToGit | undefined
}

const labelPath: FieldPath = [field("metadata"), field("labels"), field(memberLabel)]

const lone: ReadonlySet<FieldStanding> = new Set([
  "differs",
  "inStepAsWritten",
  "changedByServer",
  "toBeWritten",
  "conflict",
  "ownLabel"
])

/** Rows that say the same of their fields may become one, except where each value counts. */
const kindOfRow = ({ managers, owner, standing }: Row): string | undefined =>
  lone.has(standing)
    ? undefined
    : JSON.stringify([owner?.index ?? null, standing, managers.map(entryId)])

const total = (rows: ReadonlyArray<Row>) => rows.reduce((sum, { fields }) => sum + fields, 0)

/** One row in the place of all those at and below a node, if they are alike. */
const folded = (node: FieldNode, rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const [first] = rows
  if (first === undefined || node.path.length === 0 || !node.owner.isUniform) return rows
  // Of one field the path tells most, but where a list item is nothing but its key
  if (rows.length === 1 && node.path.at(-1)?._tag !== "Item") return rows
  const kind = kindOfRow(first)
  if (kind === undefined || rows.some((row) => kindOfRow(row) !== kind)) return rows
  return [{ ...first, path: node.path, fields: total(rows), isWhole: true, git: node.git, live: node.live }]
}

/** An item of Git's list that the live list hasn't got. */
const isNewItem = ({ git, live, owner, path }: FieldNode, list: FieldNode) =>
  path.at(-1)?._tag === "Item" && git !== undefined && live === undefined && isGit(owner.owner) &&
  isGit(list.owner.owner)

const objectStanding = ({ applySet, git, isKnownInStep, live, ownership }: MatrixInput): ObjectStanding => ({
  isLive: live !== undefined,
  isInGit: git !== undefined,
  isLifeGits: ownsLifecycle(ownership),
  hasGitFields: gitRules(ownership).length > 0,
  isMember: live?.metadata.labels?.[memberLabel] === applySet,
  isKnownInStep
})

export const matrix = (input: MatrixInput): ReadonlyArray<Row> => {
  const { applySet, fieldManager, live, toGit } = input
  const object = objectStanding(input)
  const ours = live === undefined ? undefined : ownEntry(live, fieldManager)

  const isOwnLabel = (node: FieldNode) => equal(node.path, labelPath) && node.live === applySet && object.isLifeGits

  const rowOf = (node: FieldNode, isNew: boolean): Row => {
    const { git, live, managers, owner: { owner }, path } = node
    const isHeld = ours !== undefined && managers.includes(ours)
    const fate = toGit === undefined ? undefined : fateOf(toGit, path)
    const standing = isOwnLabel(node) ? "ownLabel" : standingOf({ path, owner, git, live, isHeld, isNew, fate }, object)
    return { path, fields: 1, isWhole: false, owner, git, live, standing, managers }
  }

  const rowsOf = (node: FieldNode, isNew: boolean): ReadonlyArray<Row> =>
    folded(node, [
      ...node.isStated ? [rowOf(node, isNew)] : [],
      ...node.below.flatMap((below) => rowsOf(below, isNew || isNewItem(below, node)))
    ])

  return rowsOf(fieldTree(input), live === undefined && object.isLifeGits)
}
