/** The manifests that somebody asked to look at can't be read. */
import { Schema } from "effect"

export class SourceUnreadable extends Schema.TaggedError<SourceUnreadable>()("SourceUnreadable", {
  /** Where, why, and what to do. */
  message: Schema.String
}) {}
