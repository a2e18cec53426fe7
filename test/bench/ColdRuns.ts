// A large repository read from nothing, beside native Git, in rounds: what `clone` and `git` have in common.
import { Effect } from "effect"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import { say } from "./Benchmark.ts"
import type { ColdIndex } from "./ColdIndex.ts"
import type { ColdStart } from "./ColdStart.ts"
import { type Figure, quantity } from "./Figure.ts"
import { type NativeClone, nativeClone } from "./NativeClone.ts"
import { startNativeGit } from "./NativeGitRunner.ts"
import { inTurn, type Pair, pairedFigure } from "./Rounds.ts"
import type { HttpsAddress } from "./ServeGit.ts"

/** As the program itself is started. */
const nodeOptions = ["--max-semi-space-size=8"]
const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") }

/** Runs a program of this folder in a process of its own, as the program itself runs: with the code that an earlier start compiled. */
const inFreshProcess = Effect.fnUntraced(function*<A>(program: string, { credentials, url }: HttpsAddress) {
  const folder = yield* temporaryFolder("gitops-bench-")
  const args = [...nodeOptions, join(import.meta.dirname, program), url, credentials.caFile ?? ""]
  const running = yield* startProcess({ command: process.execPath, args, folder, env: compileCache })
  const { code } = yield* running.exit
  if (code !== 0) return yield* new MeasuredSomethingElse({ message: yield* running.stderr })
  const result: A = JSON.parse(yield* running.stdout)
  return result
}, Effect.scoped)

const allRead = (found: number, size: number): Effect.Effect<void, MeasuredSomethingElse> =>
  found === size
    ? Effect.void
    : Effect.fail(new MeasuredSomethingElse({ message: `${found} manifests were read instead of ${size}` }))

const coldStart = (server: HttpsAddress, size: number) =>
  inFreshProcess<ColdStart>("ColdStart.ts", server).pipe(Effect.tap(({ blobs }) => allRead(blobs, size)))

const coldIndex = (server: HttpsAddress, size: number) =>
  inFreshProcess<ColdIndex>("ColdIndex.ts", server).pipe(Effect.tap(({ manifests }) => allRead(manifests, size)))

export interface ColdRound {
  readonly ours: ColdStart
  readonly peer: NativeClone
  readonly index: ColdIndex
}

/** @param size how many manifests the server has */
export const coldRounds = Effect.fnUntraced(function*(server: HttpsAddress, size: number, rounds: number) {
  const git = yield* startNativeGit
  const done: Array<ColdRound> = []
  for (let round = 0; round < rounds; round++) {
    const index = yield* coldIndex(server, size)
    const { ours, peer } = yield* inTurn(round, coldStart(server, size), nativeClone(git, server))
    yield* say(
      `round ${round + 1} of ${rounds}: ours ${quantity(ours.read, "ms")}, native Git ${quantity(peer.read, "ms")}`
    )
    done.push({ ours, peer, index })
  }
  return done
}, Effect.scoped)

/** How both compare in one of their times. */
export const coldPairs = (
  rounds: ReadonlyArray<ColdRound>,
  pick: (run: ColdStart | NativeClone) => number
): ReadonlyArray<Pair> => rounds.map(({ ours, peer }) => ({ ours: pick(ours), peer: pick(peer) }))

export const coldStartFigure = (rounds: ReadonlyArray<ColdRound>): Figure =>
  pairedFigure("clone and read every blob, beside native Git", coldPairs(rounds, ({ read }) => read), {
    _tag: "TimesItsTime",
    atMost: 1
  })

/** The most that any round took; none where the system doesn't tell. */
export const memoryFigures = (rounds: ReadonlyArray<ColdRound>): ReadonlyArray<Figure> => {
  const memory = rounds.flatMap(({ index }) => index.peakMemory ?? [])
  const most = Math.max(...memory)
  return memory.length === 0 ? [] : [{ what: "peak memory of the process that indexes", unit: "MiB", ours: most }]
}
