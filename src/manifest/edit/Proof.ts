/**
 * The same edits made on plain data, and whether a text says just that. Nothing is written to Git that has not passed
 * this.
 */
import type { Json } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"
import { readYaml, type YamlDocument } from "../Yaml.ts"
import type { WholeEdit } from "./DocumentEdit.ts"
import type { EditPlan, PlannedChange } from "./EditPlan.ts"
import { holders, type Occupant, occupants } from "./Occupants.ts"
import { sameData } from "./SameData.ts"

/** `undefined`: the document goes. */
const changed = ({ value }: YamlDocument, changes: ReadonlyArray<PlannedChange>): Json | undefined => {
  const [first] = changes
  if (first === undefined) return value
  if (first.occupant.path.length === 0 || !isObject(value)) return first.manifest
  const items = value["items"] ?? null
  if (!Array.isArray(items)) return undefined
  const byItem = new Map(changes.map(({ manifest, occupant }) => [occupant.path[1], manifest]))
  const left = items.map((item: Json, index) => byItem.has(index) ? byItem.get(index) : item)
    .filter((item) => item !== undefined)
  return left.length === 0 ? undefined : { ...value, items: left }
}

/** What the file has to say after the edits, without its empty documents. */
export const valuesAfter = (documents: ReadonlyArray<YamlDocument>, plan: EditPlan): ReadonlyArray<Json> => {
  const byDocument = Map.groupBy(plan.changes, ({ occupant }) => occupant.document)
  return [
    ...documents.map((document) => changed(document, byDocument.get(document) ?? []) ?? null)
      .filter((value) => value !== null),
    ...plan.additions.map(({ manifest }) => manifest)
  ]
}

const isDone = (edit: WholeEdit, held: ReadonlyArray<Occupant>): boolean => {
  const [first, second] = held
  if (edit._tag === "Remove") return first === undefined
  return second === undefined && first !== undefined && sameData(first.value, edit.manifest)
}

export const isProved = (
  text: string,
  expected: ReadonlyArray<Json>,
  edits: ReadonlyArray<WholeEdit>,
  defaultNamespace: string
): boolean => {
  const reading = readYaml(text)
  if (reading._tag === "Broken") return false
  const holdersOf = holders(occupants(reading.documents), defaultNamespace)
  const values = reading.documents.map(({ value }) => value).filter((value) => value !== null)
  return values.length === expected.length &&
    values.every((value, index) => sameData(value, expected[index] ?? null)) &&
    edits.every((edit) => isDone(edit, holdersOf(edit.key)))
}
