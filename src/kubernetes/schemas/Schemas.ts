/**
 * What the cluster's own schemas say of fields, kind by kind: which can be owned on their own, and how list items are told apart.
 * Looks again when a CustomResourceDefinition changes, and every minute.
 */
import { Clock, Context, Duration, Effect, Layer, Queue, Stream, SubscriptionRef } from "effect"
import { type FieldType, unknown } from "../../manifest/FieldType.ts"
import { type GroupKind, kindId } from "../../manifest/ObjectKey.ts"
import type { RequestFailure } from "../ApiError.ts"
import { Landscape } from "../Landscape.ts"
import { makeOpenApiClient, type OpenApiClient } from "./OpenApiClient.ts"
import { documentId } from "./OpenApiIndex.ts"

export class Schemas extends Context.Service<Schemas, {
  /** Of a whole object; `Unknown` when the server has no schema of it. Costs a request only when its group is new or changed. */
  readonly typeOf: (kind: GroupKind, version: string) => Effect.Effect<FieldType, RequestFailure>
  /** Grows whenever a type that was asked for may be another by now: ask again. Begins with the latest. */
  readonly changes: Stream.Stream<number>
}>()("gitops/Schemas") {
  static readonly layer = Layer.effect(
    Schemas,
    Effect.gen(function*() {
      const client = yield* makeOpenApiClient
      const generation = yield* SubscriptionRef.make(0)
      const definitions = yield* followDefinitions
      yield* keepLooking(client, definitions, generation).pipe(Effect.forkScoped)
      return Schemas.of({
        typeOf: typeOf(client, definitions),
        changes: SubscriptionRef.changes(generation)
      })
    })
  )
}

/** Between two looks when nothing happens. */
const interval = Duration.seconds(60)
/** How long after a change of a definition its schema may take to show, in milliseconds. */
const slowest = 10_000
const firstLook = 50
const slowLook = 1000

interface Definitions {
  /** When one changed last, in milliseconds. */
  changedAt: number
  readonly changed: Queue.Queue<void>
}

const followDefinitions = Effect.gen(function*() {
  const landscape = yield* Landscape
  const changed = yield* Queue.sliding<void>(1)
  const definitions: Definitions = { changedAt: -Infinity, changed }
  yield* landscape.definitions.pipe(
    Stream.zipWithPrevious,
    Stream.filter(([before, now]) => now.known && before._tag === "Some" && before.value.known),
    Stream.runForEach(() =>
      Effect.gen(function*() {
        definitions.changedAt = yield* Clock.currentTimeMillis
        yield* Queue.offer(changed, undefined)
      })
    ),
    Effect.forkScoped
  )
  return definitions
})

const isSettling = ({ changedAt }: Definitions) =>
  Effect.map(Clock.currentTimeMillis, (now) => now - changedAt < slowest)

const keepLooking = Effect.fnUntraced(function*(
  client: OpenApiClient,
  definitions: Definitions,
  generation: SubscriptionRef.SubscriptionRef<number>
) {
  let looks = 0
  while (true) {
    const soon = Duration.millis(Math.min(slowLook, firstLook * 1.6 ** looks))
    const wait = (yield* isSettling(definitions)) ? soon : interval
    const woken = yield* Effect.timeoutOption(Queue.take(definitions.changed), wait)
    looks = woken._tag === "Some" ? 0 : looks + 1
    const changed = yield* client.look.pipe(
      Effect.catch((error) => Effect.as(Effect.logDebug(`Could not look for changed schemas: ${error.message}`), []))
    )
    if (changed.length > 0) yield* SubscriptionRef.update(generation, (number) => number + 1)
  }
})

/** A kind without a schema gets a moment while definitions are changing: its schema comes a little after the kind itself. */
const typeOf = (client: OpenApiClient, definitions: Definitions) =>
  Effect.fnUntraced(function*(kind: GroupKind, version: string) {
    while (true) {
      const types = yield* client.document(documentId(kind.group, version))
      const type = types?.typeOf(kindId(kind))
      if (type !== undefined) return type
      if (!(yield* isSettling(definitions))) return unknown
      yield* Effect.sleep(slowLook / 4)
      yield* client.look
    }
  })
