// What a newcomer reads when Gitea can't be had: where it was looked for, what helps.
import { Schema } from "effect"

export class GiteaMissing extends Schema.TaggedError<GiteaMissing>()("GiteaMissing", {
  reason: Schema.String,
  looked: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return [
      `The tests need a real forge, but Gitea could not be had: ${this.reason}`,
      ...this.looked.map((line) => `  ${line}`),
      "One of these three helps:",
      "  1. set GITEA_BINARY to the file of a Gitea program that brings SQLite and its own templates, as its releases do;",
      "  2. put such a gitea 1.26 on the PATH;",
      "  3. install Go 1.26.2 or newer (https://go.dev/dl) and a C compiler: it is then built once, in about 6 minutes."
    ].join("\n")
  }
}
