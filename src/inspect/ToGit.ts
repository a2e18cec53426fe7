/** What of one object goes to Git, as it stands now, and what keeps the rest. */
import type { DocumentChange } from "../git/GitMessages.ts"
import { type FieldPath, startsWith } from "../manifest/FieldPath.ts"
import { valueAt } from "./plan/PlanValues.ts"

export interface ToGit {
  /** What would be asked of the Git actor; `undefined`: nothing. */
  readonly change: DocumentChange | undefined
  /** Fields that both sides changed, each in another way: neither side is touched. */
  readonly withheld: ReadonlyArray<FieldPath>
  /** Why something is not written, or is written against what somebody changed: sentences. */
  readonly notes: ReadonlyArray<string>
}

const overlap = (a: FieldPath, b: FieldPath) => startsWith(a, b) || startsWith(b, a)

/** What becomes in Git of a field; `undefined`: nothing. */
export const fateOf = ({ change, withheld }: ToGit, path: FieldPath): "set" | "removed" | "held" | undefined => {
  if (withheld.some((held) => overlap(held, path))) return "held"
  if (change?._tag === "RemoveDocument") return "removed"
  if (change?._tag === "PutDocument") return valueAt(change.manifest, path) === undefined ? undefined : "set"
  const changes = change?._tag === "PatchDocument" ? change.changes : []
  const its = changes.filter((one) => overlap(one.path, path))
  if (its.length === 0) return undefined
  return its.every(({ _tag }) => _tag === "Remove") ? "removed" : "set"
}
