// How long a client took to apply its objects, by the API server's own clock: from the first PATCH it received to the last it
// answered, read from the audit log. So every client is measured alike, whatever it does before and after.
import { Effect, Schema } from "effect"
import { closeSync, openSync, readSync, statSync } from "node:fs"
import { auditFileOf } from "../cluster/ControlPlane.ts"
import type { BenchCluster } from "./BenchCluster.ts"

export interface AppliedTimes {
  /** Milliseconds since the epoch, with fractions. */
  readonly firstReceived: number
  readonly lastAnswered: number
  readonly millis: number
}

/** Something else happened than what was to be measured. */
export class MeasuredSomethingElse extends Schema.TaggedError<MeasuredSomethingElse>()("MeasuredSomethingElse", {
  message: Schema.String
}) {}

interface AuditEvent {
  readonly verb: string
  readonly requestURI: string
  readonly objectRef?: { readonly namespace?: string }
  readonly responseStatus?: { readonly code?: number }
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
}

/** Of a Kubernetes MicroTime: milliseconds since the epoch. */
const millisOf = (time: string): number => Date.parse(`${time.slice(0, 19)}Z`) + Number(`0${time.slice(19, -1)}`) * 1000

const textBetween = (file: string, from: number, to: number): string => {
  const descriptor = openSync(file, "r")
  try {
    const buffer = Buffer.alloc(to - from)
    return buffer.toString("utf8", 0, readSync(descriptor, buffer, 0, buffer.length, from))
  } finally {
    closeSync(descriptor)
  }
}

const patchesIn = (text: string, namespace: string): ReadonlyArray<AuditEvent> =>
  text.split("\n")
    .filter((line) => line.includes(`"verb":"patch"`) && line.includes(namespace))
    .map((line): AuditEvent => JSON.parse(line))
    .filter(({ objectRef }) => objectRef?.namespace === namespace)

/** A place in the audit log to count from. */
export const auditSize = (cluster: BenchCluster): Effect.Effect<number> =>
  Effect.sync(() => statSync(auditFileOf(cluster.address.folder)).size)

/** What was applied in a namespace since then. Fails unless exactly `count` objects were, each created by one request. */
export const appliedSince = Effect.fnUntraced(
  function*(cluster: BenchCluster, since: number, namespace: string, count: number) {
    const until = yield* cluster.auditMark
    const file = auditFileOf(cluster.address.folder)
    const patches = yield* Effect.sync(() => patchesIn(textBetween(file, since, until), namespace))
    const created = patches.filter(({ responseStatus }) => responseStatus?.code === 201)
    if (created.length !== count || patches.length !== count) {
      return yield* new MeasuredSomethingElse({
        message: `${count} objects of ${namespace} should have been created by one PATCH each, but there were ` +
          `${patches.length} PATCHes, and ${created.length} of them created something`
      })
    }
    const firstReceived = Math.min(...patches.map((patch) => millisOf(patch.requestReceivedTimestamp)))
    const lastAnswered = Math.max(...patches.map((patch) => millisOf(patch.stageTimestamp)))
    return { firstReceived, lastAnswered, millis: lastAnswered - firstReceived } satisfies AppliedTimes
  }
)
