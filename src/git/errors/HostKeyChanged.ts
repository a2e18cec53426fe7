/** The host shows another key than known_hosts has of it. */
import { Schema } from "effect"

export class HostKeyChanged extends Schema.TaggedError<HostKeyChanged>()("HostKeyChanged", {
  url: Schema.String,
  host: Schema.String,
  /** Of the key it shows. */
  type: Schema.String,
  fingerprint: Schema.String,
  /** File and line of the key that it should show. */
  place: Schema.String,
  knownType: Schema.String,
  knownFingerprint: Schema.String,
  /** Prints what the host shows. */
  keyscan: Schema.String
}) {
  override get message(): string {
    return `${this.url}: the host ${this.host} shows another key than the one that is known: ${this.type} ${this.fingerprint} instead of ` +
      `${this.knownType} ${this.knownFingerprint} (${this.place}). Somebody may stand in between, or the host was set up anew: ask its owner ` +
      `for the fingerprint, and only if it is the new one put the line that "${this.keyscan}" prints in the place of the old`
  }
}
