// What a newcomer reads when the programs of the CSI stack can't be had: which one, why, what helps.
import { Schema } from "effect"

export class CsiProgramsMissing extends Schema.TaggedError<CsiProgramsMissing>()("CsiProgramsMissing", {
  missing: Schema.Array(Schema.String),
  reason: Schema.String
}) {
  override get message(): string {
    return [
      `The tests of volumes need real CSI controllers, but ${this.missing.join(", ")} could not be had: ${this.reason}`,
      "Install Go 1.26 or newer (https://go.dev/dl): they are then built once, in about 6 minutes."
    ].join("\n")
  }
}
