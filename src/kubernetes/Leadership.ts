/**
 * One writer per repository, branch and path: whoever holds the Lease. A leader stops writing when it could not renew for as
 * long as its deadline, which is before anybody else may take over; when it ends in order, the next one starts at once.
 */
import { Clock, Context, Duration, Effect, Layer, Metric, Random, type Stream, SubscriptionRef } from "effect"
import { hostname } from "node:os"
import { NotLeading, type RequestFailure } from "./ApiError.ts"
import { KubernetesOptions } from "./KubernetesOptions.ts"
import { makeLeaseClient } from "./LeaseClient.ts"
import { afterDeletion, freeAt, isSetBack, nextTerm, observe, type ObservedLease } from "./LeaseRecord.ts"

/** One uninterrupted time of leading. */
export interface Term {
  /** Grows with every change of hands. */
  readonly number: number
  /** Milliseconds for which nobody else can lead. */
  readonly left: number
}

export type Standing =
  /** `holder`: who leads, as far as is known. */
  | { readonly _tag: "Standby"; readonly holder: string | undefined }
  | { readonly _tag: "Leading"; readonly term: number }

export class Leadership extends Context.Service<Leadership, {
  /** Who we are in the Lease. */
  readonly identity: string
  /** The term in which a write may be sent now. Asked before each write, after all waiting. */
  readonly permit: Effect.Effect<Term, NotLeading>
  /** The latest, and every change. */
  readonly standing: Stream.Stream<Standing>
}>()("gitops/Leadership") {
  static readonly layer = Layer.effect(Leadership, Effect.suspend(() => make))
}

/** A term with what is needed to keep it. Times are monotonic milliseconds. */
interface Held {
  readonly term: number
  /** Milliseconds since the epoch. */
  readonly acquiredAt: number
  readonly deadline: number
  /** The same by the wall clock, which goes on while a machine is suspended. */
  readonly wallDeadline: number
  readonly expiresAt: number
}

const leading = Metric.gauge("gitops_leading", { description: "1 while this process leads, 0 while it stands by" })

const releasePatience = Duration.seconds(2)

const monotonicOf = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
const monotonic = Effect.clockWith((clock) => Effect.succeed(monotonicOf(clock)))

const makeIdentity = Effect.gen(function*() {
  const random = yield* Random.nextIntBetween(0, 0xffff_ffff)
  return `${hostname()}_${random.toString(16).padStart(8, "0")}`
})

