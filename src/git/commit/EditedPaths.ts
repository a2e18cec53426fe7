/** Changed files as the tree of names that leads to them. Pure. */
import { Result } from "effect"
import { PathRefused } from "./PathRefused.ts"
import { faultOf } from "./WritablePath.ts"

/** What is to be at a path: a blob, or with `undefined` nothing. */
export interface FileEdit {
  readonly blob: string | undefined
}

/** One name: what is to happen to the file of this name, and below the directory of this name. */
export interface EditedName {
  readonly file: FileEdit | undefined
  readonly below: ReadonlyMap<string, EditedName>
}

interface Growing extends EditedName {
  file: FileEdit | undefined
  readonly below: Map<string, Growing>
}

const grow = (): Growing => ({ file: undefined, below: new Map() })

/** @param files path → name of the blob, `undefined` for a file that goes */
export const editedPaths = (
  files: ReadonlyMap<string, string | undefined>
): Result.Result<ReadonlyMap<string, EditedName>, PathRefused> => {
  const root = grow()
  for (const [path, blob] of files) {
    const reason = faultOf(path)
    if (reason !== undefined) return Result.fail(new PathRefused({ path, reason }))
    let at = root
    for (const name of path.split("/")) {
      const next = at.below.get(name) ?? grow()
      at.below.set(name, next)
      at = next
    }
    at.file = { blob }
  }
  return Result.succeed(root.below)
}
