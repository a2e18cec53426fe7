import { assert, describe, it } from "@effect/vitest"
import { parse } from "yaml"
import { configMaps, deployments, filesOf } from "./Manifests.ts"

describe("the manifests of the benchmarks", () => {
  it("say the same as YAML and as what is replayed", () => {
    for (const { object, text } of [...configMaps("bench", 3), ...deployments("bench", 3)])
      assert.deepStrictEqual(parse(text, { version: "1.1" }), object)
  })

  it("stand in a file each", () => {
    assert.strictEqual(Object.keys(filesOf(configMaps("bench", 250))).length, 250)
  })
})
