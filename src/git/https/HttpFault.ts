/** From what HTTP says to what it means for a repository. Pure. */
import { Result } from "effect"
import { brokenConnections } from "../brokenConnections.ts"
import { ProxyRefused } from "../errors/ProxyRefused.ts"
import { PushForbidden } from "../errors/PushForbidden.ts"
import {
  AuthenticationFailed,
  CertificateUntrusted,
  CredentialUnreadable,
  type GitFailure,
  RemoteError,
  RemoteUnreachable,
  RepositoryNotFound
} from "../GitError.ts"
import { redact } from "../GitUrl.ts"
import * as PktLine from "../wire/PktLine.ts"
import { words } from "../wire/WireFault.ts"
import type { HttpBroken } from "./HttpClient.ts"
import type { Proxy } from "./HttpProxy.ts"

export interface Where {
  readonly url: string
  readonly caFile?: string
  readonly proxy?: Pick<Proxy, "origin" | "variable">
}

/** Whose credentials were sent; nobody's when it is empty. */
export interface Who {
  readonly passwordFile?: string
  /** Git's own credential helper: it had none so far, or what it gave was sent. */
  readonly helper?: "empty" | "used"
}

export type Service = "git-upload-pack" | "git-receive-pack"

/** What a server answered that isn't what was asked for. */
export interface Refusal {
  readonly service: Service
  readonly who: Who
  readonly status: number
  /** The header `Retry-After`, `""` without one. */
  readonly retry: string
  /** What the body says, if it is for people; else empty. */
  readonly said: string
}

const untrusted: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it isn't valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "it is signed by an unknown CA",
  UNABLE_TO_GET_ISSUER_CERT: "it is signed by an unknown CA",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "it is signed by an unknown CA",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "it is signed by an unknown CA"
}

const unreachable: Readonly<Record<string, string>> = {
  ...brokenConnections,
  UND_ERR_CONNECT_TIMEOUT: "no connection within 10 s",
  UND_ERR_PRX_CONN: "the proxy cut the connection",
  UND_ERR_PRX_TLS: "the proxy's certificate is for another host name",
  UND_ERR_SOCKET: "the connection was cut",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the connection was cut within an answer"
}

/** No answer, or none to its end. */
export const fromBroken = ({ caFile, proxy, url }: Where, { code, proxyStatus, reason }: HttpBroken): GitFailure => {
  if (proxy !== undefined && proxyStatus !== undefined)
    return new ProxyRefused({ url, proxy: proxy.origin, variable: proxy.variable, status: proxyStatus })
  const through = proxy === undefined ? "" : `, through the proxy ${proxy.origin} of ${proxy.variable}`
  const distrust = untrusted[code]
  if (distrust !== undefined)
    return new CertificateUntrusted({ url, reason: `${distrust}${through}`, ...caFile === undefined ? {} : { caFile } })
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return new RemoteUnreachable({ url, reason: "its certificate is for another host name" })
  if (code.startsWith("ERR_OSSL_") || code.startsWith("ERR_CRYPTO_")) {
    return new CredentialUnreadable({
      url,
      reason: `certFile and keyFile must be a certificate and its key in PEM (${words(reason)})`
    })
  }
  if (code.startsWith("Z_") || code === "ERR_BUFFER_TOO_LARGE")
    return new RemoteUnreachable({ url, reason: "its answer is not valid gzip" })
  return new RemoteUnreachable({ url, reason: `${unreachable[code] ?? words(redact(reason))}${through}` })
}

/** Whether the connection was lost before it was of use, as a kept one is when the server closes it at that moment. */
export const isLost = ({ code }: HttpBroken): boolean =>
  code === "ECONNRESET" || code === "UND_ERR_SOCKET" || code === "EPIPE"

/** `Retry-After` in milliseconds. A date is passed over: servers of Git send seconds. */
const retryAfter = (header: string): number | undefined => /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined

/** What an answer says to people: plain text, or Git's own packets, as some servers put their refusal in. */
export const saidIn = (contentType: string, beginning: Buffer): string => {
  if (contentType.startsWith("text/plain")) return beginning.toString("utf8")
  if (!contentType.startsWith("application/x-git-")) return ""
  const packets = Result.getOrElse(Result.map(PktLine.decode(beginning), ({ packets }) => packets), () => [])
  return packets.flatMap((packet) => typeof packet === "string" ? [] : [PktLine.text(packet)])
    .filter((line) => !line.startsWith("# service="))
    .join(" ")
}

const userOf = ({ helper, passwordFile }: Who) => {
  if (passwordFile !== undefined) return { user: `the user of ${passwordFile}` }
  return helper === "used" ? { user: "the user that Git's credential helper on this machine names" } : {}
}

const forbidden = (url: string, { service, status, who }: Refusal, said: string): GitFailure | undefined => {
  if (status !== 401 && status !== 403) return undefined
  const sent = who.passwordFile !== undefined || who.helper === "used"
  if (service === "git-receive-pack" && (status === 403 || (!sent && who.helper === undefined)))
    return new PushForbidden({ url, status, words: said, ...userOf(who) })
  return new AuthenticationFailed({ url, status, ...who })
}

/** An answer that isn't a success. */
export const fromStatus = ({ url }: Where, refusal: Refusal): GitFailure => {
  const { status } = refusal
  const said = words(redact(refusal.said))
  const after = retryAfter(refusal.retry)
  // Some servers slow people down with a 403.
  const denied = status === 403 && after !== undefined ? undefined : forbidden(url, refusal, said)
  if (denied !== undefined) return denied
  if (status === 404 || status === 410) return new RepositoryNotFound({ url, reason: `the server answers ${status}` })
  return new RemoteError({
    url,
    status,
    words: said || `HTTP status ${status}`,
    ...after === undefined ? {} : { retryAfter: after }
  })
}
