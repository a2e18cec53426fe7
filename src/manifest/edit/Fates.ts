/** What becomes of the text of each document of a file when its manifests change. */
import { Result } from "effect"
import { offsetOf } from "../Candidates.ts"
import type { JsonObject } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"
import { textPlaces } from "../TextPlaces.ts"
import { type Fate, lineBreakOf } from "./Assembly.ts"
import type { PlannedChange } from "./EditPlan.ts"
import { EditRefused } from "./EditRefused.ts"
import type { FileSource } from "./FileSource.ts"
import { isJson, jsonIndentOf, jsonText } from "./JsonLayout.ts"
import { type ItemChanges, type ListText, rewriteItems } from "./ListItems.ts"
import { yamlText } from "./YamlText.ts"

const kept: Fate = { _tag: "Kept" }
const gone: Fate = { _tag: "Gone" }

const endsLine = /[\r\n]$/

/** As JSON where the old text was JSON. */
const rewritten = (old: string, manifest: JsonObject): string =>
  isJson(old)
    ? jsonText(manifest, jsonIndentOf(old), "") + (endsLine.test(old) ? "\n" : "")
    : yamlText(manifest)

const cantBeEdited =
  "this list isn't written with each item in lines of its own and the dash in front of its first key; move the object into a document of its own"

/** A list in the text, if its items are all objects and stand directly in the document. */
const listIn = (source: FileSource, index: number): ListText | undefined => {
  const { documents, layouts, places, text, tokens } = source
  const [document, layout] = [documents[index], layouts[index]]
  if (document === undefined || layout === undefined || !isObject(document.value)) return undefined
  const list = document.value["items"]
  if (!Array.isArray(list) || !list.every(isObject)) return undefined
  const items = list.map((_, at) => offsetOf(document, ["items", at], places))
  const behind = [...places.get(document.value)?.values() ?? []].filter((offset) => offset > (items.at(-1) ?? 0))
  const next = behind.length === 0 ? undefined : Math.min(...behind)
  return { text, tokens, content: layout.content, contentEnd: layout.contentEnd, items, next }
}

const listFate = (
  source: FileSource,
  index: number,
  changes: ReadonlyArray<PlannedChange>
): Result.Result<Fate, EditRefused> => {
  const [first] = changes
  const list = changes.every(({ occupant }) => occupant.path.length === 2) ? listIn(source, index) : undefined
  const refused = (offset: number): EditRefused =>
    new EditRefused({
      reason: cantBeEdited,
      line: textPlaces(source.text)(offset).line,
      ...(first === undefined ? {} : { key: first.key })
    })
  if (list === undefined) return Result.fail(refused(source.documents[index]?.offset ?? 0))
  const byItem: ItemChanges = new Map(changes.map(({ manifest, occupant }) => [Number(occupant.path[1]), manifest]))
  if (list.items.every((_, at) => byItem.has(at) && byItem.get(at) === undefined)) return Result.succeed(gone)
  return Result.mapBoth(rewriteItems(list, byItem, lineBreakOf(source.text)), {
    onFailure: ({ offset }) => refused(offset),
    onSuccess: (text): Fate => ({ _tag: "Rewritten", text })
  })
}

const fateOf = (
  source: FileSource,
  index: number,
  changes: ReadonlyArray<PlannedChange>
): Result.Result<Fate, EditRefused> => {
  const [first] = changes
  if (first === undefined) return Result.succeed(kept)
  if (first.occupant.path.length > 0) return listFate(source, index, changes)
  if (first.manifest === undefined) return Result.succeed(gone)
  const { content = 0, contentEnd = 0 } = source.layouts[index] ?? {}
  const text = rewritten(source.text.slice(content, contentEnd), first.manifest)
  return Result.succeed({ _tag: "Rewritten", text: text.replaceAll("\n", lineBreakOf(source.text)) })
}

/** One for each document. A list whose last item goes, goes too. */
export const fatesOf = (
  source: FileSource,
  changes: ReadonlyArray<PlannedChange>
): Result.Result<ReadonlyArray<Fate>, EditRefused> => {
  const byDocument = Map.groupBy(changes, ({ occupant }) => occupant.document)
  return Result.all(source.documents.map((document, index) => fateOf(source, index, byDocument.get(document) ?? [])))
}
