// `npm test`, `npm run soak`, `npm run demo` and `npm run bench` begin here, on whatever Node (18 or newer) the machine has:
// installs what package-lock.json names, goes on with the project's own Node, then runs what was asked for.
import { spawn, spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { delimiter } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const programs = {
  test: "test/TestRun.ts",
  soak: "test/SoakRun.ts",
  demo: "test/demo/demo.ts",
  bench: "test/bench/bench.ts"
}
const [command = "test", ...args] = process.argv.slice(2)

const fail = (message) => {
  console.error(message)
  process.exit(1)
}

/** Is what package-lock.json names what npm recorded as installed? */
const isInstalled = () => {
  if (!existsSync(at("node_modules/.package-lock.json"))) return false
  const { packages: wanted } = JSON.parse(readFileSync(at("package-lock.json"), "utf8"))
  const { packages: present } = JSON.parse(readFileSync(at("node_modules/.package-lock.json"), "utf8"))
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    const found = present[path]
    if (path === "") return true
    if (found === undefined) return optional === true || devOptional === true // of another platform
    return found.version === version && found.integrity === integrity
  })
}

const install = () => {
  console.log("Installing the packages that package-lock.json names (about a minute the first time) …")
  const begin = performance.now()
  const npm = process.env.npm_execpath
  const ci = ["ci", "--loglevel=error"]
  const options = { cwd: root, stdio: "inherit" }
  const { status, error } = npm === undefined
    ? spawnSync("npm", ci, options)
    : spawnSync(process.execPath, [npm, ...ci], options)
  if (status !== 0) fail(`npm ci failed${error === undefined ? "; what it said is above" : `: ${error.message}`}.`)
  console.log(`  installed (${((performance.now() - begin) / 1000).toFixed(1)} s)`)
}

const isNewEnough = () => {
  const [major, minor] = process.versions.node.split(".").map(Number)
  return major > 24 || (major === 24 && minor >= 12)
}

/** The same again with the Node that the lock file names; ends as it ends. */
const goOnWithOwnNode = () => {
  const node = at("node_modules/.bin/node")
  if (!existsSync(node)) {
    fail(
      `This needs Node 24.12 or newer, and here is ${process.versions.node}. The project's own Node is missing from ` +
        "node_modules: there is none for this platform, or npm was told to omit optional packages. Install Node 24.12 or newer."
    )
  }
  const child = spawn(node, [at("test/start.mjs"), command, ...args], { stdio: "inherit" })
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
  child.on("exit", (code) => process.exit(code ?? 1))
}

/** Whoever started this may be killed without a word: then nobody waits for the outcome any more. */
const endWithParent = () => {
  const parent = process.ppid
  setInterval(() => process.ppid === parent || process.exit(1), 500).unref()
}

endWithParent()
process.env.PATH = `${at("node_modules/.bin")}${delimiter}${process.env.PATH}`
const program = programs[command]
if (program === undefined) fail(`"${command}" is none of ${Object.keys(programs).join(", ")}`)
if (!isInstalled()) install()
if (isNewEnough()) {
  process.argv = [process.argv[0], at(program), ...args]
  await import(pathToFileURL(at(program)).href)
} else {
  goOnWithOwnNode()
}
