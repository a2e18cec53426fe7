/** Waits for the Lease as somebody who doesn't want to wait for a leader that lives: it is told from one that died by its renewals. */
import { Effect, Schema, Stream } from "effect"
import { KubernetesOptions } from "./KubernetesOptions.ts"
import { Leadership } from "./Leadership.ts"
import { makeLeaseClient } from "./LeaseClient.ts"

/** Another process holds the Lease, and renews it. */
export class AnotherLeads extends Schema.TaggedError<AnotherLeads>()("AnotherLeads", {
  holder: Schema.String,
  /** `namespace/name` */
  lease: Schema.String
}) {
  override get message(): string {
    return `${this.holder} leads: it holds the Lease ${this.lease}, and renews it`
  }
}

const lookEvery = "500 millis"
/** A leader that died has been waited for by then, whatever its duration. */
const longest = "10 minutes"
const patience = 5000

/** Fails with the one who was seen to renew it. */
const renewedByAnother = Effect.fnUntraced(function*(identity: string) {
  const { leaseName, stateNamespace } = yield* KubernetesOptions
  const client = yield* makeLeaseClient(patience)
  let before: string | undefined
  while (true) {
    const lease = yield* client.get
    const other = lease?.holder === identity ? undefined : lease
    if (other?.holder !== undefined && before !== undefined && other.resourceVersion !== before)
      return yield* new AnotherLeads({ holder: other.holder, lease: `${stateNamespace}/${leaseName}` })
    before = other?.holder === undefined ? undefined : other.resourceVersion
    yield* Effect.sleep(lookEvery)
  }
})

/** Done once we lead. */
export const takeLease = Effect.gen(function*() {
  const leadership = yield* Leadership
  const leading = leadership.standing.pipe(
    Stream.filter(({ _tag }) => _tag === "Leading"),
    Stream.take(1),
    Stream.runDrain
  )
  yield* Effect.raceFirst(leading, renewedByAnother(leadership.identity)).pipe(
    Effect.timeoutOrElse({
      duration: longest,
      orElse: () =>
        Effect.fail({ _tag: "LeaseNotHad", message: `the Lease could not be had within ${longest}` } as const)
    })
  )
})

/** Whether there is one, whoever holds it. */
export const hasLease = Effect.gen(function*() {
  const client = yield* makeLeaseClient(patience)
  return (yield* client.get) !== undefined
})

/** Deletes the Lease, unless somebody holds it by now. Not to be called as long as this process leads. */
export const removeLease = Effect.gen(function*() {
  const client = yield* makeLeaseClient(patience)
  const lease = yield* client.get
  if (lease === undefined) return true
  if (lease.holder !== undefined) return false
  return yield* client.remove(lease.resourceVersion).pipe(
    Effect.as(true),
    Effect.catchTag("VersionConflict", () => Effect.succeed(false))
  )
})
