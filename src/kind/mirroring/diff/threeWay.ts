/**
 * Git and the cluster may both change a document: what goes which way, field by field, by what each was when they last agreed. Pure.
 */
import type { FieldChange } from "../../../manifest/FieldChange.ts"
import { equal, type FieldPath } from "../../../manifest/FieldPath.ts"
import { without } from "../../../manifest/FieldScope.ts"
import type { Json } from "../../../manifest/Manifest.ts"
import { documentChanges } from "./documentChanges.ts"
import {
  areAtPeace,
  baseOf,
  decodeBases,
  encodeBases,
  type FieldBase,
  type FieldBases,
  idDigest,
  isExpected
} from "./FieldDigests.ts"
import { flattened, isLeftOut, type Leaf, leavesOf } from "./Leaves.ts"
import { isHusk, mayBeLeftOut } from "./SameMeaning.ts"
import type { Sides } from "./Spot.ts"
import { agree } from "./Whole.ts"

export interface ThreeWay extends Sides {
  /** The fields as both sides had them when they last agreed; `undefined`: not known any more. */
  readonly base: string | undefined
  /** What we were about to change, as {@link expectedOf} says: a side that has it has not changed by itself. */
  readonly expected: string
  /** Who is right where both have changed a field, each in its way; `hold`: nobody until a person says so. */
  readonly conflict: "git" | "kubernetes" | "hold"
}

export interface FieldConflict {
  readonly path: FieldPath
  readonly git: Json | undefined
  readonly live: Json | undefined
}

export interface Merge {
  /** What has to change in the manifest. */
  readonly toGit: ReadonlyArray<FieldChange>
  /** Fields that differ and of which the cluster's value counts: not to be applied until Git has it. */
  readonly leaveToCluster: ReadonlyArray<FieldPath>
  /** Fields that differ and of which Git's value counts, also where Git has none any more: to be applied. */
  readonly takeFromGit: ReadonlyArray<FieldPath>
  /** Fields that neither side may take from the other. */
  readonly conflicts: ReadonlyArray<FieldConflict>
  /** The base from now on: of fields that agree as they are now, of others as they were. */
  readonly fields: string
}

type Fate = "same" | "toGit" | "fromGit" | "conflict"

const isSame = ({ spot: { git, live, path, type, wanted } }: Leaf): boolean => agree(git, live, wanted, path, type)

const gitChanged = (leaf: Leaf, base: FieldBase | undefined) => baseOf(leaf).git !== base?.git
const liveChanged = (leaf: Leaf, base: FieldBase | undefined) => baseOf(leaf).live !== base?.live

/** Of a field that both sides have. */
const fateOfBoth = (leaf: Leaf, base: FieldBase | undefined): Fate => {
  if (leaf.git === leaf.live || (leaf._tag === "Value" && isSame(leaf))) return "same"
  if (base === undefined) return "conflict"
  if (!gitChanged(leaf, base)) return "toGit"
  return liveChanged(leaf, base) ? "conflict" : "fromGit"
}

const fateOfLiveOnly = (leaf: Leaf, base: FieldBase | undefined, isEdited: boolean): Fate => {
  if (isLeftOut(leaf) || isHusk(leaf.spot.live ?? null, leaf.spot.path)) return "same"
  if (base?.git === undefined) return leaf.spot.wanted === undefined ? "same" : "toGit"
  if (!isEdited) return "fromGit"
  return leaf.spot.wanted === undefined ? "same" : "conflict"
}

const fateOfGitOnly = ({ spot: { git, path, type } }: Leaf, base: FieldBase | undefined, isEdited: boolean): Fate => {
  if (type === undefined || mayBeLeftOut(git ?? null, path, type)) return "same"
  if (base?.live === undefined) return "fromGit"
  return isEdited ? "conflict" : "toGit"
}

/** What a field was when both sides last agreed, as far as that is known. */
type BaseOf = (leaf: Leaf) => FieldBase | undefined

