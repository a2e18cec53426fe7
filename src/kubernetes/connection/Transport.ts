/**
 * HTTP to one API server, by undici and by nobody else: a kept pool for requests, and HTTP/2 connections of their own for
 * watches, as many as the server's stream limit makes necessary. A connection that stops answering pings is destroyed.
 */
import { Duration, Effect, Predicate, type Scope } from "effect"
import { gunzip } from "node:zlib"
import { buildConnector, type Dispatcher, Pool, ProxyAgent } from "undici"
import { type HttpHeaders, OpenAnswer } from "./OpenAnswer.ts"
import { TransportFault } from "./TransportFault.ts"

export interface TlsMaterial {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly servername: string | undefined
  readonly rejectUnauthorized: boolean
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  /** With its query. */
  readonly path: string
  /** Name, value, name, value. */
  readonly headers: Array<string>
  readonly body?: string
  /** Longest silence of the server, in milliseconds: before it answers, and within its answer. */
  readonly patience: number
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: HttpHeaders
  readonly body: Buffer
}

export interface TransportTarget {
  /** An http:// or https:// address without a path. */
  readonly origin: string
  readonly proxy: string | undefined
  readonly tls: TlsMaterial
}

export interface Transport {
  /** One request with its whole answer; interrupting it aborts it on the wire. */
  readonly send: (request: HttpRequest) => Effect.Effect<HttpAnswer, TransportFault>
  /** One request whose answer is read piece by piece; closing the scope aborts it on the wire. */
  readonly open: (request: HttpRequest) => Effect.Effect<OpenAnswer, TransportFault, Scope.Scope>
  /** Uses this from the next connection on, and lets go of the connections there are. */
  readonly retarget: (target: TransportTarget) => Effect.Effect<void>
}

const maxConnections = 36
const pingInterval = 10_000
const connectTimeout = 10_000
/** Below the 90 s after which the API server closes an idle connection. */
const keepIdle = 60_000

interface Connections {
  readonly requests: Dispatcher
  readonly watches: Dispatcher
}

/** Raw HTTP/2 sockets, with how much each had received when it was last looked at. */
type Heartbeats = Map<{ readonly bytesRead: number; destroy(error: Error): void }, number>

const tlsOptions = ({ ca, cert, key, rejectUnauthorized, servername }: TlsMaterial) => ({
  rejectUnauthorized,
  ...(ca === undefined ? {} : { ca }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
  ...(servername === undefined ? {} : { servername })
})

const connectWatched = (tls: TlsMaterial, heartbeats: Heartbeats): buildConnector.connector => {
  const connect = buildConnector({ ...tlsOptions(tls), allowH2: true, preferH2: true, timeout: connectTimeout })
  return (options, callback) =>
    connect(options, (...result) => {
      const [, socket] = result
      // Its types say null, but without a connection undici leaves it out.
      if (Predicate.isObject(socket) && "alpnProtocol" in socket && socket.alpnProtocol === "h2") {
        heartbeats.set(socket, -1)
        socket.once("close", () => heartbeats.delete(socket))
      }
      callback(...result)
    })
}

const connections = (target: TransportTarget, heartbeats: Heartbeats): Connections => {
  const kept = { pipelining: 1, keepAliveTimeout: keepIdle, connectTimeout }
  const requests = { ...kept, allowH2: false, connections: maxConnections }
  const watches = { ...kept, allowH2: true, h2Options: { pingInterval } }
  if (target.proxy !== undefined) {
    const proxied = { uri: target.proxy, requestTls: tlsOptions(target.tls) }
    return {
      requests: new ProxyAgent({ ...requests, ...proxied }),
      watches: new ProxyAgent({ ...watches, ...proxied })
    }
  }
  return {
    requests: new Pool(target.origin, { ...requests, connect: { ...tlsOptions(target.tls), timeout: connectTimeout } }),
    watches: new Pool(target.origin, { ...watches, connect: connectWatched(target.tls, heartbeats) })
  }
}

const destroySilent = (heartbeats: Heartbeats) => {
  for (const [socket, received] of heartbeats) {
    if (socket.bytesRead === received) socket.destroy(new Error("the connection stopped answering pings"))
    else heartbeats.set(socket, socket.bytesRead)
  }
}

const interrupted = new Error("interrupted")

const inflate = (body: Buffer): Effect.Effect<Buffer, TransportFault> =>
  Effect.callback((resume) => {
    gunzip(body, (error, plain) =>
      resume(
        error === null
          ? Effect.succeed(plain)
          : Effect.fail(new TransportFault({ kind: "broken", reason: "the answer is not valid gzip" }))
      ))
  })

const exchange = (
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions
): Effect.Effect<HttpAnswer, TransportFault> =>
  Effect.callback((resume) => {
    const chunks: Array<Buffer> = []
    let controller: Dispatcher.DispatchController | undefined
    let aborted = false
    let status = 0
    let headers: HttpHeaders = {}
    dispatcher.dispatch(options, {
      onRequestStart(started) {
        controller = started
        if (aborted) started.abort(interrupted)
      },
      onResponseStart(_, code, received) {
        status = code
        headers = received
      },
      onResponseData(_, chunk) {
        chunks.push(chunk)
      },
      onResponseEnd() {
        resume(
          Effect.succeed({
            status,
            headers,
            body: chunks.length === 1 ? chunks[0] ?? Buffer.alloc(0) : Buffer.concat(chunks)
          })
        )
      },
      onResponseError(_, error) {
        resume(Effect.fail(TransportFault.from(error)))
      }
    })
    return Effect.sync(() => {
      aborted = true
      controller?.abort(interrupted)
    })
  })

/** Ends with its scope, and every request with it. */
export const makeTransport = Effect.fnUntraced(function*(first: TransportTarget) {
  const heartbeats: Heartbeats = new Map()
  let target = first
  let current = connections(first, heartbeats)

  yield* Effect.addFinalizer(() =>
    Effect.promise(() => Promise.all([current.requests.destroy(), current.watches.destroy()]))
  )
  yield* Effect.sleep(Duration.millis(pingInterval * 2)).pipe(
    Effect.andThen(Effect.sync(() => destroySilent(heartbeats))),
    Effect.forever,
    Effect.forkScoped
  )

  const optionsOf = ({ body, headers, method, path, patience }: HttpRequest): Dispatcher.DispatchOptions => ({
    origin: target.origin,
    path,
    method,
    headers,
    body: body ?? null,
    headersTimeout: patience,
    bodyTimeout: patience
  })

  return {
    send: (request) =>
      Effect.suspend(() => exchange(current.requests, optionsOf(request))).pipe(
        Effect.flatMap((answer) =>
          answer.headers["content-encoding"] === "gzip"
            ? Effect.map(inflate(answer.body), (body): HttpAnswer => ({ ...answer, body }))
            : Effect.succeed(answer)
        )
      ),
    open: (request) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          const answer = new OpenAnswer()
          current.watches.dispatch(optionsOf(request), answer)
          return answer
        }),
        (answer) => Effect.sync(() => answer.abort())
      ).pipe(Effect.tap((answer) => answer.started)),
    retarget: (next) =>
      Effect.sync(() => {
        const previous = current
        target = next
        current = connections(next, heartbeats)
        void previous.requests.close()
        void previous.watches.close()
      })
  } satisfies Transport
})
