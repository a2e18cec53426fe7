/**
 * The commit that the controller would make of what goes to Git, were it all committed at once: by the functions that it composes its own
 * commits with, on the text of the files. What can't be written is told object by object.
 */
import { Effect } from "effect"
import { commitMessage } from "../../git/commit/CommitMessage.ts"
import type { Author, DocumentChange } from "../../git/GitMessages.ts"
import { GitOptions } from "../../git/GitOptions.ts"
import * as ObjectStore from "../../git/objects/ObjectStore.ts"
import * as Basis from "../../git/writing/Basis.ts"
import { type Based, draft, type Drafted } from "../../git/writing/Drafting.ts"
import { lacking } from "../../git/writing/Requirements.ts"
import { type Answer, makeSubmission } from "../../git/writing/Submission.ts"
import { unreadable } from "../../git/writing/Unreadable.ts"
import type { Stage } from "../../kind/Stage.ts"
import { fileAt } from "../../manifest/FileTree.ts"
import { formatPlace } from "../../manifest/Manifest.ts"
import type { ManifestIndex } from "../../manifest/ManifestIndex.ts"
import { formatKey, kindId, objectId } from "../../manifest/ObjectKey.ts"
import { version } from "../../version.ts"
import { Survey } from "../Survey.ts"
import type { Outcome, PlannedCommit, PlannedFile, PlannedObject } from "./Plan.ts"
import { unifiedDiff } from "./PlanUnifiedDiff.ts"

/** What a kind would ask of the Git actor. */
export interface ToGit {
  readonly stage: Stage
  readonly change: DocumentChange
}

export interface Written {
  readonly commit: PlannedCommit | undefined
  readonly objects: ReadonlyArray<PlannedObject>
}

type Draft = Extract<Drafted, { readonly _tag: "Drafted" }>["draft"]

const managersOf = (authors: ReadonlyArray<Author> | undefined) => [
  ...new Set((authors ?? []).map(({ fieldManager }) => fieldManager))
]

const writeOf = (change: DocumentChange): Outcome => ({
  _tag: "Write",
  isNew: change._tag === "PutDocument" && change.basedOn === undefined,
  fields: change._tag === "PatchDocument" ? change.changes.map(({ path }) => path) : [],
  setBy: managersOf(change.why.changedBy),
  remark: change.why.remark
})

const waitOf = (change: DocumentChange): Outcome => {
  const needs = change._tag === "PutDocument" ? change.needs ?? [] : []
  return { _tag: "Waiting", reason: `goes to Git together with ${needs.map(formatKey).join(" and ")}, which can't yet` }
}

/** Of a wish that isn't in the commit. What Git says already needs none. */
const outcomeOf = (answer: Answer): Outcome => {
  switch (answer._tag) {
    case "Refused":
      return { _tag: "Refused", reason: answer.words }
    case "DecideAgain":
      return { _tag: "Waiting", reason: "its document changed while this was looked at; plan again" }
    case "Committed":
    case "Replaced":
    case "Withdrawn":
      return { _tag: "InStep" }
  }
}

const textOf = (bytes: Uint8Array | undefined) => bytes === undefined ? "" : Buffer.from(bytes).toString("utf8")

/** Files in which a Secret stands, whose values may not be told. */
const secretive = ({ kinds }: ManifestIndex): ReadonlySet<string> =>
  new Set((kinds.get("Secret") ?? []).map(({ path }) => path))

const plannedFiles = Effect.fnUntraced(
  function*({ files }: Draft, index: ManifestIndex, source: ObjectStore.ObjectSource) {
    const concealed = secretive(index)
    const planned = yield* Effect.forEach(files, ([path, after]) =>
      Effect.gen(function*() {
        const file = fileAt(index.indexed.tree, path)
        const before = file === undefined ? undefined : yield* ObjectStore.read(source, file.blob, "blob")
        return {
          path,
          action: before === undefined ? "add" : after === undefined ? "remove" : "change",
          diff: concealed.has(path) ? undefined : unifiedDiff(textOf(before), textOf(after))
        } satisfies PlannedFile
      }))
    return planned.toSorted((a, b) => a.path < b.path ? -1 : 1)
  }
)

