/** Everything that is wrong with a configuration, at once, each mistake at its place. */
import { Schema } from "effect"

export const Mistake = Schema.Struct({
  /** As given on the command line, or `command line` itself. */
  file: Schema.String,
  /** Counted from 1, like `column`; absent when it concerns the whole file. */
  line: Schema.optionalKey(Schema.Int),
  column: Schema.optionalKey(Schema.Int),
  /** What was found and what is allowed, without the place. Holds no credentials. */
  message: Schema.String
})
export type Mistake = typeof Mistake.Type

/** `config.yaml:4:5: unknown key "syncto", did you mean "syncTo"?` */
export const format = ({ column, file, line, message }: Mistake): string =>
  `${file}${line === undefined ? "" : `:${line}`}${column === undefined ? "" : `:${column}`}: ${message}`

export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  /** In the order of the file, never empty. */
  mistakes: Schema.Array(Mistake)
}) {
  /** One mistake a line. */
  override get message(): string {
    return this.mistakes.map(format).join("\n")
  }
}
