/**
 * The work of {@link wanted} and {@link update} on many changes, in steps of a few milliseconds between which others
 * get their turn. The outcome is the same.
 */
import { Effect } from "effect"
import type { FileChange } from "./FileChange.ts"
import { advance, type ParsedOf } from "./IndexedFiles.ts"
import { type ManifestIndex, unread, update, type WantedBlob } from "./ManifestIndex.ts"
import { markerOf } from "./Screening.ts"

const perStep = 500

/** What tells whose a directory is comes first, so that little is taken up only to be dropped again. */
const inSteps = (changes: ReadonlyArray<FileChange>, gitPath: string): ReadonlyArray<ReadonlyArray<FileChange>> => {
  if (changes.length <= perStep) return [changes]
  const markers: Array<FileChange> = []
  const others: Array<FileChange> = []
  for (const change of changes) (markerOf(change.path, gitPath) === undefined ? others : markers).push(change)
  const steps: Array<ReadonlyArray<FileChange>> = markers.length === 0 ? [] : [markers]
  for (let at = 0; at < others.length; at += perStep) steps.push(others.slice(at, at + perStep))
  return steps
}

export const wantedInSteps = Effect.fnUntraced(function*(previous: ManifestIndex, changes: ReadonlyArray<FileChange>) {
  let files = previous.indexed
  const affected: Array<string> = []
  for (const step of inSteps(changes, files.gitPath)) {
    const advanced = advance(files, step, () => undefined)
    files = advanced.files
    for (const path of advanced.affected) affected.push(path)
    yield* Effect.yieldNow
  }
  const found = new Map<string, WantedBlob>()
  for (let at = 0; at < affected.length; at += perStep) {
    for (const blob of unread(files, affected.slice(at, at + perStep))) found.set(blob.blob, blob)
    yield* Effect.yieldNow
  }
  return [...found.values()]
})

export const updateInSteps = Effect.fnUntraced(
  function*(previous: ManifestIndex, changes: ReadonlyArray<FileChange>, parsedOf: ParsedOf) {
    let index = previous
    for (const step of inSteps(changes, previous.indexed.gitPath)) {
      index = update(index, step, parsedOf)
      yield* Effect.yieldNow
    }
    return index
  }
)
