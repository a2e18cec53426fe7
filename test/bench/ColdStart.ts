// The program that `clone` starts: reads a repository as the controller does at its start, in a process that has done nothing
// before, and prints what that took as one line of JSON. Arguments: the URL and the file of the authority to trust.
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import * as ObjectStore from "../../src/git/objects/ObjectStore.ts"
import { openTransport } from "../../src/git/openTransport.ts"
import { makeRemote } from "../../src/git/Remote.ts"
import { makeRepository } from "../../src/git/Repository.ts"
import { watchLoop } from "./LoopLag.ts"

export interface ColdStart {
  readonly blobs: number
  readonly bytes: number
  /** Milliseconds from the first request until every object was here and known to be complete. */
  readonly fetched: number
  /** Until every blob was read. */
  readonly read: number
  /** The longest that the event loop was blocked meanwhile, in milliseconds. */
  readonly longestBlock: number
}

const [url = "", caFile = ""] = process.argv.slice(2)

const coldStart = Effect.gen(function*() {
  const lag = watchLoop()
  const start = performance.now()
  const remote = yield* makeRemote(yield* openTransport(url, { caFile }))
  const repository = yield* makeRepository(remote, { branch: undefined, gitPath: "" })
  const moved = yield* repository.advance(false)
  const fetched = performance.now() - start
  const objects = yield* repository.objects
  let bytes = 0
  let blobs = 0
  for (const { entry } of moved?.changes ?? []) {
    if (entry === undefined) continue
    bytes += (yield* ObjectStore.read(objects, entry.blob, "blob")).length
    blobs++
    if (blobs % 200 === 0) yield* Effect.yieldNow
  }
  const read = performance.now() - start
  const longestBlock = lag.longest()
  lag.stop()
  return { blobs, bytes, fetched, read, longestBlock } satisfies ColdStart
})

const result = await Effect.runPromise(coldStart.pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
process.stdout.write(`${JSON.stringify(result)}\n`)
