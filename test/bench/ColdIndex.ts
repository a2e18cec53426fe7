// The second program that `clone` starts: the Git actor itself, from nothing to its first tip with the index of all manifests.
// Prints what that took as one line of JSON. Arguments: the URL and the file of the authority to trust.
import { Effect, Layer, Logger, Stream, Tracer } from "effect"
import { GitActor } from "../../src/git/GitActor.ts"
import type { Tip } from "../../src/git/Tip.ts"
import { benchGit } from "./BenchGit.ts"
import { watchLoop } from "./LoopLag.ts"
import { peakMemory } from "./PeakMemory.ts"
import { tracerOf } from "./SpanEnds.ts"

export interface ColdIndex {
  readonly manifests: number
  /** Milliseconds from the moment all objects were here to that in which the tip was published. */
  readonly indexed: number
  /** The longest that the event loop was blocked meanwhile, in milliseconds. */
  readonly longestBlock: number
  /** MiB; `null` where the system doesn't tell. */
  readonly peakMemory: number | null
}

const [url = "", caFile = ""] = process.argv.slice(2)

const count = ({ index }: Tip) => [...index.kinds.values()].reduce((sum, refs) => sum + refs.length, 0)

const lag = watchLoop()
let cloned = performance.now()
const onEnd = (span: string) => {
  if (span !== "Repository.advance") return
  cloned = performance.now()
  lag.longest()
}

const coldIndex = Effect.gen(function*() {
  const { changes } = yield* GitActor
  const [report] = yield* changes.pipe(
    Stream.filter(({ failure, tip }) => failure !== undefined || tip !== undefined),
    Stream.take(1),
    Stream.runCollect
  )
  if (report?.failure !== undefined) return yield* report.failure
  const indexed = performance.now() - cloned
  const longestBlock = lag.longest()
  lag.stop()
  const memory = yield* peakMemory(process.pid)
  const manifests = report?.tip === undefined ? 0 : count(report.tip)
  return { manifests, indexed, longestBlock, peakMemory: memory ?? null } satisfies ColdIndex
})

const logged = Logger.layer([Logger.withConsoleError(Logger.formatJson)])
const traced = Layer.merge(logged, Layer.succeed(Tracer.Tracer, tracerOf(onEnd)))

const git = benchGit({ url, credentials: { https: { caFile } } })
const result = await Effect.runPromise(
  coldIndex.pipe(Effect.provide(Layer.provideMerge(git, traced)))
)
process.stdout.write(`${JSON.stringify(result)}\n`)
