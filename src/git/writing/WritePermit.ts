/** Whether this process may write to the repository now, and for which cluster. Somebody outside knows; asked right before every push. */
import { Context, Effect, Schema } from "effect"

/** Somebody else writes, or nobody knows yet for whom we would. */
export class WritingWithheld extends Schema.TaggedError<WritingWithheld>()("WritingWithheld", {
  message: Schema.String
}) {}

export interface Permitted {
  /** What the cluster is called in commit messages. */
  readonly cluster: string
}

export const WritePermit = Context.Reference<Effect.Effect<Permitted, WritingWithheld>>("gitops/git/WritePermit", {
  defaultValue: () => Effect.succeed({ cluster: "unnamed" })
})
