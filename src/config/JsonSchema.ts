/** The JSON Schema (draft 2020-12) of the configuration file, so that editors complete and check it. */
import { Schema } from "effect"
import { ConfigSchema } from "./ConfigSchema.ts"

const { definitions, schema } = Schema.toJsonSchemaDocument(ConfigSchema, { onExcessProperty: "error" })

export const jsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  ...schema,
  ...Object.keys(definitions).length === 0 ? {} : { $defs: definitions }
}
