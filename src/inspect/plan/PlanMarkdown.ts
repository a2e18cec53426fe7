/** The plan as Markdown for a comment: each object folds, and all of it stays below what a comment may hold. Pure. */
import { counted } from "../../manifest/counted.ts"
import { type Plan, type PlannedCommit, summaryOf } from "./Plan.ts"
import { fileLines, type ObjectLines, objectLines } from "./PlanLines.ts"
import { faultSections, otherSections, type Section } from "./PlanText.ts"

/** GitHub takes 65,536 characters, and others add their own. */
const mostCharacters = 60_000
/** Of one object or section, so that one alone can't crowd out all others. */
const mostOfOne = 10_000
/** For what joins all of it. */
const reserve = 200

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("`", "&#96;")
    .replaceAll("@", "@&#8203;")

/** Longer than any run of backticks inside. */
const fenceFor = (text: string): string =>
  "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)))

/** Highlighted as a difference; `~` and notes stand out with `!`. */
const coloured = (line: string) => line.startsWith("~ ") ? `!${line.slice(1)}` : line

const fenced = (lines: ReadonlyArray<string>, language = "diff"): string => {
  const kept: Array<string> = []
  let length = 0
  for (const line of lines.map(coloured)) {
    length += line.length + 1
    if (length > mostOfOne) break
    kept.push(line)
  }
  const left = lines.length - kept.length
  const text = [...kept, ...(left === 0 ? [] : [`... and ${counted(left, "more line")}`])].join("\n")
  return `${fenceFor(text)}${language}\n${text}\n${fenceFor(text)}`
}

const objectBlock = ({ body, head, place }: ObjectLines): string => {
  const title = `<code>${escaped(head)}</code>${place === undefined ? "" : ` ${escaped(place)}`}`
  return body.length === 0
    ? `- ${title}`
    : `<details><summary>${title}</summary>\n\n${fenced(body)}\n\n</details>`
}

const sectionBlock = ([title, remarks]: Section): ReadonlyArray<string> =>
  remarks.length === 0
    ? []
    : [`**${title}**\n\n${fenced(remarks.map(({ message, place }) => `${place}: ${message}`))}`]

/** The message, and a block for each file. */
const commitBlocks = ({ branch, files, message, obstacle }: PlannedCommit): ReadonlyArray<string> => [
  ...obstacle === undefined ? [] : [`**The commit would not be made now:** ${escaped(obstacle)}`],
  `**To Git, branch ${escaped(branch)}, in a commit:**\n\n${fenced(message.trimEnd().split("\n"), "")}`,
  ...files.map((file) =>
    `<details><summary><code>${escaped(file.path)}</code></summary>\n\n${fenced(fileLines(file))}\n\n</details>`
  )
]

/** As many blocks as there is room for. */
const fitting = (blocks: ReadonlyArray<string>, room: number): ReadonlyArray<string> => {
  const kept: Array<string> = []
  let length = 0
  for (const block of blocks) {
    length += block.length + 2
    if (length > room) break
    kept.push(block)
  }
  return kept
}

/** Without the last line break. What a person has to mend comes first; what finds no room is counted. */
export const planMarkdown = (plan: Plan): string => {
  const head = [
    `### ${summaryOf(plan)}`,
    `From ${escaped(plan.origin)}<br>to ${escaped(plan.cluster)}`,
    ...(plan.obstacle === undefined ? [] : [`**Nothing of this would be done now:** ${escaped(plan.obstacle)}`]),
    ...plan.notes.map((note) => `_${escaped(note)}_`),
    ...faultSections(plan).flatMap(sectionBlock)
  ]
  const objects = plan.objects.flatMap((object) => {
    const lines = objectLines(object)
    return lines === undefined ? [] : [objectBlock(lines)]
  })
  const files = plan.commit === undefined ? [] : commitBlocks(plan.commit)
  const foot = otherSections(plan).flatMap(sectionBlock)
  const room = mostCharacters - [...head, ...foot].join("\n\n").length - reserve
  const shown = fitting(objects, room)
  const shownFiles = fitting(files, room - shown.join("\n\n").length)
  const left = (all: ReadonlyArray<string>, some: ReadonlyArray<string>, what: string) =>
    all.length === some.length
      ? []
      : [`_${counted(all.length - some.length, `more ${what}`)} left out: this comment would be too long._`]
  return [
    ...head,
    ...shown,
    ...left(objects, shown, "object"),
    ...shownFiles,
    ...left(files, shownFiles, "file"),
    ...foot
  ].join("\n\n")
}
