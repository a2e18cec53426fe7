/** What `release` is about to do, and what it did, as lines for a terminal. Pure. */
import { Schema } from "effect"
import { formatNamed } from "../../coordination/Belongings.ts"
import { counted } from "../../manifest/counted.ts"
import type { KindId } from "../../manifest/ObjectKey.ts"

const Named = Schema.Struct({ kind: Schema.String, object: Schema.String })

/** For machines. */
export const Report = Schema.Struct({
  /** Nothing is left that should have been let go of. */
  ok: Schema.Boolean,
  released: Schema.Array(Named),
  /** Objects, and kinds that could not be looked through (`object` is `""`). */
  failed: Schema.Array(Schema.Struct({ ...Named.fields, message: Schema.String })),
  /** Whether the record and the Lease are gone. */
  removed: Schema.Struct({ record: Schema.Boolean, lease: Schema.Boolean })
})
export interface Report extends Schema.Schema.Type<typeof Report> {}

export interface Circumstances {
  /** `namespace/name` of the record's head. */
  readonly record: string
  /** `namespace/name` */
  readonly lease: string
  readonly isAll: boolean
  /** Whether a controller that runs again takes back what was let go of. */
  readonly isTakenBack: boolean
  /** Whether Git names this cluster as the one that writes there. */
  readonly isNamed: boolean
}

/** Asked before anything is done. */
export const renderIntent = (
  counts: ReadonlyArray<readonly [KindId, number]>,
  cluster: string,
  { isAll, lease, record }: Circumstances
): string => {
  const total = counts.reduce((sum, [, count]) => sum + count, 0)
  return [
    `In ${cluster}, ${counted(total, "object")} will be let go of. No value changes; they are nobody's afterwards:`,
    ...counts.map(([kind, count]) => `  ${kind}: ${count}`),
    ...isAll ? [`The record ${record} and the Lease ${lease} go as well.`] : []
  ].join("\n")
}

const failures = ({ failed }: Report, { isAll, record }: Circumstances): ReadonlyArray<string> =>
  failed.length === 0 ? [] : [
    "",
    "Not let go of:",
    ...failed.map((failure) => `  ${formatNamed(failure).trimEnd()}: ${failure.message}`),
    "",
    isAll
      ? `The record ${record} stays until everything is let go of: mend this, and run the same again.`
      : "Mend this, and run the same again."
  ]

const removal = (
  { failed, removed }: Report,
  { isAll, isNamed, lease, record }: Circumstances
): ReadonlyArray<string> => {
  if (!isAll || failed.length > 0) return []
  return [
    removed.record ? `The record ${record} is removed.` : `There was no record ${record}.`,
    removed.lease
      ? `The Lease ${lease} is removed.`
      : `The Lease ${lease} stays: somebody holds it by now. Stop that controller, and run the same again.`,
    ...isNamed
      ? [
        "Git is left as it is: its .gitops-controller.yaml still names this cluster. Remove that file when another shall write there."
      ]
      : []
  ]
}

const isNothing = ({ failed, released, removed }: Report): boolean =>
  failed.length === 0 && released.length === 0 && !removed.record && !removed.lease

/** Without the last line break. */
export const renderReport = (report: Report, circumstances: Circumstances): string =>
  isNothing(report) ? "Nothing of ours was found." : [
    `${counted(report.released.length, "object")} released, values unchanged.`,
    ...removal(report, circumstances),
    ...circumstances.isTakenBack && report.released.length > 0
      ? ["A controller that runs under these rules takes them back: suspend the rule, or take it out, first."]
      : [],
    ...failures(report, circumstances)
  ].join("\n")