const make = Effect.gen(function*() {
  const { lease: options } = yield* KubernetesOptions
  const duration = Duration.toMillis(options.duration)
  const renew = Duration.toMillis(options.renew)
  const retry = Duration.toMillis(options.retry)
  const identity = yield* makeIdentity
  const client = yield* makeLeaseClient(renew / 2)
  const standing = yield* SubscriptionRef.make<Standing>({ _tag: "Standby", holder: undefined })
  let observed: ObservedLease | undefined
  let held: Held | undefined
  /** The number of our last term; 0 before the first. */
  let last = 0
  let trouble = ""

  const publish = Effect.suspend(() => {
    const next: Standing = held === undefined
      ? { _tag: "Standby", holder: observed?.holder === identity ? undefined : observed?.holder }
      : { _tag: "Leading", term: held.term }
    const before = SubscriptionRef.getUnsafe(standing)
    const same = next._tag === "Leading"
      ? before._tag === "Leading" && before.term === next.term
      : before._tag === "Standby" && before.holder === next.holder
    const told = Metric.update(leading, held === undefined ? 0 : 1)
    return same ? told : Effect.andThen(told, SubscriptionRef.set(standing, next))
  })

  const lose = (why: string) =>
    Effect.suspend(() => {
      held = undefined
      return Effect.logWarning(`Leadership lost: ${why}`)
    })

  const write = Effect.fnUntraced(
    function*(transitions: number, acquiredAt: number, resourceVersion: string | undefined) {
      const asked = yield* monotonic
      const renewedAt = yield* Clock.currentTimeMillis
      const lease = yield* client.write({
        holder: identity,
        duration,
        transitions,
        acquiredAt,
        renewedAt,
        resourceVersion
      })
      observed = observe(observed, lease, yield* monotonic)
      last = transitions
      held = {
        term: transitions,
        acquiredAt,
        deadline: asked + renew,
        wallDeadline: renewedAt + renew,
        expiresAt: asked + duration
      }
    }
  )

  const take = Effect.fnUntraced(function*(lease: ObservedLease | undefined) {
    const term = nextTerm(lease, last)
    yield* write(term, yield* Clock.currentTimeMillis, lease?.resourceVersion)
    yield* Effect.logInfo(`Leading since now, term ${term}`)
  })

  const look = Effect.gen(function*() {
    const lease = yield* client.get
    const now = yield* monotonic
    if (held !== undefined && isSetBack(observed, lease, identity))
      yield* lose("the Lease is older than we wrote it: the cluster was put back to an earlier time")
    observed = lease === undefined ? afterDeletion(observed) : observe(observed, lease, now)
    if (held !== undefined && lease?.holder !== identity)
      yield* lose(`${lease?.holder ?? "nobody"} holds the Lease now`)
    if (held === undefined && now >= freeAt(observed, identity)) yield* take(observed)
  })

  /** A Lease that somebody deleted is made again by this: the server takes the update for its creation. */
  const keep = (mine: Held) => write(mine.term, mine.acquiredAt, observed?.resourceVersion)

  const attempt: Effect.Effect<void, RequestFailure> = Effect.suspend(() => held === undefined ? look : keep(held))
    .pipe(
      Effect.catchTag("VersionConflict", () => look),
      Effect.catchTag("VersionConflict", () => Effect.void),
      Effect.tap(() => Effect.sync(() => trouble = "")),
      Effect.catch((error) => {
        const known = trouble === error.message
        trouble = error.message
        return known ? Effect.void : Effect.logWarning(`The Lease cannot be reached: ${error.message}`)
      })
    )

  const remainingAt = (clock: Clock.Clock): number =>
    held === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(0, Math.min(held.deadline - monotonicOf(clock), held.wallDeadline - clock.currentTimeMillisUnsafe()))

  const remaining = Effect.clockWith((clock) => Effect.succeed(remainingAt(clock)))

  const dropOverdue = Effect.gen(function*() {
    if ((yield* remaining) === 0) yield* lose("it could not be renewed in time")
    yield* publish
  })

  const giveUp = Effect.fnUntraced(function*(mine: Held) {
    const lease = yield* client.get
    if (lease?.holder !== identity) return
    const renewedAt = yield* Clock.currentTimeMillis
    const { resourceVersion } = lease
    yield* client.write({
      holder: "",
      duration: 1000,
      transitions: mine.term,
      acquiredAt: mine.acquiredAt,
      renewedAt,
      resourceVersion
    })
  })

  const release = Effect.suspend(() => {
    const mine = held
    held = undefined
    return mine === undefined ? Effect.void : giveUp(mine).pipe(Effect.timeout(releasePatience), Effect.ignore)
  })

  yield* Effect.addFinalizer(() => Effect.andThen(release, publish))
  /** A standby looks twice as often as the leader renews, and once more as soon as the Lease may be free. */
  const pause = Effect.gen(function*() {
    const jitter = 0.9 + (yield* Random.next) * 0.2
    if (held !== undefined) return Math.min(retry * jitter, yield* remaining)
    const wait = freeAt(observed, identity) - (yield* monotonic)
    return wait > 0 ? Math.min(retry / 2 * jitter, wait) : retry / 2 * jitter
  })

  yield* Effect.gen(function*() {
    while (true) {
      yield* attempt.pipe(Effect.timeoutOption(Math.min(renew, yield* remaining)))
      yield* dropOverdue
      yield* Effect.sleep(yield* pause)
      // A process that was stopped meanwhile wakes up here.
      yield* dropOverdue
    }
  }).pipe(Effect.forkScoped)

  return Leadership.of({
    identity,
    permit: Effect.clockWith((clock) => {
      if (held !== undefined && remainingAt(clock) > 0)
        return Effect.succeed({ number: held.term, left: held.expiresAt - monotonicOf(clock) })
      const holder = observed?.holder
      return Effect.fail(new NotLeading(holder === undefined || holder === identity ? {} : { holder }))
    }),
    standing: SubscriptionRef.changes(standing)
  })
})
