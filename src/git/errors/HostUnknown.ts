/** The host isn't in known_hosts. It is never trusted because it was the first to answer. */
import { Schema } from "effect"

export class HostUnknown extends Schema.TaggedError<HostUnknown>()("HostUnknown", {
  url: Schema.String,
  host: Schema.String,
  /** Of the key it shows. */
  type: Schema.String,
  fingerprint: Schema.String,
  /** Where it was looked for. */
  knownHosts: Schema.String,
  /** Where its key belongs. */
  home: Schema.String,
  /** Prints what the host shows. */
  keyscan: Schema.String
}) {
  override get message(): string {
    return `${this.url}: the host ${this.host} isn't known: ${this.knownHosts} has no key of it. It shows ${this.type} ${this.fingerprint}: ` +
      `compare that with what its owner has published, and only if it is the same put the line that "${this.keyscan}" prints into ${this.home}`
  }
}
