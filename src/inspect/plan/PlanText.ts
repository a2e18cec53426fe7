/** The plan for a terminal. Pure. */
import { counted } from "../../manifest/counted.ts"
import { type Plan, type PlannedCommit, type PlanRemark, summaryOf } from "./Plan.ts"
import { fileLines, type ObjectLines, objectLines } from "./PlanLines.ts"

const objectText = ({ body, head, place }: ObjectLines): ReadonlyArray<string> => [
  place === undefined ? head : `${head}   ${place}`,
  ...body.map((line) => `    ${line}`)
]

const sectionText = ([title, remarks]: Section): ReadonlyArray<string> =>
  remarks.length === 0 ? [] : ["", title, ...remarks.map(({ message, place }) => `  ${place}: ${message}`)]

export type Section = readonly [title: string, remarks: ReadonlyArray<PlanRemark>]

/** What a person has to mend besides objects. */
export const faultSections = ({ problems, ruleProblems, unseen }: Plan): ReadonlyArray<Section> => [
  ["Files to mend:", problems],
  ["Rules to mend:", ruleProblems],
  ["Not looked at:", unseen]
]

/** What a person may want to know. */
export const otherSections = ({ passedOver, waitingRules }: Plan): ReadonlyArray<Section> => [
  ["Rules that wait:", waitingRules],
  ["Passed over:", passedOver]
]

export const obstacleLines = ({ obstacle }: Plan): ReadonlyArray<string> =>
  obstacle === undefined ? [] : ["", `Nothing of this would be done now: ${obstacle}`]

const mostFiles = 200

/** The message, and below it what changes in which file. */
const commitLines = ({ branch, files, message, obstacle }: PlannedCommit): ReadonlyArray<string> => [
  "",
  `To Git, branch ${branch}, in a commit:`,
  ...obstacle === undefined ? [] : [`It would not be made now: ${obstacle}`],
  "",
  ...message.trimEnd().split("\n").map((line) => line === "" ? "" : `    ${line}`),
  "",
  ...files.slice(0, mostFiles).flatMap(fileLines),
  ...files.length > mostFiles ? [`... and ${counted(files.length - mostFiles, "more file")}`] : []
]

/** Lines without the last line break. */
export const planText = (plan: Plan): string => {
  const objects = plan.objects.flatMap((object) => {
    const lines = objectLines(object)
    return lines === undefined ? [] : objectText(lines)
  })
  return [
    `From ${plan.origin}`,
    `to ${plan.cluster}`,
    ...obstacleLines(plan),
    ...(objects.length === 0 ? [] : ["", ...objects]),
    ...plan.commit === undefined ? [] : commitLines(plan.commit),
    ...faultSections(plan).flatMap(sectionText),
    ...otherSections(plan).flatMap(sectionText),
    ...(plan.notes.length === 0 ? [] : ["", ...plan.notes]),
    "",
    summaryOf(plan)
  ].join("\n")
}
