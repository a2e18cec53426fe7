import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { jsonSchema } from "../../src/config/JsonSchema.ts"
import { groupedKeys, page, pageFile } from "./configurationPage.ts"
import { keysOf } from "./keysOf.ts"

describe("docs/configuration.md", () => {
  it("has each key in one group", () => {
    const top = keysOf(jsonSchema).map(({ path }) => path).filter((path) => !/[.[]/.test(path))
    assert.deepStrictEqual([...groupedKeys].sort(), top.sort())
  })

  it("is what the JSON Schema says today", () => {
    assert.strictEqual(
      readFileSync(pageFile, "utf8"),
      page,
      "write it anew: npx node test/config/writeConfigurationPage.ts"
    )
  })
})