/** All that can go into one commit, and what becomes of the rest. */
const drafted = Effect.fnUntraced(
  function*(wishes: ReadonlyArray<ToGit>, index: ManifestIndex, source: ObjectStore.ObjectSource) {
    const options = yield* GitOptions
    const documents = Basis.documentsOf(index, options.defaultNamespace)
    const mayHold = yield* unreadable(index, source)
    const settled = new Map<number, Answer>()
    const based = wishes.flatMap(({ change }, id): ReadonlyArray<Based> => {
      const submission = makeSubmission(id, kindId(change.key), { _tag: "Documents", changes: [change] }, 0)
      const judgement = Basis.judgeAll(submission, "the tip", documents, mayHold)
      if (judgement._tag === "Based") return [{ id, changes: judgement.changes }]
      settled.set(id, judgement.answer)
      return []
    })
    const waiting = new Set<number>()
    while (true) {
      const left = based.filter(({ id }) => !settled.has(id) && !waiting.has(id))
      if (left.length === 0) return { settled, waiting, draft: undefined }
      const short = lacking(left, documents)
      for (const id of short) waiting.add(id)
      if (short.size > 0) continue
      const made = yield* draft(left, index, source, options)
      if (made._tag === "Drafted") return { settled, waiting, draft: made.draft }
      for (const [id, answer] of made.refused) settled.set(id, answer)
    }
  }
)

/** Where each object's document stands, or will. */
const placesOf = (made: Draft | undefined, index: ManifestIndex, defaultNamespace: string) => {
  const documents = Basis.documentsOf(index, defaultNamespace)
  const told = new Map(
    made?.told.map(({ kind, name, namespace, path }) => [`${kind} ${objectId(namespace, name)}`, path])
  )
  return (key: DocumentChange["key"]): string | undefined => {
    const refs = documents(key).map(({ manifest, path }) => formatPlace({ path, line: manifest.line }))
    return refs.length > 0 ? refs.join(" and ") : told.get(formatKey(key))
  }
}

export interface CommitCircumstances {
  /** Id of the cluster, for the message. */
  readonly cluster: string
  /** Why the commit would not be made now. */
  readonly obstacle: string | undefined
}

export const planCommit = Effect.fnUntraced(function*(
  wishes: ReadonlyArray<ToGit>,
  { cluster, obstacle }: CommitCircumstances
) {
  if (wishes.length === 0) return { commit: undefined, objects: [] } satisfies Written
  const { files, tip: { branch, index } } = yield* Survey
  const { defaultNamespace, name } = yield* GitOptions
  const documents = Basis.documentsOf(index, defaultNamespace)
  const source = yield* files([
    ...wishes.flatMap(({ change }) => documents(change.key).map(({ path }) => path)),
    ...index.problems.map(({ path }) => path)
  ])
  const { draft: made, settled, waiting } = yield* drafted(wishes, index, source)
  const placeOf = placesOf(made, index, defaultNamespace)
  const objects = wishes.map(({ change, stage }, id): PlannedObject => {
    const answer = settled.get(id)
    const { key } = change
    return {
      stage,
      kind: kindId(key),
      object: objectId(key.namespace, key.name),
      place: placeOf(key),
      outcome: waiting.has(id) ? waitOf(change) : answer === undefined ? writeOf(change) : outcomeOf(answer)
    }
  })
  if (made === undefined || made.files.size === 0) return { commit: undefined, objects } satisfies Written
  const message = commitMessage({ changes: made.told, cluster, controller: { name, version } })
  const commit = { obstacle, branch, message, files: yield* plannedFiles(made, index, source) }
  return { commit, objects } satisfies Written
  // What was just read is there
}, Effect.catchTags({ Missing: Effect.die, Damaged: Effect.die }))
