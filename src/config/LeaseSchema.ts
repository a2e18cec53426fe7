/** The Lease in the configuration: three durations, each shorter than the one before. */
import { Duration, Schema } from "effect"
import { defaults } from "./Defaults.ts"
import { inOrder } from "./DurationOrder.ts"
import { duration } from "./Fields.ts"

const key = Schema.optionalKey
const second = Duration.seconds(1)
const millisecond = Duration.millis(1)

export const LeaseSchema = Schema.Struct({
  duration: key(
    duration({
      description: "How long a leader that fell silent is believed. Whole seconds, longer than renew.",
      default: defaults.lease.duration,
      examples: ["30s"]
    }, second)
      .check(
        Schema.makeFilter((value: Duration.Duration) =>
          Duration.toMillis(value) % 1000 === 0 ? undefined : "it must be whole seconds: a Lease knows nothing smaller"
        )
      )
  ),
  renew: key(
    duration(
      {
        description: "How long the leader tries to renew before it gives up. Longer than retry.",
        default: defaults.lease.renew,
        examples: ["20s"]
      },
      millisecond
    )
  ),
  retry: key(duration(
    { description: "How long between two tries.", default: defaults.lease.retry, examples: ["5s"] },
    millisecond
  ))
}).annotate({
  description: "Who of several replicas writes.",
  expected: "a map such as { duration: 15s, renew: 10s, retry: 2s }"
})
  .check(Schema.makeFilter((lease: Partial<Record<"duration" | "renew" | "retry", Duration.Duration>>) => [
    ...inOrder("duration", "renew", lease, defaults.lease, false),
    ...inOrder("renew", "retry", lease, defaults.lease, false)
  ]))
