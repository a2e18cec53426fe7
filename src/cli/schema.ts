/** `gitops-controller schema`: the JSON Schema of the configuration file, for editors. */
import { Console } from "effect"
import { Command } from "effect/cli"
import { jsonSchema } from "../config/JsonSchema.ts"

export const schema = Command.make("schema", {}, () => Console.log(JSON.stringify(jsonSchema, null, 2))).pipe(
  Command.withDescription("Print the JSON Schema of the configuration file, for completion and checks in an editor")
)
