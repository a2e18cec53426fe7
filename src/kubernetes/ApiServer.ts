/**
 * Thin JSON requests to the API server, on kept connections, as the credentials of the moment.
 * Says what went wrong in the words of ApiError; retries nothing but a 401 after reading the credentials again.
 */
import { Array, Context, Effect, Layer, Predicate, type Pull, type Scope, Stream } from "effect"
import type { Json, JsonObject } from "../manifest/Manifest.ts"
import type { RequestFailure, RequestSubject } from "./ApiError.ts"
import type { Backlog } from "./Backlog.ts"
import { classify, classifyWatchError } from "./Classify.ts"
import type { HttpHeaders } from "./connection/OpenAnswer.ts"
import { makeSession, type Session } from "./connection/Session.ts"
import { slicesOf, textOf } from "./connection/SlicedAnswer.ts"
import { TransportFault } from "./connection/TransportFault.ts"
import { KubernetesOptions } from "./KubernetesOptions.ts"
import { LineSplitter } from "./LineSplitter.ts"
import { ListSplitter } from "./ListSplitter.ts"

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  /** With its query, see ApiPath. */
  readonly path: string
  readonly subject: RequestSubject
  /** Encoded JSON. */
  readonly body?: string
  readonly contentType?: string
  /** Default: `application/json`. */
  readonly accept?: string
  /** Answered with status 304 when it is still the same. */
  readonly etag?: string
  readonly gzip?: boolean
  /** How long the server may stay silent, in milliseconds; 30 s by default. */
  readonly patience?: number
}

export interface ApiAnswer {
  readonly status: number
  /** `undefined` with status 304. */
  readonly body: Json | undefined
  readonly etag: string | undefined
}

export type ApiStreamRequest = Pick<ApiRequest, "path" | "subject" | "accept" | "gzip" | "patience">

export interface WatchLine {
  readonly type: string
  readonly object: Json
}

/** A list while it comes in: items as they were sent, then the list's own metadata. */
export type ListPart =
  | { readonly _tag: "Items"; readonly items: Array.NonEmptyReadonlyArray<Json> }
  | { readonly _tag: "End"; readonly metadata: JsonObject }

export class ApiServer extends Context.Service<ApiServer, {
  /** The address, for people. */
  readonly server: string
  /** Which kubeconfig and context, or pod, it comes from. */
  readonly origin: string
  /** A 2xx or 304 answer; anything else fails. Interrupting it aborts it on the wire. */
  readonly request: (request: ApiRequest) => Effect.Effect<ApiAnswer, RequestFailure>
  /**
   * Done once the server has begun to answer. The lines of the watch follow until the server ends it; an `ERROR` line fails,
   * and so do 90 s without a line. Ends on the wire with its scope.
   */
  readonly watch: (
    request: ApiStreamRequest
  ) => Effect.Effect<Stream.Stream<WatchLine, RequestFailure>, RequestFailure, Scope.Scope>
  /** One page, item by item. */
  readonly list: (request: ApiStreamRequest) => Stream.Stream<ListPart, RequestFailure>
}>()("gitops/ApiServer") {
  static readonly layer = Layer.effect(
    ApiServer,
    Effect.gen(function*() {
      const { context, kubeconfig } = yield* KubernetesOptions
      const session = yield* makeSession({ kubeconfig, context })
      return ApiServer.of({
        server: session.server,
        origin: session.origin,
        request: request(session),
        watch: watch(session),
        list: list(session)
      })
    })
  )
}

const requestPatience = 30_000
/** Bookmarks come each 60 to 75 s. */
const watchPatience = 90_000

const text = (value: string | ReadonlyArray<string> | undefined): string | undefined =>
  Predicate.isString(value) ? value : undefined

const asked = ({ server }: Session, subject: RequestSubject, headers: HttpHeaders) => ({
  server,
  subject,
  retryAfter: text(headers["retry-after"])
})

const parse = (body: Buffer): Json | undefined => {
  try {
    return JSON.parse(body.toString()) as Json
  } catch {
    return undefined
  }
}

const headersOf = ({ accept, contentType, etag, gzip }: ApiRequest): ReadonlyArray<string> => {
  const headers = ["Accept", accept ?? "application/json"]
  if (contentType !== undefined) headers.push("Content-Type", contentType)
  if (etag !== undefined) headers.push("If-None-Match", etag)
  if (gzip === true) headers.push("Accept-Encoding", "gzip")
  return headers
}

