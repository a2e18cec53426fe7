/** A path that no commit of ours may write, or one that leads where something else stands already. */
import { Schema } from "effect"

export class PathRefused extends Schema.TaggedError<PathRefused>()("PathRefused", {
  /** The file, or what is in its way: then every file below it is refused. */
  path: Schema.String,
  /** The half of a sentence that begins with the path. */
  reason: Schema.String
}) {
  override get message(): string {
    return `${
      JSON.stringify(this.path)
    } ${this.reason}: nothing was written there. Give the file another place, or move what is in its way`
  }
}
