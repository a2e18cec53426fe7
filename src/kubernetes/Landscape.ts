/**
 * What the cluster serves, and which namespaces and definitions there are, followed as they come and go.
 * Looks again at once when a CustomResourceDefinition changes, and every minute; what cannot be asked stays as it was. While nobody pays
 * attention nothing is asked, and nothing known of namespaces and definitions.
 */
import { Clock, Context, Duration, Effect, Layer, Queue, Stream, SubscriptionRef } from "effect"
import { resourceName } from "./ApiPath.ts"
import { attentively } from "./Attention.ts"
import type { Served } from "./Discovery.ts"
import { makeDiscoveryClient } from "./DiscoveryClient.ts"
import { afterEvents, appeared, type ExistenceFacts, noFacts, vanished } from "./ExistenceFacts.ts"
import { type ReflectedKind, Reflector } from "./Reflector.ts"

export class Landscape extends Context.Service<Landscape, {
  /** The latest, as soon as there is one, and every change of it. */
  readonly changes: Stream.Stream<Served>
  /** The latest and every change; not known while we may not watch namespaces. */
  readonly namespaces: Stream.Stream<ExistenceFacts>
  /** Each namespace that comes into being from now on, by name. */
  readonly namespacesAppeared: Stream.Stream<string>
  /** Each namespace that is gone from now on, by name. */
  readonly namespacesVanished: Stream.Stream<string>
  /** CustomResourceDefinitions by name (`widgets.example.com`): the latest and every change. */
  readonly definitions: Stream.Stream<ExistenceFacts>
}>()("gitops/Landscape") {
  static readonly layer = Layer.effect(
    Landscape,
    Effect.gen(function*() {
      const namespaces = yield* follow(namespaceKind)
      const definitions = yield* follow(definitionKind)
      const served = yield* followServed(definitions)
      return Landscape.of({
        changes: SubscriptionRef.changes(served).pipe(Stream.filter((value) => value !== undefined)),
        namespaces: SubscriptionRef.changes(namespaces),
        namespacesAppeared: named(namespaces, appeared),
        namespacesVanished: named(namespaces, vanished),
        definitions: SubscriptionRef.changes(definitions)
      })
    })
  )
}

/** The names by which two facts that follow each other differ. */
const named = (
  facts: SubscriptionRef.SubscriptionRef<ExistenceFacts>,
  difference: (before: ExistenceFacts, now: ExistenceFacts) => ReadonlyArray<string>
): Stream.Stream<string> =>
  SubscriptionRef.changes(facts).pipe(
    Stream.zipWithPrevious,
    Stream.map(([before, now]) => before._tag === "None" ? [] : difference(before.value, now)),
    Stream.flattenIterable
  )

const namespaceKind: ReflectedKind = { group: "", kind: "Namespace", plural: "namespaces" }
const definitionKind: ReflectedKind = {
  group: "apiextensions.k8s.io",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions"
}

/** Between two looks when nothing happens, and before a watch that was refused is tried again. */
const interval = Duration.seconds(60)
/** How long a change of a definition may take to show, in milliseconds. */
const slowest = 10_000
/** Looks go on this long after a change even if what was expected has shown: a change of versions cannot be expected. */
const settling = 1500
const firstLook = 20
const slowLook = 1000

const follow = Effect.fnUntraced(function*(kind: ReflectedKind) {
  const reflector = yield* Reflector
  const facts = yield* SubscriptionRef.make(noFacts)
  const following = reflector.reflect(kind, "v1", { metadataOnly: true }).pipe(
    Stream.filter(({ _tag }) => _tag !== "Interrupted" && _tag !== "Resumed"),
    Stream.runForEachArray((events) => SubscriptionRef.update(facts, (before) => afterEvents(before, events))),
    Effect.catch((error) =>
      Effect.logWarning(`Cannot follow ${kind.plural}; looking every minute instead: ${error.message}`)
    ),
    Effect.andThen(SubscriptionRef.update(facts, (before) => ({ ...before, known: false }))),
    Effect.andThen(Effect.sleep(interval)),
    Effect.forever
  )
  yield* Effect.forkScoped(attentively(following, SubscriptionRef.set(facts, noFacts)))
  return facts
})

/** Whether discovery shows every definition there is, and none of those that went. */
const shows = (served: Served, definitions: ExistenceFacts, gone: ReadonlySet<string>): boolean => {
  const resources = new Set(served.kinds.values().map(resourceName))
  const missing = definitions.objects.entries().some(([name, { terminating }]) => !terminating && !resources.has(name))
  return !missing && !gone.values().some((name) => !definitions.objects.has(name) && resources.has(name))
}

const followServed = Effect.fnUntraced(function*(definitions: SubscriptionRef.SubscriptionRef<ExistenceFacts>) {
  const client = yield* makeDiscoveryClient
  const served = yield* SubscriptionRef.make<Served | undefined>(undefined)
  const changed = yield* Queue.sliding<void>(1)
  let gone: ReadonlySet<string> = new Set()
  let changedAt = yield* Clock.currentTimeMillis

  yield* SubscriptionRef.changes(definitions).pipe(
    Stream.zipWithPrevious,
    Stream.runForEach(([before, now]) =>
      Effect.gen(function*() {
        const names = before._tag === "None" ? [] : [...before.value.objects.keys()]
        gone = new Set([...gone, ...names].filter((name) => !now.objects.has(name)))
        changedAt = yield* Clock.currentTimeMillis
        yield* Queue.offer(changed, undefined)
      })
    ),
    Effect.forkScoped
  )

  const look = Effect.gen(function*() {
    const now = yield* client.look
    if (now !== SubscriptionRef.getUnsafe(served)) yield* SubscriptionRef.set(served, now)
    const found = shows(now, SubscriptionRef.getUnsafe(definitions), gone)
    if (found) gone = new Set()
    return found
  })

  const waitAfter = (found: boolean | undefined, looks: number, sinceChange: number): Duration.Duration => {
    const soon = Duration.millis(Math.min(slowLook, firstLook * 1.6 ** looks))
    if (found === undefined) return Duration.min(interval, Duration.millis(slowLook * 2 ** Math.min(looks, 6)))
    if (sinceChange < settling || (!found && sinceChange < slowest)) return soon
    return interval
  }

  const following = Effect.gen(function*() {
    let looks = 0
    let trouble = ""
    while (true) {
      const found = yield* look.pipe(
        Effect.tap(() => Effect.sync(() => trouble = "")),
        Effect.catch((error) => {
          const known = trouble === error.message
          trouble = error.message
          return known
            ? Effect.succeed(undefined)
            : Effect.as(Effect.logWarning(`Discovery failed: ${error.message}`), undefined)
        })
      )
      const wait = waitAfter(found, looks, (yield* Clock.currentTimeMillis) - changedAt)
      const woken = yield* Effect.timeoutOption(Queue.take(changed), wait)
      looks = woken._tag === "Some" ? 0 : looks + 1
    }
  })
  yield* Effect.forkScoped(attentively(following, Effect.void))

  return served
})
