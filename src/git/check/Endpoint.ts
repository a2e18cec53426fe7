/** Where a connection goes at first: to the server, or to the proxy that stands before it; and the addresses of that. */
import { Effect, Result } from "effect"
import { lookup } from "node:dns"
import { isIP } from "node:net"
import { type GitFailure, RemoteUnreachable } from "../GitError.ts"
import type { HttpUrl, SshUrl } from "../GitUrl.ts"
import type { HttpBroken } from "../https/HttpClient.ts"
import * as HttpFault from "../https/HttpFault.ts"
import * as HttpProxy from "../https/HttpProxy.ts"

export interface Endpoint {
  /** Without brackets around an IPv6 address. */
  readonly host: string
  readonly port: number
  /** Of the repository, for messages. */
  readonly where: HttpFault.Where
}

const ofUrl = (where: HttpFault.Where, href: string): Endpoint => {
  const { hostname, port, protocol } = new URL(href)
  return {
    where,
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port)
  }
}

export const endpointOf = Effect.fnUntraced(
  function*(url: HttpUrl | SshUrl): Effect.fn.Return<Endpoint, GitFailure> {
    const where = { url: url.shown }
    if (url.scheme === "ssh") return { host: url.host, port: url.port, where }
    const proxy = HttpProxy.proxyFor(url.href, yield* HttpProxy.proxyVariables)
    if (Result.isFailure(proxy)) return yield* new RemoteUnreachable({ url: url.shown, reason: proxy.failure })
    return proxy.success === undefined
      ? ofUrl(where, url.href)
      : ofUrl({ ...where, proxy: proxy.success }, proxy.success.origin)
  }
)

const lookUp = (host: string) =>
  Effect.callback<ReadonlyArray<string>, HttpBroken>((resume) =>
    lookup(host, { all: true }, (error, found) =>
      resume(
        error === null
          ? Effect.succeed(found.map(({ address }) => address))
          : Effect.fail({ code: error.code ?? "", reason: error.message })
      ))
  )

/** What the system says of the host's name, as a sentence for people. */
export const resolve = Effect.fnUntraced(function*({ host, where }: Endpoint) {
  const through = where.proxy === undefined ? "" : `, the proxy of ${where.proxy.variable}`
  if (isIP(host) !== 0) return `${host} is an address already${through}`
  const addresses = yield* Effect.mapError(lookUp(host), (broken) => HttpFault.fromBroken(where, broken))
  return `${host} is ${addresses.join(", ")}${through}`
})