/** With what we have changed ourselves since. */
const basesOf = ({ base = "", expected }: Pick<ThreeWay, "base" | "expected">): BaseOf => {
  const bases: FieldBases = decodeBases(base)
  const isOurs = isExpected(expected)
  return (leaf) => {
    const before = bases.get(idDigest(leaf))
    const [isInGit, isLive] = [isOurs("git", leaf), isOurs("live", leaf)]
    if (isInGit === isLive) return before
    // What we brought to one side stood on the other: where that has something else now, it was changed since.
    const { git, live } = baseOf(leaf)
    const brought = isInGit ? git : live
    return brought === undefined ? undefined : { git: brought, live: brought }
  }
}

const fateOf = (leaf: Leaf, before: BaseOf): Fate => {
  const base = before(leaf)
  const inIt = flattened(leaf).filter(({ _tag }) => _tag !== "Order")
  const isEdited = (changed: typeof gitChanged) => inIt.some((it) => changed(it, before(it)))
  if (leaf.git === undefined) return fateOfLiveOnly(leaf, base, isEdited(liveChanged))
  if (leaf.live === undefined) return fateOfGitOnly(leaf, base, isEdited(gitChanged))
  return fateOfBoth(leaf, base)
}

interface Decided {
  readonly leaf: Leaf
  readonly fate: Fate
}

/** What is in an item that one side lacks shares its fate. */
const decided = (leaf: Leaf, before: BaseOf): ReadonlyArray<Decided> => {
  const fate = leaf.isInScope ? fateOf(leaf, before) : "same"
  const isOnBoth = leaf.git !== undefined && leaf.live !== undefined
  return [{ leaf, fate }, ...isOnBoth ? leaf.inside.flatMap((below) => decided(below, before)) : []]
}

const nextBases = (leaves: ReadonlyArray<Leaf>, before: BaseOf): string =>
  encodeBases(
    new Map(
      leaves.flatMap(flattened).flatMap((leaf) => {
        const id = idDigest(leaf)
        const known = before(leaf)
        const isPending = !areAtPeace(leaf) || (leaf.git === undefined && known?.git !== undefined)
        const base = isPending ? known : baseOf(leaf)
        return base === undefined ? [] : [[id, base] as const]
      })
    )
  )

/** Whether a list shall stand as the live one does: where it is not known who has changed the order, Git's stays. */
const followsLive = ({ fate }: Decided, conflict: ThreeWay["conflict"]) =>
  fate === "same" || fate === "toGit" || (fate === "conflict" && conflict === "kubernetes")

export const threeWay = (given: ThreeWay): Merge => {
  const { conflict } = given
  const before = basesOf(given)
  const leaves = leavesOf(given)
  const all = leaves.flatMap((leaf) => decided(leaf, before))
  const orders = all.filter(({ leaf }) => leaf._tag === "Order")
  const settled = all.filter(({ leaf }) => leaf._tag !== "Order").map(({ fate, leaf }) => ({
    leaf,
    fate: fate !== "conflict" || conflict === "hold" ? fate : conflict === "git" ? "fromGit" : "toGit"
  }))
  const withFate = (wanted: Fate) => settled.filter(({ fate }) => fate === wanted).map(({ leaf }) => leaf)
  const [takeFromGit, held] = [withFate("fromGit"), withFate("conflict")]
  const kept = [...takeFromGit, ...held].map(({ spot }) => spot.path)
  const isToFollow = (path: FieldPath) =>
    orders.some((order) => equal(order.leaf.spot.path, path) && followsLive(order, conflict))
  return {
    toGit: documentChanges({ ...given, scope: without(given.scope, kept) })
      .filter((change) => change._tag !== "Arrange" || isToFollow(change.path)),
    leaveToCluster: withFate("toGit").map(({ spot }) => spot.path),
    takeFromGit: takeFromGit.map(({ spot }) => spot.path),
    conflicts: held.map(({ spot: { git, live, path } }) => ({ path, git, live })),
    fields: nextBases(leaves, before)
  }
}
