import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

const source = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join(root, "src", file), "utf8")).join("\n")

/** What stands in the first column of the tables. */
const listed = [...readFileSync(join(root, "docs/troubleshooting.md"), "utf8").matchAll(/^\| `([^`]+)`/gm)]
  .map(([, message = ""]) => message)

describe("What docs/troubleshooting.md explains", () => {
  it("is what the program really says", () => {
    assert.isAbove(listed.length, 15)
    assert.deepStrictEqual(listed.filter((message) => !source.includes(message)), [])
  })
})
