/**
 * Decides what each edit means for a file: which of its manifests changes, and what is new. Refuses what nobody can
 * know: an object that stands twice in the file, or might stand in a document that is no valid manifest.
 */
import { Result } from "effect"
import type { JsonObject } from "../Manifest.ts"
import { readDocument } from "../ManifestDocument.ts"
import { formatKey, type ObjectKey } from "../ObjectKey.ts"
import type { DocumentEdit, WholeEdit } from "./DocumentEdit.ts"
import { EditRefused } from "./EditRefused.ts"
import { holders, isFor, type Occupant } from "./Occupants.ts"
import { sameData } from "./SameData.ts"

export interface PlannedChange {
  readonly key: ObjectKey
  readonly occupant: Occupant
  /** `undefined`: it goes. */
  readonly manifest: JsonObject | undefined
}

export interface Addition {
  readonly key: ObjectKey
  readonly manifest: JsonObject
}

export interface EditPlan {
  readonly changes: ReadonlyArray<PlannedChange>
  readonly additions: ReadonlyArray<Addition>
}

export interface PlanContext {
  readonly occupants: ReadonlyArray<Occupant>
  readonly defaultNamespace: string
  readonly lineOf: (occupant: Occupant) => number
}

/** Of several edits of one object, the last. */
export const lastOfEach = (edits: ReadonlyArray<DocumentEdit>): ReadonlyArray<DocumentEdit> => [
  ...new Map(edits.map((edit) => [formatKey(edit.key), edit])).values()
]

/** Why this can't be written as the manifest of an object, if it can't. */
export const notItsManifest = (key: ObjectKey, manifest: JsonObject, defaultNamespace: string): string | undefined => {
  const reading = readDocument(manifest)
  if (reading._tag === "Manifest" && isFor(reading.identity, key, defaultNamespace)) return undefined
  return reading._tag === "Invalid"
    ? `what should be written is no valid manifest: ${reading.problems[0]?.message ?? ""}`
    : "what should be written describes another object"
}

/** What stands in the way of an edit before its text is looked at. @param held The manifests for its object. */
export const problemOf = (
  edit: DocumentEdit,
  held: ReadonlyArray<Occupant>,
  { defaultNamespace, lineOf, occupants }: PlanContext
): { readonly reason: string; readonly line?: number } | undefined => {
  const [first, second] = held
  if (first !== undefined && second !== undefined) {
    const reason = `it is described twice in this file, here and in line ${lineOf(second)}; keep one of them`
    return { line: lineOf(first), reason }
  }
  const invalid = first === undefined ? occupants.find(({ identity }) => identity === undefined) : undefined
  if (invalid !== undefined) {
    const reason =
      "what stands here is no valid manifest, so nobody can know whether it is meant for this object; mend it first"
    return { line: lineOf(invalid), reason }
  }
  const reason = edit._tag === "Put" ? notItsManifest(edit.key, edit.manifest, defaultNamespace) : undefined
  return reason === undefined ? undefined : { reason }
}

/** @param edits At most one for each object. */
export const planEdits = (
  edits: ReadonlyArray<WholeEdit>,
  context: PlanContext
): Result.Result<EditPlan, EditRefused> => {
  const holdersOf = holders(context.occupants, context.defaultNamespace)
  const changes: Array<PlannedChange> = []
  const additions: Array<Addition> = []
  for (const edit of edits) {
    const { key } = edit
    const held = holdersOf(key)
    const problem = problemOf(edit, held, context)
    if (problem !== undefined) return Result.fail(new EditRefused({ key, ...problem }))
    const [occupant] = held
    const manifest = edit._tag === "Put" ? edit.manifest : undefined
    if (occupant === undefined) {
      if (manifest !== undefined) additions.push({ key, manifest })
    } else if (manifest === undefined || !sameData(manifest, occupant.value)) {
      changes.push({ key, occupant, manifest })
    }
  }
  return Result.succeed({ changes, additions })
}
