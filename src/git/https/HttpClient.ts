/** HTTP by undici, and by nobody else in this room: one connection kept, one request at a time, answers inflated, nothing followed. */
import * as NodeStream from "@effect/platform-node/NodeStream"
import { Effect, Redacted, type Scope, type Stream } from "effect"
import { createSecureContext, getCACertificates } from "node:tls"
import { createGunzip } from "node:zlib"
import { Agent, type Dispatcher, Pool, ProxyAgent } from "undici"
import type { Proxy } from "./HttpProxy.ts"

/** In PEM. */
export interface Trust {
  /** Absent: the system's. */
  readonly ca?: string | Array<string>
  readonly cert?: string
  readonly key?: string
}

export interface HttpRequest {
  readonly method: "GET" | "POST"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
}

export interface HttpAnswer {
  readonly status: number
  readonly header: (name: string) => string
  readonly body: Stream.Stream<Buffer, HttpBroken>
}

/** There is no answer, or no more of it. `code` is Node's or undici's, `""` without one. */
export interface HttpBroken {
  readonly code: string
  readonly reason: string
  /** What the proxy answered instead of letting us through. */
  readonly proxyStatus?: number
}

export interface HttpClient {
  /** Hangs up when the scope closes. */
  readonly send: (request: HttpRequest) => Effect.Effect<HttpAnswer, HttpBroken, Scope.Scope>
}

const connectTimeout = 10_000
/** Longer than most intervals, so that a poll costs one round trip; a server that says it closes sooner is believed. */
const keepAliveTimeout = 90_000

const broken = (cause: unknown): HttpBroken => {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  const code = "code" in error && typeof error.code === "string" ? error.code : ""
  const proxyStatus = /^Proxy response \((\d+)\)|^Proxy Authentication Required \((407)\)/.exec(error.message)
  if (proxyStatus === null) return { code, reason: error.message }
  return { code, reason: error.message, proxyStatus: Number(proxyStatus[1] ?? proxyStatus[2]) }
}

const headerOf = (headers: Dispatcher.ResponseData["headers"]) => (name: string): string => {
  const value = headers[name]
  return Array.isArray(value) ? value[0] ?? "" : value ?? ""
}

const bodyOf = ({ body, headers }: Dispatcher.ResponseData): Stream.Stream<Buffer, HttpBroken> => {
  const plain = () => {
    if (headerOf(headers)("content-encoding") !== "gzip") return body
    const gunzip = createGunzip()
    body.on("error", (cause) => gunzip.destroy(cause))
    gunzip.on("close", () => body.destroy())
    return body.pipe(gunzip)
  }
  return NodeStream.fromReadable<Buffer, HttpBroken>({ evaluate: plain, onError: broken })
}

/** Node knows the CAs it was built with; those an administrator added to the system count as well. */
const systemCas = (): Array<string> => [...new Set([...getCACertificates("default"), ...getCACertificates("system")])]

const limits = { keepAliveTimeout, headersTimeout: 0, bodyTimeout: 0, allowH2: false }

const makeAgent = ({ ca = systemCas(), cert, key }: Trust, proxy: Proxy | undefined): Dispatcher => {
  const connect = {
    secureContext: createSecureContext({
      ca,
      ...cert === undefined ? {} : { cert },
      ...key === undefined ? {} : { key }
    }),
    timeout: connectTimeout
  }
  if (proxy === undefined) return new Agent({ connect, ...limits })
  return new ProxyAgent({
    ...limits,
    uri: proxy.origin,
    ...proxy.authorization === undefined ? {} : { token: Redacted.value(proxy.authorization) },
    requestTls: connect,
    // The client's certificate is for the server alone.
    proxyTls: { secureContext: createSecureContext({ ca }), timeout: connectTimeout },
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: connectTimeout })
  })
}

/** A client that trusts and shows these certificates. Fails when they are none. */
export const makeHttpClient = (
  trust: Trust,
  proxy: Proxy | undefined
): Effect.Effect<HttpClient, HttpBroken, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({ try: () => makeAgent(trust, proxy), catch: broken }),
    (agent) => Effect.promise(() => agent.destroy())
  ).pipe(
    Effect.map((agent): HttpClient => ({
      send: ({ body, headers, method, url }) =>
        Effect.acquireRelease(
          Effect.sync(() => new AbortController()),
          (controller) => Effect.sync(() => controller.abort())
        ).pipe(
          Effect.flatMap(({ signal }) =>
            Effect.tryPromise({
              try: () =>
                agent.request({ ...targetOf(url), method, headers, signal, ...body === undefined ? {} : { body } }),
              catch: broken
            })
          ),
          Effect.map((response) => ({
            status: response.statusCode,
            header: headerOf(response.headers),
            body: bodyOf(response)
          }))
        )
    }))
  )

const targetOf = (url: string) => {
  const { origin, pathname, search } = new URL(url)
  return { origin, path: `${pathname}${search}` }
}
