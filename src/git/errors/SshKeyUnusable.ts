/** There is no private key to log in with, or its file holds none that can be used. */
import { Schema } from "effect"

export class SshKeyUnusable extends Schema.TaggedError<SshKeyUnusable>()("SshKeyUnusable", {
  url: Schema.String,
  file: Schema.String,
  reason: Schema.String,
  /** What to do. */
  cure: Schema.String
}) {
  override get message(): string {
    return `${this.file}, the SSH key for ${this.url}: ${this.reason}; ${this.cure}`
  }
}
