// Small repositories in which everything is possible, and what they should come to, said in the plainest way.
import * as fc from "fast-check"
import type { EntryMode, FileChange } from "../../src/manifest/FileChange.ts"
import type { ParsedManifest } from "../../src/manifest/Manifest.ts"
import type { ParsedFile } from "../../src/manifest/ParsedFile.ts"
import { isBelow, markerOf, screen } from "../../src/manifest/Screening.ts"
import { resolveReference } from "../../src/manifest/Territory.ts"

export type Files = ReadonlyMap<string, { readonly blob: string; readonly mode: EntryMode }>

const manifest = (kind: string, name: string, position: number): ParsedManifest => ({
  group: kind === "Deployment" ? "apps" : "",
  version: "v1",
  kind,
  namespace: undefined,
  name,
  labels: {},
  isPaused: false,
  position,
  line: position + 1,
  digest: `${kind}${name}`
})

/** What there is to be had under some blob ids. */
export const contents: ReadonlyMap<string, ParsedFile> = new Map<string, ParsedFile>([
  ["empty", { manifests: [], problems: [] }],
  ["one", { manifests: [manifest("ConfigMap", "one", 0)], problems: [] }],
  ["two", { manifests: [manifest("ConfigMap", "two", 0), manifest("Deployment", "two", 1)], problems: [] }],
  ["half", { manifests: [manifest("Deployment", "half", 0)], problems: [{ line: 9, message: "half of it is wrong" }] }],
  ["broken", { manifests: [], problems: [{ line: 1, message: "broken" }], broken: { foreign: false } }],
  ["foreign", { manifests: [], problems: [{ line: 1, message: "not ours" }], broken: { foreign: true } }],
  ["near", { manifests: [], problems: [], references: ["x.yaml", "../b", "../a/y.json", "https://example.com"] }],
  ["far", { manifests: [], problems: [], references: ["../../x.yaml", "../b/x.yaml", "../../b/c", ".."] }]
])

const directories = ["", "a/", "b/", "a/c/", "b/c/", "a/.h/"]
const names = [
  "x.yaml",
  "y.json",
  "z.md",
  "c",
  "kustomization.yaml",
  "Kustomization",
  "Chart.yaml",
  ".gitops-controller.yaml"
]

const entry = fc.record({
  blob: fc.constantFrom(...contents.keys()),
  mode: fc.constantFrom<EntryMode>("file", "file", "file", "executable", "symlink", "submodule")
})

export const gitPaths = fc.constantFrom("", "repo")

const edit = fc.tuple(fc.constantFrom(...directories), fc.constantFrom(...names), fc.option(entry, { nil: undefined }))
  .map(([directory, name, entry]) => ({ path: directory + name, entry }))

/** Commits, each with some files set or taken away. */
export const commits = fc.array(fc.array(edit, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 })

/** As Git would have it: what was a directory can become a file, and the other way round. */
export const afterCommit = (files: Files, edits: ReadonlyArray<FileChange>, gitPath: string): Files => {
  const result = new Map(files)
  for (const { entry, path } of edits) {
    const full = gitPath === "" ? path : `${gitPath}/${path}`
    for (const other of result.keys())
      if (other === full || other.startsWith(`${full}/`) || full.startsWith(`${other}/`)) result.delete(other)
    if (entry !== undefined) result.set(full, entry)
  }
  return result
}

/** What Git says has changed. */
export const difference = (before: Files, after: Files): ReadonlyArray<FileChange> =>
  [...new Set([...before.keys(), ...after.keys()])].sort().toReversed().flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)]
    return old?.blob === now?.blob && old?.mode === now?.mode ? [] : [{ path, entry: now }]
  })

const directoryOf = (path: string): string => path.split("/").slice(0, -1).join("/")

const isIn = (path: string, directory: string): boolean => directory === "" || path.startsWith(`${directory}/`)

/** Directories and files that are not ours, each with the file that says so. */
const foreign = (files: Files, gitPath: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const marked = (wanted: string) =>
    [...files].sort(([a], [b]) => a < b ? -1 : 1).filter(([path]) => markerOf(path, gitPath) === wanted)
  for (const marker of ["Foreign", "Kustomization", "Chart"])
    for (const [path] of marked(marker)) if (!found.has(directoryOf(path))) found.set(directoryOf(path), path)
  for (const [path, { blob, mode }] of marked("Kustomization")) {
    const directory = directoryOf(path)
    const references = mode === "file" || mode === "executable" ? contents.get(blob)?.references ?? [] : []
    for (const reference of references) {
      const target = resolveReference(directory, reference)
      const leadsUp = target === undefined || target === directory || isIn(directory, target)
      if (!leadsUp && isBelow(target, gitPath) && !found.has(target)) found.set(target, path)
    }
  }
  return found
}

/** The index as text, one line for everything that it says. */
export const expected = (files: Files, gitPath: string): ReadonlyArray<string> => {
  const claimed = foreign(files, gitPath)
  const covered = (path: string) => [...claimed.keys()].some((directory) => directory !== path && isIn(path, directory))
  const lines: Array<string> = []
  for (const [path, source] of claimed) {
    if (covered(path) || ![...files.keys()].some((file) => file === path || isIn(file, path))) continue
    lines.push(`passed over ${path === "" ? "." : path}`)
    const file = directoryOf(source) === path ? files.get(source) : undefined
    const parsed = file?.mode === "file" || file?.mode === "executable" ? contents.get(file.blob) : undefined
    const isKustomization = markerOf(source, gitPath) === "Kustomization"
    if (isKustomization && parsed?.broken !== undefined)
      lines.push(...parsed.problems.map(({ message }) => `problem ${source} ${message}`))
  }
  for (const [path, { blob, mode }] of files) {
    if (covered(path) || claimed.has(path)) continue
    const verdict = screen(path, mode, gitPath)
    if (verdict._tag === "PassedOver") lines.push(`passed over ${path}`)
    if (verdict._tag !== "Read") continue
    const { broken, manifests = [], problems = [] } = contents.get(blob) ?? {}
    lines.push(...manifests.map(({ kind, position }) => `${kind} ${path} ${position} ${blob}`))
    if (broken?.foreign !== true) lines.push(...problems.map(({ message }) => `problem ${path} ${message}`))
  }
  return lines.sort()
}