const request = (session: Session) => (given: ApiRequest): Effect.Effect<ApiAnswer, RequestFailure> =>
  session.send({
    method: given.method,
    path: given.path,
    subject: given.subject,
    headers: headersOf(given),
    patience: given.patience ?? requestPatience,
    ...(given.body === undefined ? {} : { body: given.body })
  }).pipe(Effect.flatMap(({ body, headers, status }): Effect.Effect<ApiAnswer, RequestFailure> => {
    const etag = text(headers["etag"])
    if (status === 304) return Effect.succeed({ status, body: undefined, etag })
    const parsed = status >= 200 && status < 300 ? parse(body) : undefined
    return parsed === undefined
      ? Effect.fail(classify(status, body.toString(), asked(session, given.subject, headers)))
      : Effect.succeed({ status, body: parsed, etag })
  }))

interface Splitter {
  readonly whole: Backlog
  push(piece: Buffer): void
}

type Values<A> = Pull.Pull<Array.NonEmptyReadonlyArray<A>, RequestFailure>

const openValues = Effect.fnUntraced(function*(session: Session, given: ApiStreamRequest, splitter: Splitter) {
  const { subject } = given
  const answer = yield* session.open({
    method: "GET",
    path: given.path,
    subject,
    headers: headersOf({ ...given, method: "GET" }),
    patience: given.patience ?? watchPatience
  })
  const unreachable = (fault: TransportFault) => session.unreachable(subject, fault)
  if (answer.status !== 200) {
    const body = yield* Effect.mapError(textOf(answer), unreachable)
    return yield* Effect.fail(classify(answer.status, body, asked(session, subject, answer.headers)))
  }
  const values: Values<Json> = Effect.mapError(
    slicesOf(answer, splitter),
    (fault) => fault instanceof TransportFault ? unreachable(fault) : fault
  )
  return values
})

const record = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !globalThis.Array.isArray(value) ? value as JsonObject : {}

const toLine = (value: Json): WatchLine => {
  const { object, type } = record(value)
  return { type: Predicate.isString(type) ? type : "", object: object ?? null }
}

/** Hands out the lines before an `ERROR` line, then fails with what it says. */
const failingAtError = (session: Session, subject: RequestSubject, values: Values<Json>): Values<WatchLine> => {
  let error: RequestFailure | undefined
  const next: Values<WatchLine> = Effect.flatMap(values, (slice) => {
    const lines = slice.map(toLine)
    const at = lines.findIndex(({ type }) => type === "ERROR")
    if (at !== -1) error = classifyWatchError(lines[at]?.object ?? null, asked(session, subject, {}))
    const good = at === -1 ? lines : lines.slice(0, at)
    return Array.isReadonlyArrayNonEmpty(good) ? Effect.succeed(good) : pull
  })
  const pull: Values<WatchLine> = Effect.suspend(() => error === undefined ? next : Effect.fail(error))
  return pull
}

const watch = (session: Session) => (given: ApiStreamRequest) =>
  Effect.map(
    Effect.suspend(() => openValues(session, given, new LineSplitter())),
    (values) => Stream.fromPull(Effect.succeed(failingAtError(session, given.subject, values)))
  )

const list = (session: Session) => (given: ApiStreamRequest): Stream.Stream<ListPart, RequestFailure> =>
  Stream.unwrap(Effect.gen(function*() {
    const splitter = new ListSplitter()
    const values = yield* openValues(session, { patience: requestPatience, ...given }, splitter)
    const end = Effect.suspend((): Effect.Effect<ListPart, RequestFailure> => {
      const rest = parse(Buffer.from(splitter.rest()))
      return rest === undefined
        ? Effect.fail(classify(200, splitter.rest(), asked(session, given.subject, {})))
        : Effect.succeed({ _tag: "End", metadata: record(record(rest)["metadata"]) })
    })
    return Stream.fromPull(Effect.succeed(values)).pipe(
      Stream.chunks,
      Stream.map((items): ListPart => ({ _tag: "Items", items })),
      Stream.concat(Stream.fromEffect(end))
    )
  }))
