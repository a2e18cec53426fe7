/** Whether a record that was found may be used here. Pure. */
import { formatSource, type Record, sameSource, type Source } from "./Record.ts"
import { RecordOfAnotherCluster, RecordOfAnotherSource } from "./RecordError.ts"

export interface Here {
  /** `namespace/name` of the record's head. */
  readonly record: string
  /** UID of the namespace kube-system. */
  readonly cluster: string
  readonly source: Source
}

/** Why the record found must not be used, or `undefined`. */
export const objection = (found: Record, here: Here): RecordOfAnotherCluster | RecordOfAnotherSource | undefined => {
  if (found.head.cluster !== here.cluster) return new RecordOfAnotherCluster({ record: here.record })
  if (!sameSource(found.head.source, here.source)) {
    return new RecordOfAnotherSource({
      record: here.record,
      theirs: formatSource(found.head.source),
      ours: formatSource(here.source)
    })
  }
  return undefined
}

/** The record at first contact: nothing applied yet. */
export const firstContact = (here: Here, term: number): Record => ({
  head: { version: 1, cluster: here.cluster, source: here.source, phase: "syncing", term, shards: 1, finishedJobs: {} },
  inventory: new Map()
})
