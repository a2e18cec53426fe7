// Commits that are fetched and commits that are made in one life, a thousand of each: a minute or more, nearly all of it Git's own, for
// some six of its programs are started for each pair. GITOPS_FLAT_MEMORY=500 makes it five hundred of each.
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { fileURLToPath } from "node:url"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import type { Measured } from "./longLife.ts"

const commits = Number(process.env["GITOPS_FLAT_MEMORY"] ?? 1000)
const every = 25
/** The store is cleaned after 100 packs, which come two for each pair of commits: moments a multiple of 50 pairs apart are alike. */
const period = 250
/** What the engine makes of code that runs for long still goes up and down in the first minute. In bytes. */
const mostHeap = commits < 1000 ? 1_500_000 : 250_000

const median = (numbers: ReadonlyArray<number>): number =>
  numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? Number.NaN

it.live("memory is as high at the end of a long life as five cleanings before", () =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-life-")
    const program = fileURLToPath(new URL("longLife.ts", import.meta.url))
    const args = ["--expose-gc", program, `${commits}`, `${every}`]
    const { exit, stderr, stdout } = yield* startProcess({ command: process.execPath, args, folder, name: "life" })
    assert.deepStrictEqual(yield* exit, { code: 0, signal: null }, yield* stderr)
    const lines = (yield* stdout).trimEnd().split("\n")
    const measured = new Map(lines.map((line): Measured => JSON.parse(line)).map((one) => [one.commits, one]))
    assert.strictEqual(measured.size, commits / every)

    const last = [...measured.values()].slice(-7)
    /** By how much it is higher than a period before, at the median. */
    const growth = (of: "heap" | "external" | "objects") =>
      median(last.map((one) => one[of] - (measured.get(one.commits - period)?.[of] ?? Number.NaN)))
    assert.strictEqual(growth("objects"), 0)
    assert.isBelow(growth("external"), 16_000)
    assert.isBelow(growth("heap"), mostHeap)
    assert.isBelow(Math.max(...last.map(({ objects }) => objects)), 1000)
    assert.isBelow(Math.max(...last.map(({ external }) => external)), 20_000_000)
  }), 1_800_000)
