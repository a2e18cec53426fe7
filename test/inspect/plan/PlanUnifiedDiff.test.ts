import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { unifiedDiff } from "../../../src/inspect/plan/PlanUnifiedDiff.ts"

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}\n`)

/** What Git makes of the file with the difference applied. */
const applied = (before: string, diff: ReadonlyArray<string>): string => {
  const folder = mkdtempSync(join(tmpdir(), "gitops-diff-"))
  try {
    writeFileSync(join(folder, "file"), before)
    const patch = ["--- a/file", "+++ b/file", ...diff, ""].join("\n")
    execFileSync("git", ["apply", "--whitespace=nowarn", "-"], {
      cwd: folder,
      input: patch,
      stdio: ["pipe", "pipe", "pipe"]
    })
    return readFileSync(join(folder, "file"), "utf8")
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe("the difference between two texts of a file", () => {
  it("shows three lines around each change, and where it stands", () =>
    assert.deepStrictEqual(unifiedDiff(numbers(9).join(""), numbers(9).with(4, "five\n").join("")), [
      "@@ -2,7 +2,7 @@",
      " 2",
      " 3",
      " 4",
      "-5",
      "+five",
      " 6",
      " 7",
      " 8"
    ]))

  it("has a hunk for each of two changes that stand far apart, and one for two that stand near", () => {
    const heads = (...changed: ReadonlyArray<number>) =>
      unifiedDiff(
        numbers(20).join(""),
        numbers(20).map((line, index) => changed.includes(index) ? `new ${line}` : line).join("")
      ).filter((line) => line.startsWith("@@"))
    assert.deepStrictEqual(heads(2, 15), ["@@ -1,6 +1,6 @@", "@@ -13,7 +13,7 @@"])
    assert.deepStrictEqual(heads(5, 11), ["@@ -3,13 +3,13 @@"])
  })

  it("is all of a new file, and nothing where nothing changes", () => {
    assert.deepStrictEqual(unifiedDiff("", "a\nb\n"), ["@@ -0,0 +1,2 @@", "+a", "+b"])
    assert.deepStrictEqual(unifiedDiff("a\n", "a\n"), [])
  })

  it("says which side ends without a line break", () =>
    assert.deepStrictEqual(unifiedDiff("a\nb", "a\nb\n"), [
      "@@ -1,2 +1,2 @@",
      " a",
      "-b",
      "\\ No newline at end of file",
      "+b"
    ]))

  const line = fc.constantFrom("a\n", "b\n", "\n", "c\r\n")
  const text = fc.tuple(fc.array(line, { maxLength: 14 }), fc.constantFrom("", "a", "z")).map(([lines, last]) =>
    lines.join("") + last
  )

  it("is what Git needs to make the one from the other", { timeout: 60_000 }, () =>
    fc.assert(
      fc.property(text.filter((it) => it !== ""), text.filter((it) => it !== ""), (before, after) => {
        fc.pre(before !== after)
        assert.strictEqual(applied(before, unifiedDiff(before, after)), after)
      }),
      { numRuns: 60 }
    ))
})
