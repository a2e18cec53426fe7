// `git`: the Git room beside native Git on what a controller does all day: start, look, fetch, commit, push.
import { Effect } from "effect"
import type { Benchmark } from "./Benchmark.ts"
import { coldRounds, coldStartFigure, memoryFigures } from "./ColdRuns.ts"
import { count } from "./Figure.ts"
import { changeFigures, many, measureChanges } from "./GitChanges.ts"
import { measurePolls, pollFigures } from "./GitPolls.ts"
import { largeRepository } from "./LargeRepository.ts"

/** 350 MB, in MiB. */
const mostMemory = 350e6 / 1024 ** 2

const full = { size: 50_000, branches: 20_000, coldRounds: 3, rounds: 15, roundsOfMany: 7, polls: 40 }
const quickly = { size: 5000, branches: 20_000, coldRounds: 1, rounds: 5, roundsOfMany: 3, polls: 10 }

export const git: Benchmark = Effect.fnUntraced(function*({ quick }) {
  const plan = quick ? quickly : full
  const { size } = plan
  const repository = yield* largeRepository(size)
  const cold = yield* coldRounds(repository.server, size, plan.coldRounds)
  const changes = yield* measureChanges(repository, plan)
  const polls = yield* measurePolls(plan.branches, plan.polls)
  return {
    title: `git: ${count(size)} manifests over HTTPS, and polls with ${count(plan.branches)} branches`,
    conditions: [
      "servers on loopback: git http-backend behind HTTPS, OpenSSH's sshd; each contender has a remote of its own, the same at first",
      "servers, our Git actor and what starts native Git are processes of their own; native work trees are in memory, housekeeping off",
      "from nothing, and its memory (VmHWM with the index): ours in fresh processes, from the first request; git clone --depth 1, cat of all",
      "all others: the Git actor, warm, as the application has it; it brings its index of manifests up to date, too",
      "fetch and read: from refresh to the manifest's body in hand; git fetch and git cat-file",
      "commit and push: from submit to Committed, with commit.quiet 0; git commit --all and git push, its files written before",
      `commit ${count(many)} files: from composed files to a commit proven to change nothing else; git commit --all`,
      `rounds in turn, medians, the ratio is that of the rounds: ${plan.coldRounds} from nothing, ${plan.rounds} of one file, ` +
      `${plan.roundsOfMany} of ${count(many)}, ${plan.polls} polls`
    ],
    figures: [
      coldStartFigure(cold),
      ...changeFigures(changes),
      ...pollFigures(polls, { _tag: "AtMost", limit: 15 }),
      ...memoryFigures(cold).map((figure) => ({ ...figure, goal: { _tag: "AtMost", limit: mostMemory } as const }))
    ],
    runs: { cold, changes, polls }
  }
})
