/** The server let none of our keys in. */
import { Schema } from "effect"

export class SshAuthenticationFailed extends Schema.TaggedError<SshAuthenticationFailed>()("SshAuthenticationFailed", {
  url: Schema.String,
  user: Schema.String,
  /** What was offered: files with the fingerprints of their keys, or an agent. */
  offered: Schema.Array(Schema.String),
  /** What could not be offered, and why. */
  passedOver: Schema.Array(Schema.String),
  /** In the words of the protocol, where it says more than no. */
  reason: Schema.String
}) {
  override get message(): string {
    const reason = this.reason === "" ? "" : ` (${this.reason})`
    const passedOver = this.passedOver.length === 0 ? "" : `; passed over: ${this.passedOver.join(", ")}`
    return `${this.url} lets "${this.user}" in with none of the keys that were offered${reason}: ${
      this.offered.join(", ")
    }${passedOver}. ` +
      `Add the public key to the repository as a deploy key, or to its user's account`
  }
}
