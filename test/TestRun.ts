// `npm test`: the checks, what the tests need, then the tests; arguments go to vitest.
// The last line counts all of it. Under CI, something skipped or nothing run is a failure too.
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { parseCLI, startVitest, type Vitest } from "vitest/node"
import { counted } from "../src/manifest/counted.ts"
import { allBinaries, findBinaries } from "./cluster/Binaries.ts"
import { snapshotCrds } from "./cluster/SnapshotCrds.ts"
import { findCsiPrograms } from "./csi/CsiPrograms.ts"
import { kubernetesManifests } from "./e2e/realInput/KubernetesManifests.ts"
import { ensureContainerTools, whyNoContainers } from "./pod/ContainerTools.ts"
import { image } from "./pod/Image.ts"
import { findNodePrograms } from "./pod/NodePrograms.ts"
import { findGitea } from "./remote/GiteaProgram.ts"

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const root = dirname(import.meta.dirname)

const say = (line: string) => process.stdout.write(`${line}\n`)

/** Runs one step under its name; what it says against it is shown. */
const step = async (name: string, expected: string, work: () => Promise<void>): Promise<boolean> => {
  say(`• ${name} (${expected})`)
  const begin = performance.now()
  const took = () => `${((performance.now() - begin) / 1000).toFixed(1)} s`
  try {
    await work()
    say(`  ✓ ${took()}`)
    return true
  } catch (cause) {
    say(cause instanceof Error ? cause.message : String(cause))
    say(`  ✗ ${name} failed (${took()})`)
    return false
  }
}

const firstLines = (text: string) => {
  const lines = text.trimEnd().split("\n")
  const more = lines.length > 100 ? [`… and ${counted(lines.length - 100, "more line")}`] : []
  return [...lines.slice(0, 100), ...more].join("\n")
}

const runTool = (tool: string, ...args: ReadonlyArray<string>) => () =>
  new Promise<void>((resolve, reject) => {
    const child = spawn(tool, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] })
    const output: Array<Buffer> = []
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk))
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk))
    child.once("error", reject)
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(firstLines(Buffer.concat(output).toString()))))
  })

const controlPlaneReady = () =>
  Effect.runPromise(Effect.all([findBinaries(allBinaries), snapshotCrds(), kubernetesManifests()], { discard: true }))

const csiReady = () => Effect.runPromise(Effect.asVoid(findCsiPrograms()))

const giteaReady = () => Effect.runPromise(Effect.asVoid(findGitea()))

const sshdReady = async () => {
  const file = join(import.meta.dirname, "remote", "Sshd.ts")
  if (!existsSync(file)) return
  const sshd: { readonly ensureSshd: () => Promise<void> } = await import(file)
  await sshd.ensureSshd()
}

const imageReady = async () => {
  if (whyNoContainers === undefined) await Effect.runPromise(Effect.andThen(ensureContainerTools, image))
  else say(`  Containers can't be run here, ${whyNoContainers}: the bundle is tested, the image and its pods are not.`)
}

const nodeReady = async () => {
  if (whyNoContainers === undefined) await Effect.runPromise(Effect.asVoid(findNodePrograms))
}

const countTests = (vitest: Vitest): Counts => {
  const modules = vitest.state.getTestModules()
  const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
  const broken = modules.filter((module) => module.errors().length > 0).length
  const unhandled = vitest.state.getUnhandledErrors().length
  return {
    passed: states.filter((state) => state === "passed").length,
    failed: states.filter((state) => state === "failed").length + broken + unhandled,
    skipped: states.filter((state) => state === "skipped" || state === "pending").length
  }
}

const runTests = async (args: ReadonlyArray<string>): Promise<Counts> => {
  const { filter, options } = parseCLI(["vitest", "run", ...args])
  const vitest = await startVitest("test", filter, { ...options, root, watch: false, run: true })
  const counts = countTests(vitest)
  await vitest.close()
  return counts
}

const begin = performance.now()
const checks = [
  await step("type check", "a few seconds", runTool("tsc", "--noEmit")),
  await step("lint", "a second", runTool("oxlint", "--deny-warnings")),
  await step("format", "a second; npm run format puts it right", runTool("dprint", "check", "--list-different"))
]
const needs = [
  await step("control plane programs", "no time, or once about 6 minutes to build them", controlPlaneReady),
  await step("CSI programs", "no time, or once about 6 minutes to build them", csiReady),
  await step("Gitea", "no time, or once about 6 minutes to build it", giteaReady),
  await step("OpenSSH server", "no time, or once half a minute to install it", sshdReady),
  await step("image", "a minute if something in it has changed, once two minutes", imageReady),
  await step("node programs", "no time, or once about 5 minutes to build them", nodeReady)
]
const nothing: Counts = { passed: 0, failed: 0, skipped: 0 }
const tests = needs.includes(false) ? nothing : await runTests(process.argv.slice(2))

const failed = tests.failed + [...checks, ...needs].filter((ok) => !ok).length
const passed = tests.passed + checks.filter((ok) => ok).length
const ran = tests.passed + tests.failed
const strict = !["", "0", "false"].includes(process.env["CI"] ?? "")
process.exitCode = failed > 0 || (strict && (tests.skipped > 0 || ran === 0)) ? 1 : 0
if (strict && tests.skipped > 0) say("Under CI nothing may be skipped.")
if (ran === 0) say("No test ran.")
say(`everything took ${Math.round((performance.now() - begin) / 1000)} s`)
say(`${passed} passed, ${failed} failed, ${tests.skipped} skipped`)
