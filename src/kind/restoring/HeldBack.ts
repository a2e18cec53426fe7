/** What keeps an object from being created, beside the server's own refusals. */
import { Schema } from "effect"

/** Something has to be there first; it is looked at again until it is. */
export class HeldBack extends Schema.TaggedError<HeldBack>()("HeldBack", {
  message: Schema.String
}) {}

/** As its manifest says it, it can't come back, or would do harm. */
export class Unrestorable extends Schema.TaggedError<Unrestorable>()("Unrestorable", {
  message: Schema.String
}) {}

/** It stays in Git, and isn't brought back on purpose. */
export class LeftInGit extends Schema.TaggedError<LeftInGit>()("LeftInGit", {
  message: Schema.String
}) {}
