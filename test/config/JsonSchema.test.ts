import * as NodeServices from "@effect/platform-node/NodeServices"
import { expect, layer } from "@effect/vitest"
import { Effect, FileSystem, Result } from "effect"
import * as ConfigFile from "../../src/config/ConfigFile.ts"
import { jsonSchema } from "../../src/config/JsonSchema.ts"
import { type Key, keysOf } from "./keysOf.ts"

/** Every map of keys in the schema, with the path of the map. */
const objects = (schema: unknown, path = ""): ReadonlyArray<readonly [string, Record<string, unknown>]> => {
  if (typeof schema !== "object" || schema === null) return []
  const inner = Object.entries(schema).flatMap(([key, value]) => objects(value, `${path}/${key}`))
  return "properties" in schema ? [[path, { ...schema }], ...inner] : inner
}

/** Its values speak for themselves. */
const isObvious = ({ schema }: Key) => "enum" in schema || schema["type"] === "boolean" || schema["type"] === "object"

/** What has to stand beside a key. */
const needs: Readonly<Record<string, object>> = {
  "lease.renew": { duration: "1m" },
  "credentials.https.username": { passwordFile: "/password" },
  "credentials.https.certFile": { keyFile: "/key" },
  "credentials.https.keyFile": { certFile: "/cert" }
}

/** A configuration in which a key, `commit.author.name` or `rules[].names`, has this value. */
const withValue = (path: string, value: unknown): unknown => {
  const maps = path.split(".")
  const written = { [maps.pop() ?? ""]: value, ...needs[path] }
  const rule = { syncTo: "kubernetes" }
  return maps[0] === "rules[]"
    ? { rules: [{ ...rule, ...written }] }
    : { rules: [rule], ...maps.reduceRight<object>((inner, map) => ({ [map]: inner }), written) }
}

layer(NodeServices.layer)("The JSON Schema of the configuration", (it) => {
  it("describes every key and allows no other", () => {
    for (const [path, object] of objects(jsonSchema)) expect(object["additionalProperties"], path).toBe(false)
    const silent = keysOf(jsonSchema).filter(({ description }) => description === "")
    expect(silent.map(({ path }) => path)).toStrictEqual([])
  })

  it("has an example of every key whose values don't speak for themselves", () => {
    const bare = keysOf(jsonSchema).filter((key) => !isObvious(key) && key.examples.length === 0)
    expect(bare.map(({ path }) => path)).toStrictEqual([])
  })

  it("has examples that are valid", () => {
    const examples = keysOf(jsonSchema).flatMap(({ examples, path }) => examples.map((value) => ({ path, value })))
    expect(examples).toContainEqual({ path: "rules[].names", value: ["web", "web-*"] })
    for (const { path, value } of examples) {
      const written = JSON.stringify(withValue(path, value))
      const checked = ConfigFile.check("config.yaml", written, "https://git.example/acme/cluster.git")
      expect(Result.isSuccess(checked) ? [] : checked.failure.mistakes, written).toStrictEqual([])
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
