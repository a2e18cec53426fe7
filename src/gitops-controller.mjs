#!/usr/bin/env -S node --max-semi-space-size=8
// Starts the program with a Node that can run it: this one, or the one installed with the project. Each of the two halves of
// its young generation gets 8 MiB, which saves a third of its memory and costs it no time; compiled code is kept for the next start.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import * as module from "node:module"
import process from "node:process"
import { fileURLToPath } from "node:url"

const start = fileURLToPath(new URL("./start.ts", import.meta.url))
const own = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url))
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

if (major > 24 || (major === 24 && minor >= 12)) {
  module.enableCompileCache()
  await import(start)
} else if (existsSync(own)) {
  const child = spawn(own, [...process.execArgv, start, ...process.argv.slice(2)], { stdio: "inherit" })
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
  child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
} else {
  process.stderr.write(
    `gitops-controller needs Node 24.12 or newer and runs on ${process.versions.node}.\n` +
      "In a checkout, run \"npm ci\": it brings the Node it needs. Elsewhere, install a newer Node.\n"
  )
  process.exit(1)
}
