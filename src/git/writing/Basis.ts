/** Whether a change still fits the tip it would be made on. Pure. */
import { isFor } from "../../manifest/edit/Occupants.ts"
import { formatPlace, type ManifestRef } from "../../manifest/Manifest.ts"
import { manifestDigest } from "../../manifest/ManifestDigest.ts"
import type { ManifestIndex } from "../../manifest/ManifestIndex.ts"
import { formatKey, kindId, type ObjectKey } from "../../manifest/ObjectKey.ts"
import type { DocumentChange, PatchDocument } from "../GitMessages.ts"
import type { Answer, Submission } from "./Submission.ts"

/** All documents of the tip that are for a key. */
export type Documents = (key: ObjectKey) => ReadonlyArray<ManifestRef>

/** The path of a file that can't be read and may hold a document for the key, if there is one. */
export type MayHold = (key: ObjectKey) => string | undefined

/** @param defaultNamespace for documents that name none */
export const documentsOf = (index: ManifestIndex, defaultNamespace: string): Documents => {
  const byName = new Map<string, ReadonlyMap<string, ReadonlyArray<ManifestRef>>>()
  const ofKind = (id: string) => {
    const known = byName.get(id)
    if (known !== undefined) return known
    const names = Map.groupBy(index.kinds.get(id) ?? [], ({ manifest }) => manifest.name)
    byName.set(id, names)
    return names
  }
  return (key) =>
    (ofKind(kindId(key)).get(key.name) ?? []).filter(({ manifest }) => isFor(manifest, key, defaultNamespace))
}

type Refused = Extract<Answer, { readonly _tag: "Refused" }>

type Verdict =
  /** It can be made; `at` is the document it changes. */
  | { readonly _tag: "Based"; readonly at: ManifestRef | undefined }
  /** The tip says so already. */
  | { readonly _tag: "Already" }
  | { readonly _tag: "Outdated" }
  | Refused

const contested = (key: ObjectKey, refs: ReadonlyArray<ManifestRef>): Refused => {
  const places = refs.map(({ manifest, path }) => formatPlace({ path, line: manifest.line })).slice(0, 3)
  return {
    _tag: "Refused",
    reason: "Contested",
    words: `${formatKey(key)} is described in ${places.join(" and in ")}; keep one of them`
  }
}

const unreadable = (key: ObjectKey, path: string): Refused => ({
  _tag: "Refused",
  reason: "Unreadable",
  words: `${formatKey(key)} may be described in ${formatPlace({ path })} already, which can't be read; mend that file`
})

const onAbsent = (change: DocumentChange, mayHold: MayHold): Verdict => {
  if (change._tag === "RemoveDocument") return { _tag: "Already" }
  if (change._tag === "PatchDocument" || change.basedOn !== undefined) return { _tag: "Outdated" }
  const path = mayHold(change.key)
  return path === undefined ? { _tag: "Based", at: undefined } : unreadable(change.key, path)
}

const judge = (change: DocumentChange, documents: Documents, mayHold: MayHold): Verdict => {
  const refs = documents(change.key)
  const [ref, rival] = refs
  if (ref === undefined) return onAbsent(change, mayHold)
  if (rival !== undefined) return contested(change.key, refs)
  // Whether its fields are still what they were shows when they are changed.
  if (change._tag === "PatchDocument") return { _tag: "Based", at: ref }
  const { digest } = ref.manifest
  if (change._tag === "PutDocument" && digest === manifestDigest(change.manifest)) return { _tag: "Already" }
  return digest === change.basedOn ? { _tag: "Based", at: ref } : { _tag: "Outdated" }
}

/** A change that can be made, and the document it changes, if there is one. */
export interface BasedChange {
  readonly change: DocumentChange
  readonly at: ManifestRef | undefined
}

export type Judgement =
  | { readonly _tag: "Settled"; readonly answer: Answer }
  /** Without what the tip says already. */
  | { readonly _tag: "Based"; readonly changes: ReadonlyArray<BasedChange> }

/** All of a submission, or nothing of it. @param commit the tip's */
export const judgeAll = (
  { changes }: Submission,
  commit: string | undefined,
  documents: Documents,
  mayHold: MayHold
): Judgement => {
  const verdicts = changes.map((change) => ({ change, verdict: judge(change, documents, mayHold) }))
  const refused = verdicts.map(({ verdict }) => verdict).find((verdict) => verdict._tag === "Refused")
  if (refused !== undefined) return { _tag: "Settled", answer: refused }
  const outdated = verdicts.filter(({ verdict }) => verdict._tag === "Outdated")
  if (outdated.length > 0)
    return { _tag: "Settled", answer: { _tag: "DecideAgain", keys: outdated.map(({ change }) => change.key) } }
  const based = verdicts.flatMap(({ change, verdict }) => verdict._tag === "Based" ? [{ change, at: verdict.at }] : [])
  if (based.length > 0) return { _tag: "Based", changes: based }
  return commit === undefined
    ? { _tag: "Settled", answer: { _tag: "DecideAgain", keys: changes.map(({ key }) => key) } }
    : { _tag: "Settled", answer: { _tag: "Committed", commit } }
}

/** Whether the document says already what a patch would make of it. */
export type IsPatched = (patch: PatchDocument, at: ManifestRef) => boolean

const isThere = (change: DocumentChange, documents: Documents, isPatched: IsPatched): boolean => {
  const [ref, rival] = documents(change.key)
  if (change._tag === "RemoveDocument") return ref === undefined
  if (ref === undefined || rival !== undefined) return false
  return change._tag === "PatchDocument"
    ? isPatched(change, ref)
    : ref.manifest.digest === manifestDigest(change.manifest)
}

/** After a push of which nobody knows whether it came through: what the tip says counts, and nothing is tried again. */
export const compare = (
  { changes }: Submission,
  commit: string | undefined,
  documents: Documents,
  isPatched: IsPatched
): Answer => {
  const missing = changes.filter((change) => !isThere(change, documents, isPatched))
  return commit === undefined || missing.length > 0
    ? { _tag: "DecideAgain", keys: (missing.length > 0 ? missing : changes).map(({ key }) => key) }
    : { _tag: "Committed", commit }
}
