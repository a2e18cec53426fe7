/** How commits are made, in the configuration. */
import { Duration, Schema } from "effect"
import { defaults } from "./Defaults.ts"
import { inOrder } from "./DurationOrder.ts"
import { duration, filePath, notEmpty, text } from "./Fields.ts"

const key = Schema.optionalKey

export const CommitSchema = Schema.Struct({
  quiet: key(
    duration(
      { description: "Commit once nothing new came for this long.", default: defaults.commit.quiet },
      Duration.zero
    )
  ),
  maxAge: key(
    duration(
      { description: "Commit when the oldest change has waited this long.", default: defaults.commit.maxAge },
      Duration.zero
    )
  ),
  author: key(
    Schema.Struct({
      name: key(text({ description: "Name in commits.", default: defaults.commit.author.name }, notEmpty("a name"))),
      email: key(
        text(
          { description: "Mail address in commits.", default: defaults.commit.author.email },
          notEmpty("a mail address")
        )
      )
    }).annotate({ description: "Who commits." })
  ),
  signingKeyFile: key(filePath("SSH key that signs the commits."))
}).annotate({ description: "How changes of the cluster are gathered into commits." })
  .check(
    Schema.makeFilter((commit: { readonly quiet?: Duration.Duration; readonly maxAge?: Duration.Duration }) =>
      inOrder("maxAge", "quiet", commit, defaults.commit, true)
    )
  )
