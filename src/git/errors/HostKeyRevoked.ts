/** The host shows a key that known_hosts marks as stolen or given up. */
import { Schema } from "effect"

export class HostKeyRevoked extends Schema.TaggedError<HostKeyRevoked>()("HostKeyRevoked", {
  url: Schema.String,
  host: Schema.String,
  type: Schema.String,
  fingerprint: Schema.String,
  /** File and line of the mark. */
  place: Schema.String,
  /** Prints what the host shows. */
  keyscan: Schema.String
}) {
  override get message(): string {
    return `${this.url}: the host ${this.host} shows the key ${this.type} ${this.fingerprint}, which ${this.place} marks as @revoked: whoever has it ` +
      `may not be that host. Ask its owner for a new key, and compare it with what "${this.keyscan}" prints`
  }
}
