// The base of a merge, as an earlier comparison would have left it.
import { areAtPeace, baseOf, encodeBases, idDigest } from "../../../../src/kind/mirroring/diff/FieldDigests.ts"
import { flattened, leavesOf } from "../../../../src/kind/mirroring/diff/Leaves.ts"
import { everything } from "../../../../src/manifest/FieldScope.ts"
import type { FieldType } from "../../../../src/manifest/FieldType.ts"
import type { JsonObject } from "../../../../src/manifest/Manifest.ts"

/** Of a live object and a manifest that agree, both in portable form; fields that don't are left out. */
export const fieldDigests = (live: JsonObject, git: JsonObject, type: FieldType): string => {
  const leaves = leavesOf({ git, gitPortable: git, live, authored: live, type, scope: everything })
  return encodeBases(
    new Map(leaves.flatMap(flattened).filter(areAtPeace).map((leaf) => [idDigest(leaf), baseOf(leaf)]))
  )
}
