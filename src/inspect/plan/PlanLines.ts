/** What the plan says of one object, as lines for people: a head, and below it field by field. Pure. */
import { isList } from "../../kubernetes/fields/JsonValue.ts"
import { yamlText } from "../../manifest/edit/YamlText.ts"
import { format, formatStep } from "../../manifest/FieldPath.ts"
import { encodeJson } from "../../manifest/JsonText.ts"
import type { Json } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import {
  actionOf,
  type PlanAction,
  type PlannedChange,
  type PlannedFile,
  type PlannedObject,
  type Setter,
  type Touch
} from "./Plan.ts"
import { lineDiff } from "./PlanLineDiff.ts"

const signs: Readonly<Record<PlanAction, string>> = {
  "create": "+",
  "change": "~",
  "release": "-",
  "take over": "=",
  "write": ">",
  "in step": " ",
  "refused": "!",
  "waiting": "?",
  "held": ".",
  "delete": "x"
}

/** Longer values stand on lines of their own. */
const longestInline = 80
const longestLine = 240
const mostLines = 60
const mostOfFile = 200
const mostPaths = 5

/** What could move the cursor, or hide what stands behind it, is made visible. */
const printable = (text: string) => text.replace(/\t/g, "    ").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd")

const shortened = (line: string) => line.length > longestLine ? `${line.slice(0, longestLine)} ...` : line

/** JSON in one line, or YAML where that is long. */
const valueLines = (value: Json): ReadonlyArray<string> => {
  const text = encodeJson(value)
  if (text.length <= longestInline) return [text]
  if (isObject(value)) return yamlText(value).trimEnd().split("\n")
  return isList(value) ? yamlText({ list: value }).trimEnd().split("\n").slice(1) : [text]
}

const isText = (value: Json | undefined): value is string => typeof value === "string" && value.includes("\n")

const linesOf = (value: Json | undefined): ReadonlyArray<string> => {
  if (value === undefined) return []
  return isText(value) ? value.replace(/\n$/, "").split("\n") : valueLines(value)
}

const bounded = (lines: ReadonlyArray<string>, most: number): ReadonlyArray<string> =>
  lines.length > most
    ? [...lines.slice(0, most), `  ... and ${lines.length - most} more lines`]
    : lines

const block = (head: string, lines: ReadonlyArray<string>): ReadonlyArray<string> => [
  `${head}:`,
  ...bounded(lines, mostLines).map((line) => shortened(printable(`  ${line}`)))
]

const inline = (value: Json): string | undefined => {
  const lines = linesOf(value)
  return lines.length === 1 && !isText(value) ? printable(encodeJson(value)) : undefined
}

const setterText = ({ manager, mayReturn }: Setter) => mayReturn ? `${manager}, which may set it again` : manager

const setBy = (setters: ReadonlyArray<Setter>) =>
  setters.length === 0 ? "" : `   (set by ${setters.map(setterText).join("; ")})`

const oneSided = (sign: "+" | "-", path: string, value: Json, tail: string): ReadonlyArray<string> => {
  const short = inline(value)
  return short === undefined
    ? block(`${sign} ${path}${tail}`, linesOf(value).map((line) => `${sign} ${line}`))
    : [shortened(`${sign} ${path}: ${short}`) + tail]
}

const changedLines = (path: string, before: Json, after: Json, tail: string): ReadonlyArray<string> => {
  const [old, fresh] = [inline(before), inline(after)]
  return old !== undefined && fresh !== undefined && old.length + fresh.length <= longestInline
    ? [`~ ${path}: ${old} → ${fresh}${tail}`]
    : block(`~ ${path}${tail}`, lineDiff(linesOf(before), linesOf(after)))
}

const hiddenSigns = { Added: "+", Removed: "-", Changed: "~", Ordered: "~" } as const
const hiddenWords = { Added: "is added", Removed: "is removed", Changed: "changes", Ordered: "changes" } as const

