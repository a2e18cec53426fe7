/** Why no answer came, in plain words; from the codes of Node and undici. */
import { Data } from "effect"

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was reset",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "the network is unreachable",
  ENOTFOUND: "its host name is not known",
  EAI_AGAIN: "its host name could not be looked up",
  EPIPE: "the connection was closed",
  ETIMEDOUT: "the connection timed out",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself, not by the CA we were given",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by a CA we were not given",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is signed by a CA we were not given",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by a CA we were not given",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name (tls-server-name sets the one to expect)",
  UND_ERR_CONNECT_TIMEOUT: "no connection within 10 s",
  UND_ERR_HEADERS_TIMEOUT: "it took the request and did not answer in time",
  UND_ERR_BODY_TIMEOUT: "it fell silent within its answer",
  UND_ERR_SOCKET: "the connection was closed"
}

export class TransportFault extends Data.TaggedError("TransportFault")<{
  /** `silent`: connected, and nothing came for too long. */
  readonly kind: "unreachable" | "silent" | "broken"
  readonly reason: string
}> {
  static from(error: Error): TransportFault {
    const code = "code" in error && typeof error.code === "string" ? error.code : ""
    return new TransportFault({
      kind: code === "UND_ERR_BODY_TIMEOUT" ? "silent" : "unreachable",
      reason: words[code] ?? (code === "" ? error.message : `${error.message} (${code})`)
    })
  }
}
