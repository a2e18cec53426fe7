/** The files of the index and whose they are: what an update works on, and what it leaves for the next one. */
import type { EntryMode, FileChange } from "./FileChange.ts"
import { type Directory, emptyTree, fileAt, filesBelow, TreeEdit } from "./FileTree.ts"
import type { ManifestRef } from "./Manifest.ts"
import type { ParsedFile } from "./ParsedFile.ts"
import { ancestors, markerOf, screen, type Verdict } from "./Screening.ts"
import { isCovered, type MarkerFile, type Territory, territory } from "./Territory.ts"

export interface IndexedFile {
  readonly blob: string
  readonly verdict: Verdict
  /** `undefined` if it was not read, for it is none of ours or could not be. */
  readonly parsed: ParsedFile | undefined
  readonly refs: ReadonlyArray<ManifestRef>
}

export interface IndexedFiles {
  /** `""`: the whole repository. */
  readonly gitPath: string
  readonly tree: Directory<IndexedFile>
  readonly markers: ReadonlyMap<string, MarkerFile>
  readonly territory: Territory
}

export type ParsedOf = (blob: string) => ParsedFile | undefined

export const noFiles = (gitPath: string): IndexedFiles => ({
  gitPath,
  tree: emptyTree,
  markers: new Map(),
  territory: new Map()
})

/** Whether a path itself or a directory it lies in is not ours. */
export const isClaimed = (path: string, claimed: Territory): boolean => claimed.has(path) || isCovered(path, claimed)

const indexed = (path: string, blob: string, verdict: Verdict, parsed: ParsedFile | undefined): IndexedFile => ({
  blob,
  verdict,
  parsed,
  refs: parsed?.manifests.map((manifest) => ({ manifest, path, blob })) ?? []
})

/** Whether it has references that can be read. */
const isKustomization = (path: string, mode: EntryMode, gitPath: string): boolean =>
  (mode === "file" || mode === "executable") && markerOf(path, gitPath) === "Kustomization"

const markersAfter = (
  files: IndexedFiles,
  changes: ReadonlyArray<FileChange>,
  parsedOf: ParsedOf
): IndexedFiles["markers"] => {
  const touched = changes.flatMap(({ entry, path }) => {
    const marker = markerOf(path, files.gitPath)
    return marker === undefined ? [] : [{ entry, marker, path }]
  })
  if (touched.length === 0) return files.markers
  const markers = new Map(files.markers)
  for (const { entry, marker, path } of touched) {
    if (entry === undefined) markers.delete(path)
    else {markers.set(path, {
        marker,
        references: isKustomization(path, entry.mode, files.gitPath) ? parsedOf(entry.blob)?.references ?? [] : []
      })}
  }
  return markers
}

/** The paths at which the answer to "whose is this" may have changed, without what lies below them. */
const disputed = (before: Territory, after: Territory): ReadonlyArray<string> =>
  before === after ? [] : [...new Set([...before.keys(), ...after.keys()])].filter((path) => {
    const [old, now] = [before.get(path), after.get(path)]
    return old?.reason !== now?.reason || old?.source !== now?.source
  })

export interface Advanced {
  readonly files: IndexedFiles
  /** All paths at which the index may differ: of files, and of directories that are claimed as a whole. */
  readonly affected: ReadonlySet<string>
}

const affectedBy = (
  before: IndexedFiles,
  after: IndexedFiles,
  changes: ReadonlyArray<FileChange>
): ReadonlySet<string> => {
  const affected = new Set(changes.map(({ path }) => path))
  for (const path of disputed(before.territory, after.territory)) {
    affected.add(path)
    for (const file of filesBelow(before.tree, path)) affected.add(file)
    for (const file of filesBelow(after.tree, path)) affected.add(file)
  }
  if (before.territory.size + after.territory.size === 0) return affected
  const seen = new Set<string>()
  for (const path of affected) {
    for (const directory of ancestors(path)) {
      if (seen.has(directory)) break
      seen.add(directory)
      if (before.territory.has(directory) || after.territory.has(directory)) affected.add(directory)
    }
  }
  return affected
}

/** Brings the files up to date. What `parsedOf` doesn't know stays unread. */
export const advance = (before: IndexedFiles, changes: ReadonlyArray<FileChange>, parsedOf: ParsedOf): Advanced => {
  const { gitPath } = before
  const edit = new TreeEdit(before.tree)
  const known = new Map<string, ParsedFile>()
  for (const { path } of changes) {
    const old = fileAt(before.tree, path)
    if (old?.parsed !== undefined) known.set(old.blob, old.parsed)
  }
  const find: ParsedOf = (blob) => known.get(blob) ?? parsedOf(blob)
  for (const { entry, path } of changes) if (entry === undefined) edit.remove(path)
  for (const { entry, path } of changes) {
    if (entry === undefined) continue
    const verdict = screen(path, entry.mode, gitPath)
    const wants = verdict._tag === "Read" || isKustomization(path, entry.mode, gitPath)
    edit.set(path, indexed(path, entry.blob, verdict, wants ? find(entry.blob) : undefined))
  }
  const markers = markersAfter(before, changes, find)
  const claimed = markers === before.markers ? before.territory : territory(markers, gitPath)
  const files = { gitPath, tree: edit.tree, markers, territory: claimed }
  const affected = affectedBy(before, files, changes)
  for (const path of affected) {
    const file = fileAt(edit.tree, path)
    if (file?.verdict._tag !== "Read" || file.parsed !== undefined || isClaimed(path, claimed)) continue
    const parsed = find(file.blob)
    if (parsed !== undefined) edit.set(path, indexed(path, file.blob, file.verdict, parsed))
  }
  return { files, affected }
}
