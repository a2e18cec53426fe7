/**
 * What a commit of ours says: a subject that tells the most in one short line, a few lines for each object, and trailers that name who made
 * it. Names and values in it come from people we don't trust, and none of them can become a trailer, another line or a comment. Pure.
 */
import type { Author } from "../GitMessages.ts"
import { imperative, shownName, subjectOf } from "./CommitSubject.ts"
import { fieldText, isSecret } from "./FieldText.ts"
import { oneLine } from "./MessageText.ts"
import type { ObjectChange } from "./ObjectChange.ts"

export interface Signatory {
  readonly controller: { readonly name: string; readonly version: string }
  /** Which cluster. */
  readonly cluster: string
}

export interface MessageContent extends Signatory {
  /** In the order they are to be told in; at least one. */
  readonly changes: ReadonlyArray<ObjectChange>
}

const mostObjects = 100
const mostFields = 10
const mostAuthors = 3
/** Characters of all objects together. */
const longestBody = 32_000

const indent = "    "

const authorText = ({ fieldManager, time }: Author): string =>
  oneLine(fieldManager, 80) + (time === undefined ? "" : ` at ${oneLine(time, 40)}`)

const changedBy = (authors: ReadonlyArray<Author>): ReadonlyArray<string> => {
  if (authors.length === 0) return []
  const more = authors.length - mostAuthors
  return [
    `changed by ${authors.slice(0, mostAuthors).map(authorText).join(", ")}${more > 0 ? ` and ${more} more` : ""}`
  ]
}

const linesOf = (change: ObjectChange): ReadonlyArray<string> => {
  const { changedBy: authors = [], fields, kind, path, remark, rule, verb } = change
  const why = [oneLine(rule, 80), ...changedBy(authors)].join(", ")
  const more = fields.length - mostFields
  return [
    `- ${imperative[verb]} ${oneLine(kind, 120)} ${shownName(change)} in ${oneLine(path, 200)} (${why})`,
    ...remark === undefined ? [] : [`${indent}${oneLine(remark, 300)}`],
    ...fields.slice(0, mostFields).map((field) => `${indent}${fieldText(field, isSecret(kind))}`),
    ...more > 0 ? [`${indent}and ${more} more`] : []
  ]
}

/** As many objects as a person may want to read. */
const bodyOf = (changes: ReadonlyArray<ObjectChange>): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let told = 0
  let length = 0
  for (const change of changes.slice(0, mostObjects)) {
    const some = linesOf(change)
    length += some.reduce((sum, line) => sum + line.length, 0)
    if (told > 0 && length > longestBody) break
    lines.push(...some)
    told += 1
  }
  return told === changes.length ? lines : [...lines, `- and ${changes.length - told} more`]
}

/** The last paragraph of every commit of ours. */
export const trailers = ({ cluster, controller }: Signatory): string =>
  [
    `Gitops-Controller: ${oneLine(controller.name, 80)} ${oneLine(controller.version, 40)}`,
    `Gitops-Cluster: ${oneLine(cluster, 120)}`,
    ""
  ].join("\n")

export const commitMessage = ({ changes, ...signatory }: MessageContent): string =>
  [subjectOf(changes), "", ...bodyOf(changes), "", trailers(signatory)].join("\n")
