/**
 * Which manifest stands where in the tip: the immutable index that travels with every tip.
 * Updated by what changed between two trees; what did not change keeps its reference, so that readers can skip it.
 */
import { contribution, shownPath } from "./Contribution.ts"
import type { EntryMode, FileChange } from "./FileChange.ts"
import { fileAt } from "./FileTree.ts"
import { advance, type IndexedFiles, isClaimed, noFiles, type ParsedOf } from "./IndexedFiles.ts"
import { byPath, replaced } from "./InPathOrder.ts"
import type { ManifestProblem, ManifestRef, PassedOver } from "./Manifest.ts"
import { type KindId, kindId } from "./ObjectKey.ts"
import type { ParsedFile } from "./ParsedFile.ts"

export type { EntryMode, FileChange, ParsedFile, ParsedOf }

export interface ManifestIndex {
  /**
   * All manifests of a kind, in path order. The array is the same one as in the index before when nothing in it
   * changed.
   */
  readonly kinds: ReadonlyMap<KindId, ReadonlyArray<ManifestRef>>
  readonly problems: ReadonlyArray<ManifestProblem>
  readonly passedOver: ReadonlyArray<PassedOver>
  /** How many files hold at least one manifest. */
  readonly files: number
  /** For the next update. */
  readonly indexed: IndexedFiles
}

/** @param gitPath The directory that is synced, without slashes at its ends; `""` for the whole repository. */
export const emptyIndex = (gitPath: string): ManifestIndex => ({
  kinds: new Map(),
  problems: [],
  passedOver: [],
  files: 0,
  indexed: noFiles(gitPath)
})

/** A blob to be read and parsed, and a path it stands at. */
export interface WantedBlob {
  readonly blob: string
  readonly path: string
}

/** Of some paths, the blobs that are still to be read and parsed: each once, and nothing that is known already. */
export const unread = (files: IndexedFiles, paths: Iterable<string>): ReadonlyArray<WantedBlob> => {
  const found = new Map<string, WantedBlob>()
  for (const path of paths) {
    const file = fileAt(files.tree, path)
    if (file === undefined || file.parsed !== undefined || found.has(file.blob)) continue
    const isManifest = file.verdict._tag === "Read" && !isClaimed(path, files.territory)
    const isKustomization = file.verdict._tag !== "PassedOver" && files.markers.get(path)?.marker === "Kustomization"
    if (isManifest || isKustomization) found.set(file.blob, { blob: file.blob, path })
  }
  return [...found.values()]
}

/** What {@link update} will ask `parsedOf` for with the same changes. */
export const wanted = (previous: ManifestIndex, changes: ReadonlyArray<FileChange>): ReadonlyArray<WantedBlob> => {
  const { affected, files } = advance(previous.indexed, changes, () => undefined)
  return unread(files, affected)
}

interface KindChange {
  readonly gone: Set<string>
  readonly added: Array<ManifestRef>
}

const emptyChange = (): KindChange => ({ gone: new Set(), added: [] })

const changedKinds = (
  kinds: ManifestIndex["kinds"],
  changes: ReadonlyMap<KindId, KindChange>
): ManifestIndex["kinds"] => {
  if (changes.size === 0) return kinds
  const result = new Map(kinds)
  for (const [id, { added, gone }] of changes) {
    const refs = replaced(kinds.get(id) ?? [], gone, added)
    if (refs.length === 0) result.delete(id)
    else result.set(id, refs)
  }
  return result
}

/**
 * The index after some changes. Only what they concern is looked at.
 * @param parsedOf What the blobs hold that {@link wanted} names; may be asked for others, which it need not know.
 */
export const update = (
  previous: ManifestIndex,
  changes: ReadonlyArray<FileChange>,
  parsedOf: ParsedOf
): ManifestIndex => {
  const { affected, files: indexed } = advance(previous.indexed, changes, parsedOf)
  const kinds = new Map<KindId, KindChange>()
  const problems: Array<ManifestProblem> = []
  const passedOver: Array<PassedOver> = []
  const gone = new Set<string>()
  let { files } = previous
  const kindOf = (ref: ManifestRef): KindChange => {
    const id = kindId(ref.manifest)
    const change = kinds.get(id) ?? emptyChange()
    kinds.set(id, change)
    return change
  }
  let toldBefore = 0
  for (const path of [...affected].sort()) {
    const before = contribution(previous.indexed, path)
    const after = contribution(indexed, path)
    if (before.refs !== after.refs) {
      for (const ref of before.refs) kindOf(ref).gone.add(path)
      for (const ref of after.refs) kindOf(ref).added.push(ref)
      files += (after.refs.length > 0 ? 1 : 0) - (before.refs.length > 0 ? 1 : 0)
    }
    gone.add(shownPath(path))
    for (const problem of before.problems) gone.add(problem.path)
    toldBefore += before.problems.length + before.passedOver.length
    problems.push(...after.problems)
    passedOver.push(...after.passedOver)
  }
  const silent = toldBefore + problems.length + passedOver.length === 0
  return {
    kinds: changedKinds(previous.kinds, kinds),
    problems: silent ? previous.problems : replaced(previous.problems, gone, problems.sort(byPath)),
    passedOver: silent ? previous.passedOver : replaced(previous.passedOver, gone, passedOver.sort(byPath)),
    files,
    indexed
  }
}
