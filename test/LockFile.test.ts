import { expect, it } from "@effect/vitest"
import { readFileSync } from "node:fs"

interface Entry {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const lock: { readonly packages: Readonly<Record<string, Entry>> } = JSON.parse(
  readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")
)

it("the lock file names every platform's package, so that npm ci accepts it everywhere", () => {
  // npm leaves out silently what its registry lacks, and npm ci refuses such a file.
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) =>
      !(`node_modules/${name}` in lock.packages) && !(`${path}/node_modules/${name}` in lock.packages)
    )
  )
  expect(missing).toEqual([])
})
