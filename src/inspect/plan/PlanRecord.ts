/** What the controller recorded in this cluster, as far as it may be read and used here. */
import { Effect } from "effect"
import { withoutCredentials } from "../../config/RepositoryUrl.ts"
import { objection } from "../../coordination/Admission.ts"
import type { Record } from "../../coordination/Record.ts"
import { headName } from "../../coordination/RecordStore.ts"
import { GitOptions } from "../../git/GitOptions.ts"
import { KubernetesOptions } from "../../kubernetes/KubernetesOptions.ts"
import { Survey } from "../Survey.ts"

export interface PlanRecord {
  readonly record: Record | undefined
  /** Why the controller would write nothing here. */
  readonly obstacle: string | undefined
  /** What is missing because the record can't be read. */
  readonly notes: ReadonlyArray<string>
}

const namespaces = { group: "", plural: "namespaces" }

/** The UID of the namespace kube-system; whoever may not see it takes the record's word for it. */
export const clusterOf = Effect.fnUntraced(function*(record: Record | undefined) {
  const survey = yield* Survey
  const recorded = record?.head.cluster ?? ""
  return yield* survey.live(namespaces, "v1", "", "kube-system").pipe(
    Effect.map((found) => found?.metadata.uid ?? recorded),
    Effect.orElseSucceed(() => recorded)
  )
})

const obstacleOf = Effect.fnUntraced(function*(record: Record) {
  const { gitPath, name, url } = yield* GitOptions
  const { stateNamespace } = yield* KubernetesOptions
  const found = objection(record, {
    record: `${stateNamespace}/${headName(name)}`,
    cluster: yield* clusterOf(record),
    // Any branch may be planned
    source: { repository: withoutCredentials(url), branch: record.head.source.branch, gitPath }
  })
  return found?.message
})

/** Read once. */
export const readRecord = Effect.gen(function*() {
  const survey = yield* Survey
  return yield* survey.record.pipe(
    Effect.flatMap((record) =>
      Effect.map(
        record === undefined ? Effect.undefined : obstacleOf(record),
        (obstacle): PlanRecord => ({ record, obstacle, notes: [] })
      )
    ),
    Effect.catchTag(
      "RecordUnreadable",
      ({ message }) => Effect.succeed<PlanRecord>({ record: undefined, obstacle: message, notes: [] })
    ),
    Effect.catchTag("ApiForbidden", ({ message }) =>
      Effect.succeed<PlanRecord>({
        record: undefined,
        obstacle: undefined,
        notes: [
          `Without the controller's record, kinds of which Git has no manifest any more are not looked at: ${message}`
        ]
      }))
  )
})
