// `npm run bench [-- <name> … ] [--quick] [--json FILE]`: measures, and prints a table for each benchmark with its goals.
// A missed goal is a result, not a failure: the exit code tells only whether everything could be measured.
import { Cause, Effect, Exit } from "effect"
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { apply } from "./Apply.ts"
import { type Benchmark, timed } from "./Benchmark.ts"
import { clone } from "./Clone.ts"
import { commit } from "./Commit.ts"
import { drift } from "./Drift.ts"
import { git } from "./Git.ts"
import { growth } from "./GitGrowth.ts"
import { machineLine, thisMachine } from "./Machine.ts"
import { restart } from "./Restart.ts"
import { rules } from "./Rules.ts"
import { type BenchTable, render, toJson } from "./Table.ts"
import { takeover } from "./Takeover.ts"
import { writeback } from "./Writeback.ts"

const benchmarks: Readonly<Record<string, Benchmark>> = {
  apply,
  commit,
  clone,
  git,
  growth,
  drift,
  restart,
  rules,
  takeover,
  writeback
}

const print = (text: string) => Effect.sync(() => void process.stdout.write(`${text}\n`))

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, quick: { type: "boolean", default: false } }
})

const unknown = positionals.filter((name) => benchmarks[name] === undefined)
if (unknown.length > 0) {
  process.stderr.write(
    `no benchmark is called ${unknown.join(", ")}; there are ${Object.keys(benchmarks).join(", ")}\n`
  )
  process.exit(1)
}

const machine = thisMachine()

const runAll = Effect.gen(function*() {
  const tables: Record<string, BenchTable> = {}
  yield* print(machineLine(machine))
  for (const [name, benchmark] of Object.entries(benchmarks)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue
    yield* print(`\n${name} …`)
    const [table, millis] = yield* timed(Effect.scoped(benchmark({ quick: values.quick })))
    yield* print(render(table))
    yield* print(`  measured in ${Math.round(millis / 1000)} s`)
    tables[name] = table
    if (values.json !== undefined) write(values.json, tables)
  }
})

const write = (file: string, tables: Readonly<Record<string, BenchTable>>) => {
  const results = Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, toJson(table)]))
  const content = { measuredAt: new Date().toISOString(), machine, quick: values.quick, results }
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`)
}

const fiber = Effect.runFork(runAll)
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => fiber.interruptUnsafe())
fiber.addObserver((exit) => {
  if (Exit.isSuccess(exit)) return
  if (!Cause.hasInterruptsOnly(exit.cause))
    process.stderr.write(`\nCould not be measured: ${Cause.pretty(exit.cause)}\n`)
  process.exitCode = 1
})
