/** How commits are made, in the configuration. */
import { Duration, Schema } from "effect"
import { defaults } from "./Defaults.ts"
import { inOrder } from "./DurationOrder.ts"
import { duration, filePath, notEmpty, text } from "./Fields.ts"

const key = Schema.optionalKey

export const CommitSchema = Schema.Struct({
  quiet: key(
    duration(
      { description: "Commit once nothing new came for this long.", default: defaults.commit.quiet, examples: ["10s"] },
      Duration.zero
    )
  ),
  maxAge: key(
    duration(
      {
        description: "Commit when the oldest change has waited this long, whatever still comes. At least quiet.",
        default: defaults.commit.maxAge,
        examples: ["5m"]
      },
      Duration.zero
    )
  ),
  author: key(
    Schema.Struct({
      name: key(text(
        { description: "Name in commits.", default: defaults.commit.author.name, examples: ["Prod cluster"] },
        notEmpty("a name")
      )),
      email: key(
        text(
          {
            description: "Mail address in commits.",
            default: defaults.commit.author.email,
            examples: ["prod@acme.example"]
          },
          notEmpty("a mail address")
        )
      )
    }).annotate({ description: "Who commits." })
  ),
  signingKeyFile: key(filePath({
    description: "Private SSH key that signs the commits. Default: they aren't signed.",
    examples: ["/ssh/signing"]
  }))
}).annotate({ description: "How changes of the cluster are gathered into commits." })
  .check(
    Schema.makeFilter((commit: { readonly quiet?: Duration.Duration; readonly maxAge?: Duration.Duration }) =>
      inOrder("maxAge", "quiet", commit, defaults.commit, true)
    )
  )
