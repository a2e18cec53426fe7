// Three replicas while both sides change without a pause: leaders are killed, frozen, cut off and replaced by chance. At the end both
// sides hold what was set last, and no commit came twice. GITOPS_ROUNDS=100 for the long run, GITOPS_SEED for another.
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Ref } from "effect"
import { sharedControlPlane } from "../../../cluster/SharedControlPlane.ts"
import { eventually, realSleep } from "../../../process/Eventually.ts"
import { personsCommit } from "../../mirroring/storms/personsCommit.ts"
import { type Chance, seed, seeded } from "../../mirroring/storms/seeded.ts"
import { clusterValueIn, gitValueIn, leaderAmong, pathOf, type Replica, replicas, withValue } from "../replicas.ts"

const rounds = Number(process.env["GITOPS_ROUNDS"] ?? "10")
const names = ["a", "b", "c", "d"] as const
/** Longer than the Lease. */
const longerThanLease = (chance: Chance) => 2500 + chance.below(1500)
const disturbances = ["kill", "freeze", "cut off", "replace", "delete the Lease"] as const

/** The values of a list of texts, without repetitions. */
const steps = (values: ReadonlyArray<number>) => values.filter((value, at) => at === 0 || value !== values[at - 1])

const isSorted = (values: ReadonlyArray<number>) =>
  values.every((value, at) => at === 0 || value > (values[at - 1] ?? 0))

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("three replicas", (it) => {
  it.effect(
    `lose nothing and do nothing twice in ${rounds} disturbances, seed "${seed}"`,
    () =>
      Effect.gen(function*() {
        const chance = seeded(`${seed} replicas`)
        const bed = yield* replicas(names)
        const all: Array<Replica> = [yield* bed.start, yield* bed.start, yield* bed.start]
        for (const name of names)
          yield* eventually(`${name} is there`, bed.live(name), (value) => value === "0", { within: 40_000 })
        const last = { cluster: new Map<string, number>(), git: new Map<string, number>() }
        const isOver = yield* Ref.make(false)
        const pause = realSleep(150)
        const inCluster = Effect.gen(function*() {
          for (let value = 1; !(yield* Ref.get(isOver)); value++) {
            const name = chance.pick(names)
            yield* bed.set(name, value)
            last.cluster.set(name, value)
            yield* pause
          }
        })
        const byCommits = Effect.gen(function*() {
          for (let value = 1; !(yield* Ref.get(isOver)); value++) {
            const name = chance.pick(names)
            yield* personsCommit(bed.repository, pathOf(name), (text) => withValue(text, value))
            last.git.set(name, value)
            yield* pause
          }
        })
        const shown = new Map<string, Array<number>>(names.map((name) => [name, []]))
        const looking = Effect.gen(function*() {
          while (!(yield* Ref.get(isOver))) {
            for (const name of names) shown.get(name)?.push(Number(yield* bed.live(name)))
            yield* pause
          }
        })
        const people = yield* Effect.forkChild(
          Effect.all([inCluster, byCommits, looking], { concurrency: "unbounded", discard: true })
        )

        const story: Array<string> = []
        const replaced = (leader: Replica, signal: "SIGKILL" | "SIGTERM") =>
          Effect.gen(function*() {
            yield* leader.controller.process.signal(signal)
            all[all.indexOf(leader)] = yield* bed.start
          })
        for (let round = 0; round < rounds; round++) {
          const leader = yield* leaderAmong(all)
          const what = chance.pick(disturbances)
          story.push(what)
          switch (what) {
            case "kill":
              yield* replaced(leader, "SIGKILL")
              break
            case "replace":
              yield* replaced(leader, "SIGTERM")
              break
            case "freeze":
              yield* leader.controller.process.signal("SIGSTOP")
              yield* realSleep(longerThanLease(chance))
              yield* leader.controller.process.signal("SIGCONT")
              break
            case "cut off":
              yield* leader.cutOff
              yield* realSleep(longerThanLease(chance))
              yield* leader.reconnect
              break
            case "delete the Lease":
              yield* bed.cluster.kubectlOk(["delete", "leases", "--all", "-n", `${bed.namespace}-state`])
          }
          yield* realSleep(chance.below(1500))
        }
        yield* Ref.set(isOver, true)
        yield* Fiber.join(people)

        for (const name of names) {
          const [cluster, git] = [`${last.cluster.get(name) ?? 0}`, `${last.git.get(name) ?? 0}`]
          const told = `after ${story.join("; ")}`
          yield* eventually(`Git has ${cluster} of ${name} ${told}`, bed.inGit(name), (value) => value === cluster, {
            within: 40_000
          })
          yield* eventually(`the cluster has ${git} of ${name} ${told}`, bed.live(name), (value) => value === git)
        }
        for (const name of names) {
          assert.isTrue(isSorted(steps(shown.get(name) ?? [])), `${name} never goes back: ${shown.get(name)?.join()}`)
          const commits = (yield* bed.repository.git("rev-list", "--reverse", "main", "--", pathOf(name))).split("\n")
          const texts = yield* Effect.forEach(commits, (commit) =>
            bed.repository.git("show", `${commit}:${pathOf(name)}`))
          const values = texts.map((text) => ({ cluster: Number(clusterValueIn(text)), git: Number(gitValueIn(text)) }))
          assert.isTrue(
            isSorted(steps(values.map(({ cluster }) =>
              cluster
            ))),
            `${name}: each value comes once to Git`
          )
          assert.isTrue(isSorted(steps(values.map(({ git }) => git))), `${name}: no person's commit is undone`)
          for (const text of texts) assert.include(text, "# a person's word")
        }
        const trees = (yield* bed.repository.git("log", "--format=%T", "main")).split("\n")
        assert.lengthOf(new Set(trees), trees.length, "every commit changes something, once")
        assert.isAbove(last.cluster.size + last.git.size, names.length, "both sides changed")
      }),
    120_000 + rounds * 20_000
  )
})
