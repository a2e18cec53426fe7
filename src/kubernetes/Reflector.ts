/**
 * Shows one kind as it is in the cluster, for as long as it is served: lists, watches, and connects again whatever happens.
 * A broken watch goes on where it was; only when the server cannot do that is everything listed again.
 */
import { Clock, Context, Duration, Effect, Layer, Option, Queue, Random, Result, Stream, SubscriptionRef } from "effect"
import type { RequestFailure } from "./ApiError.ts"
import { apiPath, type Query, resourceName, withQuery } from "./ApiPath.ts"
import { ApiServer, type ApiStreamRequest } from "./ApiServer.ts"
import type { ServedKind } from "./Discovery.ts"
import {
  empty,
  isFinal,
  type ReflectionEnd,
  type ReflectorEvent,
  type ReflectorInput,
  type ReflectorState,
  type ReflectorStep,
  step,
  type TypeMeta
} from "./ReflectorState.ts"

export interface ReflectOptions {
  /** Metadata instead of whole objects; they come as kind PartialObjectMetadata. */
  readonly metadataOnly?: boolean
}

export type ReflectedKind = Pick<ServedKind, "group" | "kind" | "plural">

export class Reflector extends Context.Service<Reflector, {
  /** All objects of the kind in that API version, in all namespaces. */
  readonly reflect: (
    kind: ReflectedKind,
    version: string,
    options?: ReflectOptions
  ) => Stream.Stream<ReflectorEvent, ReflectionEnd>
  /** Everything is listed again: the cluster was put back to an earlier time, and a watch from then on would show nothing. */
  readonly relist: Effect.Effect<void>
}>()("gitops/Reflector") {
  static readonly layer = Layer.effect(
    Reflector,
    Effect.gen(function*() {
      const lists = yield* SubscriptionRef.make(0)
      return Reflector.of({
        reflect: reflect(yield* ApiServer, lists),
        relist: SubscriptionRef.update(lists, (count) => count + 1)
      })
    })
  )
}

const pageSize = 500
/** Events that may wait for the reader; then the server has to wait. */
const mailboxSize = 256
/** Pauses after failures, in milliseconds. */
const firstPause = 250
const longestPause = 10_000
/** An attempt that lasted this long makes the pauses short again, in milliseconds. */
const quiet = 30_000
/** An attempt shorter than this is not repeated without a pause, in milliseconds. */
const hasty = 1000

const accept = (metadataOnly: boolean, list: boolean): string =>
  metadataOnly
    ? `application/json;as=PartialObjectMetadata${list ? "List" : ""};g=meta.k8s.io;v=v1`
    : "application/json"

const typeMeta = ({ group, kind }: ReflectedKind, version: string, metadataOnly: boolean): TypeMeta =>
  metadataOnly
    ? { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata" }
    : { apiVersion: group === "" ? version : `${group}/${version}`, kind }

const pause = Effect.fnUntraced(function*(failures: number, asked: number) {
  const jitter = yield* Random.next
  const backoff = Math.min(longestPause, firstPause * 2 ** (failures - 1)) * (0.75 + jitter / 2)
  yield* Effect.sleep(Duration.millis(Math.max(backoff, asked)))
})

/** How often everything was to be listed again. */
type Lists = SubscriptionRef.SubscriptionRef<number>

const reflect =
  (api: ApiServer["Service"], lists: Lists) => (kind: ReflectedKind, version: string, options: ReflectOptions = {}) => {
    const metadataOnly = options.metadataOnly ?? false
    const type = typeMeta(kind, version, metadataOnly)
    const resource = resourceName(kind)

    const request = (verb: "watch" | "list", query: Query, gzip: boolean): ApiStreamRequest => ({
      path: withQuery(apiPath({ group: kind.group, version, plural: kind.plural }), query),
      subject: { verb, resource, version },
      accept: accept(metadataOnly, verb === "list"),
      gzip
    })

    return Stream.callback<ReflectorEvent, ReflectionEnd>((queue) =>
      Effect.gen(function*() {
        let state: ReflectorState = empty
        let proceed: ReflectorStep["proceed"] = "again"
        let streams = true
        let failures = 0

        const take = (inputs: ReadonlyArray<ReflectorInput>) => {
          const events: Array<ReflectorEvent> = []
          for (const input of inputs) {
            const next = step(state, input, type)
            if (state._tag === "Streaming" && next.state._tag === "Paging") streams = false
            state = next.state
            proceed = next.proceed
            events.push(...next.events)
          }
          return Effect.as(events.length === 0 ? Effect.void : Queue.offerAll(queue, events), proceed)
        }

        const watch = Effect.fnUntraced(function*(query: Query, gzip: boolean) {
          const seconds = yield* Random.nextIntBetween(300, 600)
          const every = { watch: true, allowWatchBookmarks: true, timeoutSeconds: seconds }
          const lines = yield* api.watch(request("watch", { ...every, ...query }, gzip))
          yield* take([{ _tag: "Opened" }])
          yield* Stream.runForEachArray(
            lines,
            (some) => take(some.map((line): ReflectorInput => ({ _tag: "Line", line })))
          )
          return yield* take([{ _tag: "Ended" }])
        }, Effect.scoped)

        const page = (next: string | undefined) =>
          api.list(request("list", { limit: pageSize, continue: next }, true)).pipe(
            Stream.mapEffect((part) =>
              take([part._tag === "Items" ? part : { _tag: "PageEnd", metadata: part.metadata }])
            ),
            Stream.runLast,
            Effect.map(Option.getOrElse(() => proceed))
          )

        const listedAnew = (asked: number) =>
          SubscriptionRef.changes(lists).pipe(
            Stream.takeUntil((count) => count !== asked),
            Stream.runDrain,
            Effect.as("anew" as const)
          )

        const attempt = (): Effect.Effect<ReflectorStep["proceed"], RequestFailure> => {
          if (state._tag === "Watching") return watch({ resourceVersion: state.version }, false)
          if (state._tag === "Paging") return page(state.next)
          return watch({ sendInitialEvents: true, resourceVersionMatch: "NotOlderThan" }, true)
        }

        while (true) {
          if (state._tag === "Empty") {
            state = streams ? { _tag: "Streaming" } : { _tag: "Paging", next: undefined }
            yield* Queue.offer(queue, { _tag: "Listing" })
          }
          const began = state._tag
          const since = yield* Clock.currentTimeMillis
          const asked = yield* SubscriptionRef.get(lists)
          const outcome = yield* Effect.result(Effect.raceFirst(attempt(), listedAnew(asked)))
          if (Result.isSuccess(outcome) && outcome.success === "anew") {
            state = empty
            continue
          }
          const failure = Result.isFailure(outcome) ? outcome.failure : undefined
          if (failure !== undefined && isFinal(failure)) return yield* Effect.fail(failure)
          const next = Result.isFailure(outcome)
            ? yield* take([{ _tag: "Failed", failure: outcome.failure }])
            : outcome.success === "anew"
            ? "again"
            : outcome.success
          const lasted = (yield* Clock.currentTimeMillis) - since
          if (lasted >= quiet) failures = 0
          if (next === "later" || (began === "Watching" && lasted < hasty)) {
            failures += 1
            yield* pause(failures, failure?._tag === "ApiUnavailable" ? failure.retryAfter ?? 0 : 0)
          }
        }
      }), { bufferSize: mailboxSize, strategy: "suspend" })
  }
