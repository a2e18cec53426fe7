/** From changes of documents to changed files: every file is composed once, from all that is wished of it. */
import { Effect } from "effect"
import { composeFile } from "../../manifest/edit/composeFile.ts"
import type { EditOutdated } from "../../manifest/edit/EditOutdated.ts"
import type { EditRefused } from "../../manifest/edit/EditRefused.ts"
import { fileAt } from "../../manifest/FileTree.ts"
import { formatPlace } from "../../manifest/Manifest.ts"
import type { ManifestIndex } from "../../manifest/ManifestIndex.ts"
import { formatKey, kindId } from "../../manifest/ObjectKey.ts"
import { placeNew } from "../../manifest/Placement.ts"
import { ancestors } from "../../manifest/Screening.ts"
import { takenPaths } from "../../manifest/TakenPaths.ts"
import type { ObjectChange } from "../commit/ObjectChange.ts"
import type { DocumentChange } from "../GitMessages.ts"
import * as ObjectStore from "../objects/ObjectStore.ts"
import { makeTurns } from "../objects/Turns.ts"
import type { BasedChange } from "./Basis.ts"
import { editOf } from "./editOf.ts"
import { progressOf } from "./progress.ts"
import type { Answer } from "./Submission.ts"

/** Changes of one submission. */
export interface Based {
  readonly id: number
  readonly changes: ReadonlyArray<BasedChange>
}

/** A change, whose it is, and the file it goes to, from the root of the repository. */
interface Placed {
  readonly id: number
  readonly change: DocumentChange
  readonly path: string
  readonly isNew: boolean
}

export interface Draft {
  /** `undefined` for a file that goes. Without those that stay as they are. */
  readonly files: ReadonlyMap<string, Buffer | undefined>
  /** For the commit message. */
  readonly told: ReadonlyArray<ObjectChange>
  /** Whose change goes to which file. */
  readonly owners: ReadonlyMap<string, ReadonlySet<number>>
}

export type Drafted =
  | { readonly _tag: "Drafted"; readonly draft: Draft }
  /** These can't be made, by the ids of submissions; the others are drafted again without them. */
  | { readonly _tag: "Refused"; readonly refused: ReadonlyMap<number, Answer> }

export interface DraftOptions {
  readonly gitPath: string
  readonly layout: string
  readonly defaultNamespace: string
}

export const refusal = (words: string): Answer => ({ _tag: "Refused", reason: "NotEditable", words })

/** Composing costs reading the text three times; in units of turns. */
const perFile = 30_000
const perByte = 50

/** Whether a path below gitPath is taken, by the tip or by what was placed so far; and how to take one. */
const places = (index: ManifestIndex) => {
  const inTip = takenPaths(index.indexed)
  const files = new Set<string>()
  const directories = new Set<string>()
  const isTaken = (path: string) => {
    const lower = path.toLowerCase()
    return inTip(path) || files.has(lower) || directories.has(lower) ||
      ancestors(lower).some((directory) => files.has(directory))
  }
  const take = (path: string) => {
    files.add(path.toLowerCase())
    for (const directory of ancestors(path.toLowerCase())) directories.add(directory)
  }
  return { isTaken, take }
}

const place = (submissions: ReadonlyArray<Based>, index: ManifestIndex, { gitPath, layout }: DraftOptions) => {
  const { isTaken, take } = places(index)
  const placed: Array<Placed> = []
  const refused = new Map<number, Answer>()
  for (const { changes, id } of submissions) {
    for (const { at, change } of changes) {
      if (at !== undefined) {
        placed.push({ id, change, path: at.path, isNew: false })
        continue
      }
      const path = placeNew(layout, change.key, isTaken)
      if (path === undefined)
        refused.set(id, refusal(`there is no place for ${formatKey(change.key)} below gitPath; correct "layout"`))
      else {
        take(path)
        placed.push({ id, change, path: gitPath === "" ? path : `${gitPath}/${path}`, isNew: true })
      }
    }
  }
  return { placed, refused }
}

const toldOf = ({ change, isNew, path }: Placed): ObjectChange => ({
  verb: change._tag === "RemoveDocument" ? "remove" : isNew ? "create" : "update",
  kind: kindId(change.key),
  namespace: change.key.namespace,
  name: change.key.name,
  path,
  fields: change._tag === "PatchDocument" ? change.changes : [],
  ...change.why
})

const isSame = (key: DocumentChange["key"], other: EditRefused["key"]): boolean =>
  other === undefined || formatKey(key) === formatKey(other)

/** What those are told whose wishes keep a file from being composed. */
const answersFor = (
  failure: EditOutdated | EditRefused,
  path: string,
  wishes: ReadonlyArray<Placed>
): ReadonlyArray<readonly [id: number, answer: Answer]> => {
  if (failure._tag === "EditRefused") {
    const answer = refusal(`${formatPlace({ path })}: ${failure.message}`)
    return wishes.filter(({ change }) => isSame(change.key, failure.key)).map(({ id }) => [id, answer])
  }
  const outdated = wishes.filter(({ change }) => failure.keys.some((key) => isSame(change.key, key)))
  return Array.from(Map.groupBy(outdated, ({ id }) => id), ([id, wishes]) => [
    id,
    { _tag: "DecideAgain", keys: wishes.map(({ change }) => change.key) }
  ])
}

const bytewise = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

export const draft = Effect.fnUntraced(function*(
  submissions: ReadonlyArray<Based>,
  index: ManifestIndex,
  source: ObjectStore.ObjectSource,
  options: DraftOptions
): Effect.fn.Return<Drafted, ObjectStore.ReadFault> {
  const turns = makeTurns()
  const { placed, refused } = place(submissions, index, options)
  const files = new Map<string, Buffer | undefined>()
  const owners = new Map<string, ReadonlySet<number>>()
  const byPath = Map.groupBy(placed, ({ path }) => path)
  const progress = yield* progressOf("Composed", "files", byPath.size)
  for (const [path, wishes] of byPath) {
    yield* progress(owners.size)
    owners.set(path, new Set(wishes.map(({ id }) => id)))
    const file = fileAt(index.indexed.tree, path)
    const before = file === undefined ? undefined : yield* ObjectStore.read(source, file.blob, "blob")
    const composed = composeFile(before, wishes.map(({ change }) => editOf(change)), options.defaultNamespace)
    yield* turns.spend(perFile + perByte * (before?.length ?? 0))
    if (composed._tag === "Success") {
      const after = composed.success
      if (after !== before) files.set(path, after === undefined ? undefined : Buffer.from(after))
      continue
    }
    for (const [id, answer] of answersFor(composed.failure, path, wishes)) refused.set(id, answer)
  }
  if (refused.size > 0) return { _tag: "Refused", refused }
  const told = placed.filter(({ path }) => files.has(path)).map(toldOf)
  return {
    _tag: "Drafted",
    draft: {
      files,
      owners,
      told: told.toSorted((a, b) =>
        bytewise(a.kind, b.kind) || bytewise(a.namespace, b.namespace) || bytewise(a.name, b.name)
      )
    }
  }
})
