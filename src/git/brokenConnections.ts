/** Why there is no connection, or no more of it, by Node's code: the same for HTTP and SSH. */
export const brokenConnections: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "the network is unreachable",
  ENOTFOUND: "its host name is unknown",
  EAI_AGAIN: "its host name could not be looked up",
  EPIPE: "the connection was cut",
  ETIMEDOUT: "the connection timed out"
}
