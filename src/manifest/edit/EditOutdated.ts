/** Documents that are no longer what their changes were based on. Nothing of the file was changed; whoever asked decides again. */
import { Schema } from "effect"
import { formatKey } from "../ObjectKey.ts"

export class EditOutdated extends Schema.TaggedError<EditOutdated>()("EditOutdated", {
  /** Of the documents that changed, or are gone. */
  keys: Schema.Array(Schema.Struct({
    group: Schema.String,
    kind: Schema.String,
    namespace: Schema.String,
    name: Schema.String
  }))
}) {
  override get message(): string {
    return `${
      this.keys.map(formatKey).join(", ")
    }: what should be changed here is no longer what it was; look again and decide anew`
  }
}
