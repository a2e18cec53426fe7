// A program for the tests, run with --expose-gc: one life of the Git actor, in which commits of a person and its own take turns.
// Arguments: how many commits each of them makes, and after how many of them memory is measured; that is a line of JSON on stdout.
import { Effect, Layer, Ref } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import { emptyStore, type ObjectSource } from "../../src/git/objects/ObjectStore.ts"
import { Payloads } from "../../src/git/Payloads.ts"
import { type BareRepository, bareRepository } from "../remote/BareRepository.ts"
import { git as native } from "../remote/NativeGit.ts"
import { named } from "./named.ts"
import { startGit } from "./startGit.ts"
import { put, text } from "./writing/submitting.ts"

export interface Measured {
  /** Of each of them. */
  readonly commits: number
  /** Bytes, right after collecting garbage. */
  readonly heap: number
  /** Outside of the heap. */
  readonly external: number
  /** In the room's store. */
  readonly objects: number
  readonly seconds: number
}

const [commits = 0, every = 1] = process.argv.slice(2).map(Number)
/** So many commits in a row are made by one of Git's processes, which take most of the time. */
const inARow = 25

const measure = async (commits: number, store: ObjectSource): Promise<Measured> => {
  for (let times = 0; times < 3; times++) {
    globalThis.gc?.()
    await setImmediate()
  }
  const { external, heapUsed } = process.memoryUsage()
  const objects = "objects" in store && store.objects instanceof Map ? store.objects.size : -1
  return { commits, heap: heapUsed, external, objects, seconds: performance.now() / 1000 }
}

/** Commits of a person on top of the branch, none of them its tip yet; from the first to the last. */
const write = Effect.fnUntraced(function*(bare: BareRepository, from: number) {
  const parent = yield* bare.tip()
  const stream = Array.from({ length: inARow }, (_, index) => {
    const number = from + index
    const content = text(`app-${number % 100}`, `person ${number}`)
    return [
      `commit refs/heads/written\nmark :${
        index + 1
      }\ncommitter A Person <person@example.com> ${number} +0000\ndata 6\nperson\n`,
      index === 0 ? `from ${parent}\n` : "",
      `M 100644 inline apps/app-${number % 100}.yaml\ndata ${content.length}\n${content}\n`
    ].join("")
  })
  const args = ["fast-import", "--quiet", "--done", "--force"]
  const asked = Array.from({ length: inARow }, (_, index) => `get-mark :${index + 1}\n`).join("")
  return (yield* native(args, { cwd: bare.path, stdin: `${stream.join("")}${asked}done\n` })).split("\n")
})

const program = Effect.gen(function*() {
  const files = Array.from(
    { length: 200 },
    (_, index) => [`apps/app-${index}.yaml`, text(`app-${index}`, "0")] as const
  )
  const bare = yield* bareRepository({ files: { ...named(), ...Object.fromEntries(files) } })
  // What a server does for its own sake would take most of the time.
  for (const [name, value] of [["receive.autogc", "false"], ["core.fsync", "none"], ["pack.threads", "1"]] as const)
    yield* bare.git("config", name, value)
  let objects = yield* Ref.make<ObjectSource>(emptyStore())
  // Bodies are kept up to a limit that so few commits don't come near: here none is, so that what is left shows.
  const payloads = Layer.effect(
    Payloads,
    Effect.map(Payloads, (real) => {
      objects = real.objects
      return { ...real, put: () => {} }
    })
  ).pipe(Layer.provide(Payloads.layer))
  const { git, latest, log } = yield* startGit(bare.url, { quiet: 0, payloads })
  for (let done = 0; done < commits; done += inARow) {
    for (const commit of yield* write(bare, done)) {
      writeFileSync(join(bare.path, "refs/heads", bare.branch), `${commit}\n`)
      if ((yield* git.refresh).commit !== commit) throw new Error("the branch was not followed")
    }
    for (let number = done; number < done + inARow; number++) {
      const { tip } = yield* latest
      if (tip === undefined) throw new Error("no tip")
      const change = put(tip, `app-${100 + number % 100}`, `ours ${number}`)
      const answer = yield* git.submit("ConfigMap", [change])
      if (answer._tag !== "Committed") throw new Error(`was ${answer._tag}`)
    }
    const now = done + inARow
    if (now % every !== 0) continue
    log.length = 0
    const store = yield* Ref.get(objects)
    const measured = yield* Effect.promise(() => measure(now, store))
    process.stdout.write(`${JSON.stringify(measured)}\n`)
  }
  const count = Number(yield* bare.git("rev-list", "--count", bare.branch))
  if (count !== 2 * commits + 1) throw new Error(`${count} commits instead of ${2 * commits + 1}`)
}).pipe(Effect.scoped)

await Effect.runPromise(program)
