/**
 * Kubernetes Events about objects, so that `kubectl describe` tells what became of them. Best effort, and in the background: publishing never
 * fails and never waits. Only the leader's arrive; the same is said again after ten minutes at the earliest.
 */
import { Clock, Context, Effect, Layer, Metric, Queue } from "effect"
import { encodeJson } from "../manifest/JsonText.ts"
import type { ApiFailure } from "./ApiError.ts"
import { KubernetesOptions } from "./KubernetesOptions.ts"
import {
  eventBody,
  eventKey,
  eventNamespace,
  type ObjectEvent,
  repetition,
  type Said,
  saidAgain
} from "./ObjectEvent.ts"
import { Writer, type WriteTarget } from "./Writer.ts"

export class Events extends Context.Service<Events, {
  readonly publish: (event: ObjectEvent) => Effect.Effect<void>
}>()("gitops/Events") {
  static readonly layer = Layer.effect(Events, Effect.suspend(() => make))
}

export const published = Metric.counter("gitops_events_total", {
  description: "Kubernetes Events, by outcome: published, failed, or dropped when too many came at once",
  incremental: true
})

const count = (outcome: "published" | "failed" | "dropped") =>
  Metric.update(Metric.withAttributes(published, { outcome }), 1)

/** How many may wait to be sent. */
const mostWaiting = 256
/** Of how many it is remembered that they were said. */
const mostRemembered = 1000

interface Due {
  readonly event: ObjectEvent
  readonly said: Said
}

const make = Effect.gen(function*() {
  const writer = yield* Writer
  const { fieldManager } = yield* KubernetesOptions
  const waiting = yield* Queue.dropping<Due>(mostWaiting)
  const remembered = new Map<string, Said>()
  let isForbidden = false

  const remember = (key: string, said: Said) => {
    remembered.delete(key)
    remembered.set(key, said)
    for (const oldest of remembered.keys()) {
      if (remembered.size <= mostRemembered) return
      remembered.delete(oldest)
    }
  }

  const targetOf = ({ event, said: { name } }: Due): WriteTarget => ({
    kind: { group: "", plural: "events" },
    version: "v1",
    namespace: eventNamespace(event),
    name
  })

  const create = (due: Due) =>
    writer.create(targetOf(due), encodeJson(eventBody(due.event, due.said, fieldManager)), { metadataOnly: true })

  /** The server forgets Events after a while, an hour as a rule. */
  const repeat = (due: Due) =>
    writer.mergePatch(targetOf(due), encodeJson(repetition(due.said)), { metadataOnly: true }).pipe(
      Effect.catchTag("ObjectNotFound", () => create(due))
    )

  const onFailed = Effect.fnUntraced(function*(failure: ApiFailure, { event }: Due) {
    yield* count("failed")
    if (failure._tag !== "ApiForbidden") {
      yield* Effect.logDebug(`No Event ${event.reason} about ${event.regarding.name}: ${failure.message}`)
      return
    }
    if (!isForbidden) yield* Effect.logWarning(`Events about objects are not written: ${failure.message}`)
    isForbidden = true
  })

  const send = (due: Due) =>
    (due.said.count === 1 ? create(due) : repeat(due)).pipe(
      Effect.flatMap(() => {
        isForbidden = false
        return count("published")
      }),
      Effect.catch((failure) => onFailed(failure, due))
    )

  yield* Queue.take(waiting).pipe(Effect.flatMap(send), Effect.forever, Effect.forkScoped)

  return Events.of({
    publish: Effect.fnUntraced(function*(event) {
      const now = yield* Clock.currentTimeMillis
      const key = eventKey(event)
      const { isDue, ...said } = saidAgain(remembered.get(key), key, now)
      if (isDue && !(yield* Queue.offer(waiting, { event, said }))) return yield* count("dropped")
      remember(key, said)
    })
  })
})
