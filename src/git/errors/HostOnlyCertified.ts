/** known_hosts knows the host by nothing but a certificate authority, and certificates of hosts can't be checked here. */
import { Schema } from "effect"

export class HostOnlyCertified extends Schema.TaggedError<HostOnlyCertified>()("HostOnlyCertified", {
  url: Schema.String,
  host: Schema.String,
  type: Schema.String,
  fingerprint: Schema.String,
  /** File and line of the authority. */
  place: Schema.String,
  /** Where its key belongs. */
  home: Schema.String,
  /** Prints what the host shows. */
  keyscan: Schema.String
}) {
  override get message(): string {
    return `${this.url}: the host ${this.host} is known by a @cert-authority alone (${this.place}), and certificates of hosts can't be checked here. ` +
      `It shows ${this.type} ${this.fingerprint}: compare that with what its owner has published, and only if it is the same put the line that ` +
      `"${this.keyscan}" prints into ${this.home}`
  }
}
