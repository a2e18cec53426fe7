/**
 * What many files say the same, kept once: whatever comes from another thread has its own copy of every word, and objects that are larger
 * than those made here. Pure, but for what it remembers.
 */
import type { ManifestProblem, ParsedManifest } from "./Manifest.ts"
import type { ParsedFile } from "./ParsedFile.ts"

/** How many different words are remembered: kinds, namespaces and the values of labels mostly, and names that nobody shares. */
const mostWords = 10_000
const longestWord = 63

const noProblems: ReadonlyArray<Omit<ManifestProblem, "path">> = []

/** For the files of one reading. */
export const makeCompaction = (): (file: ParsedFile) => ParsedFile => {
  const words = new Map<string, string>()
  const shared = (word: string): string => {
    const known = words.get(word)
    if (known !== undefined) return known
    if (words.size < mostWords && word.length <= longestWord) words.set(word, word)
    return word
  }
  const manifestOf = (manifest: ParsedManifest): ParsedManifest => {
    const { digest, group, isPaused, kind, labels, line, name, namespace, position, version } = manifest
    return {
      group: shared(group),
      kind: shared(kind),
      version: shared(version),
      namespace: namespace === undefined ? undefined : shared(namespace),
      name,
      labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, shared(value)])),
      isPaused,
      position,
      line,
      digest
    }
  }
  return (file) => ({
    ...file,
    manifests: file.manifests.map(manifestOf),
    problems: file.problems.length === 0 ? noProblems : file.problems
  })
}
