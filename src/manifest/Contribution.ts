/** What one path adds to the index. */
import { fileAt, nodeAt } from "./FileTree.ts"
import { type IndexedFiles, isClaimed } from "./IndexedFiles.ts"
import type { ManifestProblem, ManifestRef, PassedOver } from "./Manifest.ts"
import { directoryOf } from "./Screening.ts"
import { isCovered } from "./Territory.ts"

export interface Contribution {
  readonly refs: ReadonlyArray<ManifestRef>
  readonly problems: ReadonlyArray<ManifestProblem>
  readonly passedOver: ReadonlyArray<PassedOver>
}

const nothing: Contribution = { refs: [], problems: [], passedOver: [] }

/** The root of the repository has no name of its own. */
export const shownPath = (path: string): string => path === "" ? "." : path

/** What a kustomization that can't be read has to say: nobody knows then what it refers to. */
const brokenKustomization = (files: IndexedFiles, source: string): ReadonlyArray<ManifestProblem> => {
  const parsed = files.markers.get(source)?.marker === "Kustomization" ? fileAt(files.tree, source)?.parsed : undefined
  return parsed?.broken === undefined ? [] : parsed.problems.map((problem) => ({ ...problem, path: source }))
}

const ofTerritory = (files: IndexedFiles, path: string): Contribution => {
  const claimed = files.territory.get(path)
  if (claimed === undefined || nodeAt(files.tree, path) === undefined) return nothing
  const problems = directoryOf(claimed.source) === path ? brokenKustomization(files, claimed.source) : []
  return { refs: [], problems, passedOver: [{ path: shownPath(path), reason: claimed.reason }] }
}

export const contribution = (files: IndexedFiles, path: string): Contribution => {
  if (isCovered(path, files.territory)) return nothing
  if (isClaimed(path, files.territory)) return ofTerritory(files, path)
  const file = fileAt(files.tree, path)
  if (file === undefined || file.verdict._tag === "Ignored") return nothing
  if (file.verdict._tag === "PassedOver") return { ...nothing, passedOver: [{ path, reason: file.verdict.reason }] }
  if (file.parsed === undefined) {
    return {
      ...nothing,
      problems: [{ path, message: "this file was not found in the repository; it is read again with the next commit" }]
    }
  }
  const problems = file.parsed.broken?.foreign === true
    ? []
    : file.parsed.problems.map((problem) => ({ ...problem, path }))
  return { refs: file.refs, problems, passedOver: [] }
}
