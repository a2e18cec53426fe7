/** The status as a table for a terminal. Pure. */
import { DateTime } from "effect"
import type { Counts, HeldSet, KindStatus, Status } from "../../http/Status.ts"
import { aligned } from "../../manifest/aligned.ts"
import { counted } from "../../manifest/counted.ts"

const columns = ["KIND", "RULE", "IN STEP", "PENDING", "WAITING", "FAILED", "HELD", "WATCH"] as const

const row = (kind: KindStatus, rule: Counts & { readonly rule: number }): ReadonlyArray<string> => [
  kind.kind,
  rule.rule === 0 ? "-" : String(rule.rule),
  String(rule.inStep),
  String(rule.pending),
  String(rule.waiting),
  String(rule.failed),
  String(rule.held),
  kind.watch
]

const kindRows = (kind: KindStatus): ReadonlyArray<ReadonlyArray<string>> =>
  kind.rules.length === 0
    ? [[kind.kind, "-", "0", "0", "0", "0", "0", kind.watch]]
    : kind.rules.map((rule) => row(kind, rule))

const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)]

const troubleLines = (kind: KindStatus): ReadonlyArray<string> => [
  ...kind.troubles.map(({ message, object, place, state }) =>
    `${state}: ${kind.kind} ${object}${place === undefined ? "" : ` (${place})`}: ${message}`
  ),
  ...(kind.troubleCount > kind.troubles.length
    ? [`and ${kind.troubleCount - kind.troubles.length} more of ${kind.kind}`]
    : [])
]

const progress = ({ settled, total }: Status): string => {
  if (!settled) return "working"
  return total.waiting + total.failed + total.pending === 0 ? "in step" : "all done that can be done now"
}

const pushed = ({ commit, pushedAt, trouble, waiting }: NonNullable<Status["writing"]>): ReadonlyArray<string> => [
  ...(commit === undefined || pushedAt === undefined
    ? []
    : [`pushed ${commit.slice(0, 8)} at ${DateTime.formatIso(DateTime.makeUnsafe(pushedAt))}`]),
  ...(waiting === 0 ? [] : [`${waiting} ${waiting === 1 ? "change waits" : "changes wait"} to be pushed`]),
  ...(trouble === undefined ? [] : [`push: ${trouble}`])
]

const head = (status: Status): ReadonlyArray<string> => [
  `${status.name}: ${status.source.repository}, branch ${status.source.branch ?? "(not read yet)"}, path ${
    status.source.gitPath === "" ? "/" : status.source.gitPath
  }`,
  status.commit === undefined ? "no commit yet" : `commit ${status.commit.slice(0, 8)} "${status.subject ?? ""}"`,
  ...(status.rewrittenFrom === undefined
    ? []
    : [
      `the history of the branch was rewritten: ${
        status.rewrittenFrom.slice(0, 8)
      }, where it was, is no longer part of it`
    ]),
  status.phase.endsWith("syncing") ? `${status.phase}, ${progress(status)}` : status.phase,
  ...(status.gitFailure === undefined ? [] : [`git: ${status.gitFailure}`]),
  ...(status.writing === undefined ? [] : pushed(status.writing)),
  ...(status.mirroring === undefined ? [] : [`nothing goes to Git: ${status.mirroring}`])
]

const shownHeld = 20

const heldLines = ({ confirm, count, objection, objects, reason }: HeldSet) => [
  ...objects.slice(0, shownHeld),
  ...(count > shownHeld ? [`and ${count - shownHeld} more`] : []),
  `why: ${reason}`,
  ...(objection === undefined ? [] : [objection]),
  confirm
]

const heldSection = (held: HeldSet | undefined, what: (count: number) => string) =>
  held === undefined ? [] : section(`Waits for a person: ${what(held.count)}`, heldLines(held))

/** Lines without the last line break. */
export const renderStatus = (status: Status): string =>
  [
    ...head(status),
    ...section(
      "The configuration file is refused, and the one before goes on:",
      status.configuration?.refused.split("\n") ?? []
    ),
    ...heldSection(status.deletions, (count) => `${counted(count, "deletion")} in the cluster`),
    ...heldSection(status.removals, (count) => `${counted(count, "removal")} from Git`),
    ...(status.kinds.length === 0 ? [] : ["", ...aligned([columns, ...status.kinds.flatMap(kindRows)])]),
    ...section("Not in step:", status.kinds.flatMap(troubleLines)),
    ...section(
      "Kinds the cluster does not serve:",
      status.unserved.map(({ manifests, message, place }) =>
        `${message} (${counted(manifests, "manifest")}, first ${place})`
      )
    ),
    ...section(
      "Rules to look at:",
      status.ruleProblems.map(({ message, place, rule, waiting }) =>
        `${waiting ? "waiting" : "wrong"}: rule ${rule} (${place}): ${message}`
      )
    ),
    ...section("Files to mend:", [
      ...status.problems.map(({ message, place }) => `${place}: ${message}`),
      ...(status.problemCount > status.problems.length
        ? [`and ${status.problemCount - status.problems.length} more`]
        : [])
    ]),
    ...section("Passed over:", status.passedOver.map(({ path, reason }) => `${path}: ${reason}`))
  ].join("\n")
