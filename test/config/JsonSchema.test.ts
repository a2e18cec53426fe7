import * as NodeServices from "@effect/platform-node/NodeServices"
import { expect, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { jsonSchema } from "../../src/config/JsonSchema.ts"

/** Every map of keys in the schema, with the path of the map. */
const objects = (schema: unknown, path = ""): ReadonlyArray<readonly [string, Record<string, unknown>]> => {
  if (typeof schema !== "object" || schema === null) return []
  const inner = Object.entries(schema).flatMap(([key, value]) => objects(value, `${path}/${key}`))
  return "properties" in schema ? [[path, { ...schema }], ...inner] : inner
}

layer(NodeServices.layer)("The JSON Schema of the configuration", (it) => {
  it("describes every key and allows no other", () => {
    for (const [path, object] of objects(jsonSchema)) {
      expect(object["additionalProperties"], path).toBe(false)
      for (const [key, value] of Object.entries(Object(object["properties"])))
        expect(value, `${path}/${key}`).toHaveProperty("description")
    }
  })

  it("knows what must be there, what may be chosen and what counts otherwise", () => {
    expect(jsonSchema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      required: ["rules"],
      properties: {
        rules: {
          minItems: 1,
          items: { required: ["syncTo"], properties: { syncTo: { enum: ["git", "kubernetes", "ignore", "both"] } } }
        },
        interval: { type: "string", default: "30s" },
        http: { properties: { port: { type: "integer", minimum: 0, maximum: 65535, default: 8080 } } }
      }
    })
  })

  it.effect("is the one beside the example, for the editor", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const written = yield* files.readFileString("deploy/config.schema.json")
      expect(written, "gitops-controller schema > deploy/config.schema.json").toBe(
        `${JSON.stringify(jsonSchema, null, 2)}\n`
      )
    }))
})
