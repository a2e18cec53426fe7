/** The proxy between us and the server doesn't let us through. */
import { Schema } from "effect"

export class ProxyRefused extends Schema.TaggedError<ProxyRefused>()("ProxyRefused", {
  url: Schema.String,
  /** Without user and password. */
  proxy: Schema.String,
  /** The environment variable that names it. */
  variable: Schema.String,
  status: Schema.Number
}) {
  override get message(): string {
    const cure = this.status === 407
      ? `put the proxy's user and password into ${this.variable} (http://user:password@host:port)`
      : `let the proxy connect to that host, or name the host in NO_PROXY if it can be reached without`
    return `${this.url} can't be reached: the proxy ${this.proxy} of ${this.variable} answers ${this.status}; ${cure}. Trying again`
  }
}