const changeLines = (change: PlannedChange): ReadonlyArray<string> => {
  const path = format(change.path)
  const tail = setBy(change.setBy)
  if (change.isHidden) return [`${hiddenSigns[change._tag]} ${path}: (hidden), ${hiddenWords[change._tag]}${tail}`]
  switch (change._tag) {
    case "Added":
      return oneSided("+", path, change.after, tail)
    case "Removed":
      return oneSided("-", path, change.before, tail)
    case "Changed":
      return changedLines(path, change.before, change.after, tail)
    case "Ordered":
      return [shortened(`~ ${path}: in the order ${change.order.map(formatStep).join(", ")}`) + tail]
  }
}

const pathList = (paths: ReadonlyArray<string>) =>
  paths.length > mostPaths
    ? `${paths.slice(0, mostPaths).join(", ")} and ${paths.length - mostPaths} more`
    : paths.join(", ")

const stayText = (stays: Json | undefined, isHidden: boolean) => {
  if (stays === undefined) return "has no value"
  return `stays ${isHidden ? "(hidden)" : shortened(printable(encodeJson(stays)))}`
}

const unknownOwners =
  "who owns which field is not known, as somebody took metadata.managedFields away: nothing is let go of or removed"

const touchLines = ({ changes, ownerUnknown, released, taken }: Touch): ReadonlyArray<string> => [
  ...changes.flatMap(changeLines),
  ...released.map(({ isHidden, path, stays }) => `released ${format(path)}: ${stayText(stays, isHidden)}`),
  ...(ownerUnknown ? [unknownOwners] : []),
  ...taken.map(({ manager, paths }) => `taken over from ${manager}: ${pathList(paths.map(format))}`)
]

const writeLines = (
  { fields, isNew, remark, setBy }: Extract<PlannedObject["outcome"], { readonly _tag: "Write" }>
) => {
  const what = isNew ? "a new document" : pathList(fields.map(format))
  const who = setBy.length === 0 ? "" : `   (set by ${setBy.map(printable).join(", ")})`
  return [`${what}${who}`, ...remark === undefined ? [] : [printable(remark)]]
}

/** What is told of a file that is not shown. */
const concealed = "there is a Secret in this file, so its text is not shown"

/** As `git diff` has it. */
export const fileLines = ({ action, diff, path }: PlannedFile): ReadonlyArray<string> => [
  action === "add" ? "--- /dev/null" : `--- a/${printable(path)}`,
  action === "remove" ? "+++ /dev/null" : `+++ b/${printable(path)}`,
  ...diff === undefined
    ? [concealed]
    : bounded(diff, mostOfFile).map((line) => shortened(printable(line.replace(/\r$/, ""))))
]

export interface ObjectLines {
  /** `+ create ConfigMap shop/web`. */
  readonly head: string
  readonly place: string | undefined
  readonly body: ReadonlyArray<string>
}

const bodyOf = ({ outcome }: PlannedObject): ReadonlyArray<string> => {
  switch (outcome._tag) {
    case "Create":
      return outcome.givenBack.length === 0 ? [] : [`then let go of: ${pathList(outcome.givenBack.map(format))}`]
    case "InStep":
      return []
    case "Write":
      return writeLines(outcome)
    case "Touch":
      return touchLines(outcome)
    case "Refused":
    case "Waiting":
    case "Held":
    case "Delete":
      return outcome.reason.split("\n").map(printable)
  }
}

/** `undefined` for what is in step. */
export const objectLines = (object: PlannedObject): ObjectLines | undefined => {
  const action = actionOf(object.outcome)
  if (action === "in step") return undefined
  const after = object.outcome._tag === "Create" ? object.outcome.after : undefined
  const when = after === undefined ? "" : ` (after ${after})`
  return {
    head: `${signs[action]} ${action} ${object.kind} ${object.object}${when}`,
    place: object.place,
    body: bodyOf(object)
  }
}
