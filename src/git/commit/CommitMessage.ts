/**
 * What a commit of ours says: a subject that tells the most in one short line, a line for each object, and trailers that name who made
 * it. Names in it come from people we don't trust, and none of them can become a trailer, another line or a comment. Pure.
 */
import { groupKind, objectId } from "../../manifest/ObjectKey.ts"
import { clipped, oneLine } from "./MessageText.ts"

export interface ObjectChange {
  readonly verb: "create" | "update" | "remove"
  /** As a `KindId`: `Deployment.apps`. */
  readonly kind: string
  /** `""` for a cluster-scoped object. */
  readonly namespace: string
  readonly name: string
  /** Of the file, from the root of the repository. */
  readonly path: string
  /** The rule that gives these fields to Git. */
  readonly rule?: string
  /** Who made the change in the cluster. */
  readonly fieldManager?: string
}

export interface MessageContent {
  /** In the order they are to be told in; at least one. */
  readonly changes: ReadonlyArray<ObjectChange>
  readonly controller: { readonly name: string; readonly version: string }
  /** Which cluster. */
  readonly cluster: string
}

/** Characters of the subject, as most programs show it whole. */
const longestSubject = 71
const mostLines = 100

const imperative = { create: "Create", update: "Update", remove: "Remove" }
const participle = { create: "created", update: "updated", remove: "removed" }

const shownKind = ({ kind }: ObjectChange): string => oneLine(groupKind(kind).kind, 63)
const shownName = ({ name, namespace }: ObjectChange): string =>
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

/** From the one that tells the most to one that always fits. */
const subjects = (changes: ReadonlyArray<ObjectChange>): ReadonlyArray<string> => {
  const verb = common(changes.map(({ verb }) => verb))
  const does = verb === undefined ? "Change" : imperative[verb]
  const kind = common(changes.map(shownKind))
  const [place, counts] = [placeOf(changes), verb === undefined ? ` (${countsOf(changes)})` : ""]
  const all = verb !== undefined && changes.length <= 2 ? [`${does} ${changes.map(shown).join(" and ")}`] : []
  if (changes.length === 1) return all
  const many = `${does} ${changes.length}`
  const ofKind = kind === undefined
    ? []
    : [`${many} ${kind} objects${place}${counts}`, `${many} ${kind} objects${place}`]
  return [...all, ...ofKind, `${many} objects${place}${counts}`, `${many} objects${place}`]
}

const subjectOf = (changes: ReadonlyArray<ObjectChange>): string => {
  const all = subjects(changes)
  return all.find((subject) => subject.length <= longestSubject) ?? clipped(all.at(-1) ?? "Update", longestSubject)
}

const lineOf = (change: ObjectChange): string => {
  const { fieldManager, kind, path, rule, verb } = change
  const why = [
    ...(rule === undefined ? [] : [`rule ${oneLine(rule, 80)}`]),
    ...(fieldManager === undefined ? [] : [`changed by ${oneLine(fieldManager, 80)}`])
  ]
  const what = `${imperative[verb]} ${oneLine(kind, 120)} ${shownName(change)} in ${oneLine(path, 200)}`
  return `- ${what}${why.length === 0 ? "" : ` (${why.join(", ")})`}`
}

export const commitMessage = ({ changes, cluster, controller }: MessageContent): string => {
  const more = changes.length - mostLines
  return [
    subjectOf(changes),
    "",
    ...changes.slice(0, mostLines).map(lineOf),
    ...(more > 0 ? [`- and ${more} more`] : []),
    "",
    `Gitops-Controller: ${oneLine(controller.name, 80)} ${oneLine(controller.version, 40)}`,
    `Gitops-Cluster: ${oneLine(cluster, 120)}`,
    ""
  ].join("\n")
}
