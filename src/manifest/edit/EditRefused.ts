/** A change of a file that can't be made safely, and what to do about it. Nothing of the file was changed then. */
import { Schema } from "effect"
import { formatKey } from "../ObjectKey.ts"

export class EditRefused extends Schema.TaggedError<EditRefused>()("EditRefused", {
  /** Whose edit it was; absent when no edit of this file is possible. */
  key: Schema.optionalKey(Schema.Struct({
    group: Schema.String,
    kind: Schema.String,
    namespace: Schema.String,
    name: Schema.String
  })),
  /** Of the field in its manifest, such as `/spec/replicas`; absent when it isn't about one. */
  path: Schema.optionalKey(Schema.String),
  /** Of the file, counted from 1. */
  line: Schema.optionalKey(Schema.Number),
  /** Why, and what to do. */
  reason: Schema.String
}) {
  override get message(): string {
    const what = this.key === undefined ? "this file" : formatKey(this.key)
    const place = [this.line === undefined ? "" : `line ${this.line}`, this.path ?? ""].filter((part) => part !== "")
    return `${what} can't be changed here${place.length === 0 ? "" : ` (${place.join(", ")})`}: ${this.reason}`
  }
}
