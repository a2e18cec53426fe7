/**
 * All edits of one file at once, on its text: only the bytes that must change do. The result is read again and compared
 * with the same edits of plain data; what can't be proved is refused, and so is what a person has to mend first.
 */
import { Result } from "effect"
import { offsetOf } from "../Candidates.ts"
import { readText, tooLarge } from "../FileText.ts"
import { textPlaces } from "../TextPlaces.ts"
import { assemble, lineBreakOf } from "./Assembly.ts"
import type { DocumentEdit, Patch, WholeEdit } from "./DocumentEdit.ts"
import type { EditOutdated } from "./EditOutdated.ts"
import { type EditPlan, lastOfEach, planEdits } from "./EditPlan.ts"
import { EditRefused } from "./EditRefused.ts"
import { fatesOf } from "./Fates.ts"
import { type FileSource, openFile } from "./FileSource.ts"
import { isJson } from "./JsonLayout.ts"
import { occupants } from "./Occupants.ts"
import { patchFile } from "./PatchFile.ts"
import { isProved, valuesAfter } from "./Proof.ts"
import { yamlText } from "./YamlText.ts"

const isJsonFile = ({ layouts, text }: FileSource): boolean => {
  const [only, second] = layouts
  return only !== undefined && second === undefined && only.front === only.mark &&
    isJson(text.slice(only.content, only.contentEnd))
}

const planFor = (
  source: FileSource,
  edits: ReadonlyArray<WholeEdit>,
  defaultNamespace: string
): Result.Result<EditPlan, EditRefused> => {
  const placeAt = textPlaces(source.text)
  const plan = planEdits(edits, {
    occupants: occupants(source.documents),
    defaultNamespace,
    lineOf: ({ document, path }) => placeAt(offsetOf(document, path, source.places)).line
  })
  const [addition] = Result.isSuccess(plan) ? plan.success.additions : []
  if (addition === undefined || !isJsonFile(source)) return plan
  const reason = "this file is JSON, where no second document can stand; give the object a file of its own"
  return Result.fail(new EditRefused({ key: addition.key, reason }))
}

const compose = (source: FileSource, plan: EditPlan): Result.Result<string, EditRefused> =>
  Result.map(fatesOf(source, plan.changes), (fates) => {
    const lineBreak = lineBreakOf(source.text)
    const added = plan.additions.map(({ manifest }) => yamlText(manifest).replaceAll("\n", lineBreak))
    return assemble(source.text, source.layouts, fates, added)
  })

const unproved =
  "the change can't be made on the text of this file without a change to something else in it; make it by hand, or give the object a file of its own"

const bytesOf = ({ byteOrderMark }: FileSource, text: string): Buffer =>
  Buffer.from((byteOrderMark ? "\ufeff" : "") + text)

const accepted = (
  source: FileSource,
  plan: EditPlan,
  edits: ReadonlyArray<WholeEdit>,
  defaultNamespace: string,
  composed: string
): Result.Result<Uint8Array | undefined, EditRefused> => {
  const expected = valuesAfter(source.documents, plan)
  if (expected.length === 0) return Result.succeed(undefined)
  const bytes = bytesOf(source, composed)
  const large = tooLarge(bytes.length)
  if (large !== undefined) return Result.fail(new EditRefused({ reason: large }))
  const [key, another] = [...plan.changes, ...plan.additions].map((change) => change.key)
  const file = readText(bytes)
  return file._tag === "Text" && isProved(file.text, expected, edits, defaultNamespace)
    ? Result.succeed(bytes)
    : Result.fail(new EditRefused({ reason: unproved, ...(key === undefined || another !== undefined ? {} : { key }) }))
}

const withPatches = (
  source: FileSource,
  bytes: Uint8Array,
  patches: ReadonlyArray<Patch>,
  defaultNamespace: string
): Result.Result<Uint8Array, EditOutdated | EditRefused> =>
  Result.flatMap(patchFile(source, patches, defaultNamespace), (text) => {
    if (text === source.text) return Result.succeed(bytes)
    const patched = bytesOf(source, text)
    const large = tooLarge(patched.length)
    return large === undefined ? Result.succeed(patched) : Result.fail(new EditRefused({ reason: large }))
  })

const withWholes = (
  source: FileSource,
  bytes: Uint8Array | undefined,
  edits: ReadonlyArray<WholeEdit>,
  defaultNamespace: string
): Result.Result<Uint8Array | undefined, EditRefused> =>
  Result.gen(function*() {
    const plan = yield* planFor(source, edits, defaultNamespace)
    if (plan.changes.length + plan.additions.length === 0) return bytes
    const composed = yield* compose(source, plan)
    return yield* accepted(source, plan, edits, defaultNamespace, composed)
  })

/**
 * The file after all edits, or why one of them can't be made; then none is. Of several edits of one object the last
 * counts. What changes nothing in the data changes no byte: the very same bytes are given back.
 * @param bytes `undefined`: there is no such file yet.
 * @returns `undefined`: no document is left, so the file goes, whatever comments it held.
 */
export const composeFile = (
  bytes: Uint8Array | undefined,
  edits: ReadonlyArray<DocumentEdit>,
  defaultNamespace: string
): Result.Result<Uint8Array | undefined, EditOutdated | EditRefused> =>
  Result.gen(function*() {
    const wanted = lastOfEach(edits)
    const patches = wanted.filter((edit) => edit._tag === "Patch")
    const wholes = wanted.filter((edit) => edit._tag !== "Patch")
    const before = bytes ?? new Uint8Array()
    const source = yield* openFile(before)
    if (patches.length === 0) return yield* withWholes(source, bytes, wholes, defaultNamespace)
    const patched = yield* withPatches(source, before, patches, defaultNamespace)
    if (wholes.length === 0) return patched
    return yield* withWholes(yield* openFile(patched), patched, wholes, defaultNamespace)
  })
