/** The first line of a commit message: the one that tells the most of those that fit into a short line. Pure. */
import { groupKind, objectId } from "../../manifest/ObjectKey.ts"
import { fieldName, isSecret, valueText } from "./FieldText.ts"
import { clipped, oneLine } from "./MessageText.ts"
import type { ObjectChange } from "./ObjectChange.ts"

/** Characters, as most programs show it whole. */
const longest = 71

export const imperative = { create: "Create", update: "Update", remove: "Remove" }
const participle = { create: "created", update: "updated", remove: "removed" }

const shownKind = ({ kind }: ObjectChange): string => oneLine(groupKind(kind).kind, 63)
export const shownName = ({ name, namespace }: ObjectChange): string =>
  objectId(namespace === "" ? "" : oneLine(namespace, 63), oneLine(name, 120))
const shown = (change: ObjectChange): string => `${shownKind(change)} ${shownName(change)}`

/** What all of them have in common. */
const common = <A>(values: ReadonlyArray<A>): A | undefined => {
  const different = new Set(values)
  return different.size === 1 ? values[0] : undefined
}

const placeOf = (changes: ReadonlyArray<ObjectChange>): string => {
  const namespaces = new Set(changes.map(({ namespace }) => namespace))
  const [first = ""] = namespaces
  if (namespaces.size === 1) return first === "" ? "" : ` in ${oneLine(first, 63)}`
  return namespaces.has("") ? "" : ` in ${namespaces.size} namespaces`
}

const countsOf = (changes: ReadonlyArray<ObjectChange>): string => {
  const counts = (["create", "update", "remove"] as const).flatMap((verb) => {
    const count = changes.filter((change) => change.verb === verb).length
    return count === 0 ? [] : [`${count} ${participle[verb]}`]
  })
  return counts.join(", ")
}

const namesOf = ({ fields }: ObjectChange): ReadonlyArray<string> => [
  ...new Set(fields.map(({ path }) => fieldName(path)))
]

/** The one field that changed: `Set image of Deployment shop/web to nginx:1.28`. */
const ofField = (change: ObjectChange): ReadonlyArray<string> => {
  const [field, second] = change.fields
  if (field === undefined || second !== undefined) return []
  const of = `${fieldName(field.path)} of ${shown(change)}`
  if (field._tag === "Remove") return [`Remove ${of}`]
  const value = field._tag === "Set" && !isSecret(change.kind) ? valueText(field.value) : undefined
  return value === undefined ? [`Update ${of}`] : [`Set ${of} to ${value}`, `Set ${of}`]
}

/** A few fields by name: `Update image and replicas of Deployment shop/web`. */
const ofFields = (change: ObjectChange): ReadonlyArray<string> => {
  const names = namesOf(change)
  if (names.length === 0 || names.length > 3) return []
  const last = names.at(-1) ?? ""
  const list = names.length === 1 ? last : `${names.slice(0, -1).join(", ")} and ${last}`
  return [`Update ${list} of ${shown(change)}`]
}

/** One field of many objects: `Update image of 12 Deployment objects in shop`. */
const sharedField = (changes: ReadonlyArray<ObjectChange>): string | undefined => {
  const names = changes.map(namesOf)
  return names.every(({ length }) => length === 1) ? common(names.flat()) : undefined
}

/** From the one that tells the most to one that always fits. */
const subjects = (changes: ReadonlyArray<ObjectChange>): ReadonlyArray<string> => {
  const [first, second] = changes
  const verb = common(changes.map(({ verb }) => verb))
  const does = verb === undefined ? "Change" : imperative[verb]
  if (first !== undefined && second === undefined)
    return [...ofField(first), ...ofFields(first), `${does} ${shown(first)}`]
  const kind = common(changes.map(shownKind))
  const [place, counts] = [placeOf(changes), verb === undefined ? ` (${countsOf(changes)})` : ""]
  const both = verb !== undefined && changes.length === 2 ? [`${does} ${changes.map(shown).join(" and ")}`] : []
  const field = sharedField(changes)
  const many = `${changes.length}`
  const ofKind = kind === undefined
    ? []
    : [
      ...field === undefined ? [] : [`Update ${field} of ${many} ${kind} objects${place}`],
      `${does} ${many} ${kind} objects${place}${counts}`,
      `${does} ${many} ${kind} objects${place}`
    ]
  return [...both, ...ofKind, `${does} ${many} objects${place}${counts}`, `${does} ${many} objects${place}`]
}

export const subjectOf = (changes: ReadonlyArray<ObjectChange>): string => {
  const all = subjects(changes)
  return all.find((subject) => subject.length <= longest) ?? clipped(all.at(-1) ?? "Update", longest)
}
