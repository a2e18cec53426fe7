/** From what HTTP says to what it means for a repository. Pure. */
import {
  AuthenticationFailed,
  CertificateUntrusted,
  CredentialUnreadable,
  type GitFailure,
  RemoteError,
  RemoteUnreachable,
  RepositoryNotFound
} from "./GitError.ts"
import { redact } from "./GitUrl.ts"
import type { HttpBroken } from "./HttpClient.ts"
import { words } from "./WireFault.ts"

export interface Where {
  readonly url: string
  readonly passwordFile?: string
  readonly caFile?: string
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
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "the network is unreachable",
  ENOTFOUND: "its host name is unknown",
  EAI_AGAIN: "its host name could not be looked up",
  EPIPE: "the connection was cut",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "no connection within 10 s",
  UND_ERR_SOCKET: "the connection was cut",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the connection was cut within an answer"
}

/** No answer, or none to its end. */
export const fromBroken = ({ caFile, url }: Where, { code, reason }: HttpBroken): GitFailure => {
  const distrust = untrusted[code]
  if (distrust !== undefined)
    return new CertificateUntrusted({ url, reason: distrust, ...caFile === undefined ? {} : { caFile } })
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
  return new RemoteUnreachable({ url, reason: unreachable[code] ?? words(redact(reason)) })
}

/** Whether the connection was lost before it was of use, as a kept one is when the server closes it at that moment. */
export const isLost = ({ code }: HttpBroken): boolean =>
  code === "ECONNRESET" || code === "UND_ERR_SOCKET" || code === "EPIPE"

/** `Retry-After` in milliseconds. A date is passed over: servers of Git send seconds. */
const retryAfter = (header: string): number | undefined => /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined

/** An answer that isn't a success. `said` is its body if that is plain text, else empty. */
export const fromStatus = ({ passwordFile, url }: Where, status: number, retry: string, said: string): GitFailure => {
  if (status === 401 || status === 403)
    return new AuthenticationFailed({ url, status, ...passwordFile === undefined ? {} : { passwordFile } })
  if (status === 404 || status === 410) return new RepositoryNotFound({ url, reason: `the server answers ${status}` })
  const after = retryAfter(retry)
  return new RemoteError({
    url,
    status,
    words: words(redact(said)) || `HTTP status ${status}`,
    ...after === undefined ? {} : { retryAfter: after }
  })
}
