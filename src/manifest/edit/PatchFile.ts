/**
 * Changes fields of manifests that a file holds. The result is read again and compared with the same changes of plain data; what can't
 * be proved is refused.
 */
import { Result } from "effect"
import { offsetOf } from "../Candidates.ts"
import { format } from "../FieldPath.ts"
import type { Json, JsonObject } from "../Manifest.ts"
import type { Path } from "../ManifestDocument.ts"
import { isObject } from "../ServerFields.ts"
import { textPlaces } from "../TextPlaces.ts"
import { readYaml, type YamlDocument } from "../Yaml.ts"
import { lineBreakOf } from "./Assembly.ts"
import type { Patch } from "./DocumentEdit.ts"
import { EditOutdated } from "./EditOutdated.ts"
import { notItsManifest, problemOf } from "./EditPlan.ts"
import { EditRefused } from "./EditRefused.ts"
import { withChanges } from "./FieldEdits.ts"
import type { FileSource } from "./FileSource.ts"
import { holders, type Occupant, occupants } from "./Occupants.ts"
import { patchedDocument, type Rewrite } from "./PatchedDocument.ts"
import { sameData } from "./SameData.ts"

/** A manifest of the file, and what it shall say. */
interface Planned extends Rewrite {
  readonly patch: Patch
  readonly document: YamlDocument
}

const valueAt = (value: Json, path: Path): Json =>
  path.reduce<Json>(
    (inner, segment) =>
      (Array.isArray(inner) ? inner[Number(segment)] : isObject(inner) ? inner[String(segment)] : undefined) ?? null,
    value
  )

const withValueAt = (value: Json, [segment, ...rest]: Path, wanted: Json): Json => {
  if (segment === undefined) return wanted
  if (Array.isArray(value)) return value.with(Number(segment), withValueAt(value[Number(segment)], rest, wanted))
  if (!isObject(value)) return value
  const key = String(segment)
  return { ...value, [key]: withValueAt(value[key] ?? null, rest, wanted) }
}

const planOne = (
  patch: Patch,
  { document, path, value }: Occupant,
  line: number,
  defaultNamespace: string
): Result.Result<Planned | undefined, EditOutdated | EditRefused> => {
  const { changes, key, type } = patch
  const before = valueAt(document.value, path)
  if (!isObject(before)) return Result.fail(new EditOutdated({ keys: [key] }))
  const wanted = withChanges(before, changes, type)
  if (Result.isSuccess(wanted)) {
    const after: JsonObject = wanted.success
    const { apiVersion = null, kind = null } = value
    const reason = notItsManifest(key, { apiVersion, kind, ...after }, defaultNamespace)
    if (reason !== undefined) return Result.fail(new EditRefused({ key, line, reason }))
    return Result.succeed(sameData(before, after) ? undefined : { patch, document, path, before, wanted: after, type })
  }
  if (wanted.failure._tag === "Outdated") return Result.fail(new EditOutdated({ keys: [key] }))
  const reason = "several items of a list here have the same keys, so nobody can know which is meant; keep one of them"
  return Result.fail(new EditRefused({ key, path: format(wanted.failure.path), line, reason }))
}

const plan = (
  source: FileSource,
  patches: ReadonlyArray<Patch>,
  defaultNamespace: string
): Result.Result<ReadonlyArray<Planned>, EditOutdated | EditRefused> => {
  const all = occupants(source.documents)
  const placeAt = textPlaces(source.text)
  const lineOf = ({ document, path }: Occupant) => placeAt(offsetOf(document, path, source.places)).line
  const holdersOf = holders(all, defaultNamespace)
  const planned: Array<Planned> = []
  const outdated: Array<Patch["key"]> = []
  for (const patch of patches) {
    const { key } = patch
    const held = holdersOf(key)
    const [occupant] = held
    const problem = problemOf(patch, held, { occupants: all, defaultNamespace, lineOf })
    if (problem !== undefined) return Result.fail(new EditRefused({ key, ...problem }))
    const one = occupant === undefined
      ? Result.fail(new EditOutdated({ keys: [key] }))
      : planOne(patch, occupant, lineOf(occupant), defaultNamespace)
    if (Result.isSuccess(one)) {
      if (one.success !== undefined) planned.push(one.success)
    } else if (one.failure._tag === "EditOutdated") outdated.push(key)
    else return Result.fail(one.failure)
  }
  return outdated.length === 0 ? Result.succeed(planned) : Result.fail(new EditOutdated({ keys: outdated }))
}

const unproved =
  "the change can't be made on the text of this file without a change to something else in it; make it by hand"

const isProved = (text: string, source: FileSource, planned: ReadonlyArray<Planned>): boolean => {
  if (!text.isWellFormed()) return false
  const reading = readYaml(text)
  if (reading._tag === "Broken" || reading.documents.length !== source.documents.length) return false
  const byDocument = Map.groupBy(planned, ({ document }) => document)
  return source.documents.every((document, index) => {
    const expected = (byDocument.get(document) ?? []).reduce(
      (value, { path, wanted }) => withValueAt(value, path, wanted),
      document.value
    )
    return sameData(reading.documents[index]?.value ?? null, expected)
  })
}

const unique = (planned: ReadonlyArray<Planned>) => {
  const [first, second] = planned
  return first === undefined || second !== undefined ? {} : { key: first.patch.key }
}

/** The text of the file with all changes; the very same text where there is nothing to change. */
export const patchFile = (
  source: FileSource,
  patches: ReadonlyArray<Patch>,
  defaultNamespace: string
): Result.Result<string, EditOutdated | EditRefused> =>
  Result.gen(function*() {
    const planned = yield* plan(source, patches, defaultNamespace)
    if (planned.length === 0) return source.text
    const byDocument = Map.groupBy(planned, ({ document }) => document)
    const lineBreak = lineBreakOf(source.text)
    let result = ""
    let copied = 0
    for (const [index, document] of source.documents.entries()) {
      const layout = source.layouts[index]
      const mine = byDocument.get(document)
      if (layout === undefined || mine === undefined) continue
      const { closing, content } = layout
      const patched = patchedDocument(source.text.slice(content, closing), mine, lineBreak)
      if (Result.isFailure(patched)) {
        const { offset, path, reason, rewrite } = patched.failure
        const key = mine.find((one) => one === rewrite)?.patch.key
        const { line } = textPlaces(source.text)(content + offset)
        return yield* Result.fail(new EditRefused({ line, path, reason, ...(key === undefined ? {} : { key }) }))
      }
      result += source.text.slice(copied, content) + patched.success
      copied = closing
    }
    result += source.text.slice(copied)
    return isProved(result, source, planned)
      ? result
      : yield* Result.fail(new EditRefused({ reason: unproved, ...unique(planned) }))
  })
