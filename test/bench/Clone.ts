// `clone`: a large repository over HTTPS, read from nothing: every blob in memory, beside native Git with a work tree whose
// every file is read. Then all manifests are read into the index.
import { Effect } from "effect"
import { join } from "node:path"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import type { HttpGitServer } from "../remote/HttpGitServer.ts"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import { type Benchmark, say } from "./Benchmark.ts"
import type { ColdIndex } from "./ColdIndex.ts"
import type { ColdStart } from "./ColdStart.ts"
import { count, quantity } from "./Figure.ts"
import { largeRepository } from "./LargeRepository.ts"
import { type NativeClone, nativeClone } from "./NativeClone.ts"
import { median } from "./Statistics.ts"

/** Runs a program of this folder in a process of its own, which has nothing compiled and nothing cached. */
const inFreshProcess = Effect.fnUntraced(function*<A>(program: string, { credentials, url }: HttpGitServer) {
  const folder = yield* temporaryFolder("gitops-bench-")
  const args = [join(import.meta.dirname, program), url, credentials.caFile ?? ""]
  const running = yield* startProcess({ command: process.execPath, args, folder })
  const { code } = yield* running.exit
  if (code !== 0) return yield* new MeasuredSomethingElse({ message: yield* running.stderr })
  const result: A = JSON.parse(yield* running.stdout)
  return result
}, Effect.scoped)

const allRead = (found: number, size: number): Effect.Effect<void, MeasuredSomethingElse> =>
  found === size
    ? Effect.void
    : Effect.fail(new MeasuredSomethingElse({ message: `${found} manifests were read instead of ${size}` }))

const coldStart = (server: HttpGitServer, size: number) =>
  inFreshProcess<ColdStart>("ColdStart.ts", server).pipe(Effect.tap(({ blobs }) => allRead(blobs, size)))

const coldIndex = (server: HttpGitServer, size: number) =>
  inFreshProcess<ColdIndex>("ColdIndex.ts", server).pipe(Effect.tap(({ manifests }) => allRead(manifests, size)))

export const clone: Benchmark = Effect.fnUntraced(function*({ quick }) {
  const [size, rounds] = quick ? [5000, 1] : [50_000, 3]
  const server = yield* largeRepository(size)
  const ours: Array<ColdStart> = []
  const native: Array<NativeClone> = []
  const indexes: Array<ColdIndex> = []
  const runOurs = Effect.map(coldStart(server, size), (it) => ours.push(it))
  const runNative = Effect.map(nativeClone(server), (it) => native.push(it))
  for (let round = 0; round < rounds; round++) {
    indexes.push(yield* coldIndex(server, size))
    for (const run of round % 2 === 0 ? [runNative, runOurs] : [runOurs, runNative]) yield* run
    const [mine, its] = [ours.at(-1)?.read ?? Number.NaN, native.at(-1)?.read ?? Number.NaN]
    yield* say(`round ${round + 1} of ${rounds}: ours ${quantity(mine, "ms")}, native Git ${quantity(its, "ms")}`)
  }
  const middle = (pick: (run: ColdStart) => number) => median(ours.map(pick))
  const memory = indexes.flatMap(({ peakMemory }) => peakMemory ?? [])
  return {
    title: `clone: ${count(size)} manifests over HTTPS, read from nothing`,
    conditions: [
      "ours in a fresh process, from its first request to the last blob read; beside git clone --depth 1 and cat of all files,",
      "which writes its work tree into memory where the system lets it (/dev/shm), not to the disk;",
      `${
        rounds === 1 ? "one round" : `${rounds} rounds`
      } in turn: medians; of the event loop's blocks the longest of all`
    ],
    figures: [
      {
        what: "clone and read every blob, beside native Git",
        unit: "ms",
        ours: middle((it) => it.read),
        peer: median(native.map((it) => it.read)),
        rounds: ours.map(({ read }, round) => [read, native[round]?.read ?? Number.NaN] as const),
        goal: { _tag: "TimesItsTime", atMost: 1 }
      },
      {
        what: "the clone alone",
        unit: "ms",
        ours: middle((it) => it.fetched),
        peer: median(native.map((it) => it.fetched))
      },
      {
        what: "event loop blocked while cloning, longest",
        unit: "ms",
        ours: Math.max(...ours.map((it) => it.longestBlock))
      },
      {
        what: "then all manifests into the index",
        unit: "ms",
        ours: median(indexes.map((it) => it.indexed)),
        goal: { _tag: "AtMost", limit: 10_000 }
      },
      {
        what: "event loop blocked while indexing, longest",
        unit: "ms",
        ours: Math.max(...indexes.map((it) => it.longestBlock)),
        goal: { _tag: "AtMost", limit: 50 }
      },
      ...memory.length === 0 ? [] : [{
        what: "peak memory of the process that indexes",
        unit: "MiB" as const,
        ours: Math.max(...memory)
      }]
    ],
    runs: { ours, native, indexes }
  }
})
