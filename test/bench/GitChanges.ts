// One changed file fetched, one committed and pushed, a thousand committed and pushed: our Git room beside native Git, each on
// a remote of its own with the same content.
import { Effect } from "effect"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import { say } from "./Benchmark.ts"
import { count, type Figure, quantity } from "./Figure.ts"
import type { Done, Relabelling } from "./GitRoom.ts"
import { type LargeRepository, largeRepository } from "./LargeRepository.ts"
import { filesOf, mixedManifest, relabelled } from "./Manifests.ts"
import { startNativeGit } from "./NativeGitRunner.ts"
import { type NativeWorkTree, nativeWorkTree } from "./NativeWorkTree.ts"
import { type OurGit, startOurGit } from "./OurGit.ts"
import { inTurn, type Pair, pairedFigure } from "./Rounds.ts"
import { median } from "./Statistics.ts"

export const many = 1000

/** Milliseconds from wish to pushed commit, and of its parts; the peer's files are there when its time begins. */
interface Written {
  /** Judging and composing the files' text. */
  readonly composed: number
  /** From files to a commit. */
  readonly committed: number
  readonly pushed: number
  readonly total: number
}

interface Contender {
  readonly fetchAndRead: (wish: Relabelling) => Effect.Effect<number, Error>
  readonly commitAndPush: (wish: Relabelling) => Effect.Effect<Written, Error>
}

const generated = ({ app, indexes }: Relabelling) =>
  indexes.map((index) => relabelled(mixedManifest("bench", index), app))

/** What is on the remote is what was asked for. */
const proven = Effect.fnUntraced(function*({ remote }: LargeRepository, commit: string, { indexes }: Relabelling) {
  const tip = yield* remote.tip()
  const names = yield* remote.git("diff-tree", "-r", "--no-commit-id", "--name-only", "main")
  const changed = names.split("\n").length
  if (tip === commit && changed === indexes.length) return
  const message = `${tip} changes ${changed} files, instead of ${commit} with ${indexes.length}`
  return yield* new MeasuredSomethingElse({ message })
})

const writtenBy = ({ millis: total, spans }: Done): Written => {
  const of = (span: string) => spans[span] ?? Number.NaN
  const committed = of("composeCommit") + of("Repository.foresee")
  return { composed: of("Committing.make") - committed, committed, pushed: of("Remote.push"), total }
}

const ours = (git: OurGit, repository: LargeRepository): Contender => ({
  fetchAndRead: Effect.fnUntraced(function*(expected) {
    const commit = yield* repository.remote.commit(filesOf(generated(expected)))
    const done = yield* git.order({ _tag: "Fetch", expected })
    if (done.commit !== commit) return yield* new MeasuredSomethingElse({ message: `fetched ${done.commit}` })
    return done.millis
  }),
  commitAndPush: Effect.fnUntraced(function*(wish) {
    const done = yield* git.order({ _tag: "Submit", wish })
    yield* proven(repository, done.commit, wish)
    return writtenBy(done)
  })
})

const native = (workTree: NativeWorkTree, repository: LargeRepository): Contender => ({
  fetchAndRead: Effect.fnUntraced(function*(expected) {
    yield* repository.remote.commit(filesOf(generated(expected)))
    const [file] = generated(expected)
    return file === undefined ? Number.NaN : yield* workTree.fetchAndRead(file)
  }),
  commitAndPush: Effect.fnUntraced(function*(wish) {
    const { commit, committed, pushed } = yield* workTree.commitAndPush(generated(wish))
    yield* proven(repository, commit, wish)
    return { composed: 0, committed, pushed, total: committed + pushed }
  })
})

interface Both<A> {
  readonly ours: A
  readonly peer: A
}

export interface ChangeRuns {
  readonly fetched: ReadonlyArray<Both<number>>
  readonly one: ReadonlyArray<Both<Written>>
  readonly many: ReadonlyArray<Both<Written>>
}

export interface ChangeOptions {
  /** How many manifests there are, at least a thousand. */
  readonly size: number
  /** Of one file. */
  readonly rounds: number
  /** Of a thousand. */
  readonly roundsOfMany: number
}

/** @param mine ours to be changed; the peer gets another */
export const measureChanges = Effect.fnUntraced(function*(mine: LargeRepository, options: ChangeOptions) {
  const { rounds, roundsOfMany, size } = options
  const its = yield* largeRepository(size)
  const { credentials, url } = mine.server
  const we = ours(yield* startOurGit({ url, credentials: { https: credentials } }), mine)
  const peer = native(yield* nativeWorkTree(yield* startNativeGit, its.server), its)
  /** The first round is for warming up. */
  const inRounds = Effect.fnUntraced(
    function*<A>(
      rounds: number,
      indexesOf: (round: number) => ReadonlyArray<number>,
      run: (
        contender: Contender,
        wish: Relabelling
      ) => Effect.Effect<A, Error>,
      name: string
    ) {
      const runs: Array<Both<A>> = []
      for (let round = 0; round <= rounds; round++) {
        const wish = { indexes: indexesOf(round), app: `${name}-${round}` }
        runs.push(yield* inTurn(round, run(we, wish), run(peer, wish)))
      }
      return runs.slice(1)
    }
  )
  const oneOf = (round: number) => [(round * 7919) % size]
  const manyOf = (round: number) =>
    Array.from({ length: many }, (_, at) => (at * Math.floor(size / many) + round) % size)
  const fetched = yield* inRounds(rounds, oneOf, (it, wish) => it.fetchAndRead(wish), "fetched")
  yield* say(
    `of ${count(size)}: fetched and read one file, p50 ${quantity(median(fetched.map((it) => it.ours)), "ms")}`
  )
  const one = yield* inRounds(rounds, oneOf, (it, wish) => it.commitAndPush(wish), "one")
  yield* say(
    `of ${count(size)}: committed and pushed one, p50 ${quantity(median(one.map((it) => it.ours.total)), "ms")}`
  )
  const thousand = yield* inRounds(roundsOfMany, manyOf, (it, wish) => it.commitAndPush(wish), "many")
  const middle = median(thousand.map((it) => it.ours.total))
  yield* say(`of ${count(size)}: committed and pushed ${count(many)}, p50 ${quantity(middle, "ms")}`)
  return { fetched, one, many: thousand } satisfies ChangeRuns
}, Effect.scoped)

const pairs = (runs: ReadonlyArray<Both<Written>>, pick: (run: Written) => number): ReadonlyArray<Pair> =>
  runs.map(({ ours, peer }) => ({ ours: pick(ours), peer: pick(peer) }))

export const changeFigures = ({ fetched, many: thousand, one }: ChangeRuns): ReadonlyArray<Figure> => {
  const files = `${count(many)} files`
  return [
    pairedFigure("fetch and read a commit of one file", fetched, { _tag: "TimesItsTime", atMost: 0.5 }),
    pairedFigure("commit and push one file", pairs(one, ({ total }) => total), { _tag: "TimesItsTime", atMost: 1 }),
    pairedFigure(`commit ${files}`, pairs(thousand, ({ committed }) => committed), {
      _tag: "TimesItsTime",
      atMost: 0.5
    }),
    {
      what: `before: judge the changes and compose the text of ${files}`,
      unit: "ms",
      ours: median(thousand.map(({ ours }) => ours.composed))
    },
    pairedFigure(`after: push ${files}`, pairs(thousand, ({ pushed }) => pushed)),
    pairedFigure(`all of it, from wish to answer, ${files}`, pairs(thousand, ({ total }) => total))
  ]
}
