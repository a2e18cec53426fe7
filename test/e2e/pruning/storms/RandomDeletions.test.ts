// Rounds of chance: commits, people with kubectl, restarts, kills, another leader, broken files, rewritten histories, servers that fail. After each,
// the cluster holds exactly what a model of its own says. GITOPS_ROUNDS=300 for the long run, GITOPS_SEED for another.
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { apiProxy } from "../../../cluster/ApiProxy.ts"
import { ControlPlane } from "../../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../../cluster/SharedControlPlane.ts"
import { eventually, realSleep } from "../../../process/Eventually.ts"
import { temporaryFolder } from "../../../process/TemporaryFolder.ts"
import { type Controller, runCommand } from "../../Controller.ts"
import { seed, seeded } from "../../mirroring/storms/seeded.ts"
import { pruning } from "../pruning.ts"
import { makeBadWeather } from "./badWeather.ts"
import { makeHands } from "./hands.ts"
import { fileOf, makeThings, textOf, type Thing } from "./things.ts"
import * as Model from "./whatIsThere.ts"

const rounds = Number(process.env["GITOPS_ROUNDS"] ?? "12")
const broken = "apiVersion: v1\nkind: ConfigMap\n  metadata: {"

/** What a commit holds. */
interface Tree {
  readonly commit: string
  readonly ids: ReadonlySet<string>
  readonly isBroken: boolean
}

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("after rounds of chance", (it) => {
  it.effect(`the cluster holds what it has to, seed "${seed}"`, () =>
    Effect.gen(function*() {
      const chance = seeded(`${seed} deletions`)
      const cluster = yield* ControlPlane
      const one = yield* cluster.namespace("storm")
      const { all, anchors, live, rules } = yield* makeThings(cluster, one, yield* cluster.namespace("storm"))
      const bed = yield* pruning({
        rules: () => rules,
        files: () => Object.fromEntries(anchors.map((anchor) => [fileOf(anchor), textOf(anchor)]))
      })
      const { repository, server } = bed
      const weather = makeBadWeather()
      const { kubeconfig } = yield* apiProxy(cluster.kubeconfig, weather.meet)
      const folder = yield* temporaryFolder("gitops-confirm-")
      writeFileSync(join(folder, "config.yaml"), JSON.stringify(bed.config()))
      const lives = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
      const start = Scope.provide(bed.start({ kubeconfig }), lives)
      let controller: Controller = yield* start
      let world: Model.World = new Map(anchors.map(({ id }) => [id, { inGit: true, live: "ours", asks: false }]))
      for (const { id } of all) world = new Map(world).set(id, Model.nothing)
      const first: Tree = {
        commit: (yield* repository.tip()) ?? "",
        ids: new Set(anchors.map(({ id }) => id)),
        isBroken: false
      }
      const history: Array<Tree> = [first]
      const story: Array<string> = []
      let gone = 0

      const tip = () => history.at(-1) ?? first
      const uids = live(cluster.request)
      const told = (what: string) => `${what}: ${Model.there(world).join(", ")} after ${story.slice(-16).join("; ")}`
      const shown = Effect.gen(function*() {
        const status = JSON.stringify(yield* controller.status, undefined, 1)
        yield* Effect.logError(`${status}\n${(yield* controller.log).split("\n").slice(-60).join("\n")}`)
      })
      const holds = (what: string) =>
        eventually(
          told(what),
          Effect.map(uids, (found) => [...found.keys()].toSorted()),
          (found) => found.join() === Model.there(world).join(),
          { within: 60_000, every: 50 }
        ).pipe(Effect.tapError(() => shown))
      const some = () => chance.shuffled(all).slice(0, 1 + chance.below(6))
      const hands = makeHands(cluster, chance, {
        get: (id) => world.get(id) ?? Model.nothing,
        change: (to) => void (world = to(world)),
        tell: (what) => void story.push(what)
      })

      /** A commit that adds some, takes some away, moves some to other files, and breaks or mends a file. What it takes away. */
      const commit = Effect.fnUntraced(function*() {
        const before = tip()
        const [added, removed] = [some(), some()]
        const isBroken = chance.below(5) === 0
        const goes = new Set(removed.map(({ id }) => id))
        const ids = new Set([...before.ids, ...added.map(({ id }) => id)].filter((id) => !goes.has(id)))
        const moved = (thing: Thing) => `moved/${fileOf(thing)}`
        const changes = {
          ...Object.fromEntries(all.flatMap((thing) => [[fileOf(thing), null], [moved(thing), null]])),
          ...Object.fromEntries(
            all.filter(({ id }) => ids.has(id)).map((thing) => [
              chance.below(3) === 0 ? moved(thing) : fileOf(thing),
              textOf(thing)
            ])
          ),
          "broken.yaml": isBroken ? broken : null,
          "note.txt": `${history.length}`
        }
        history.push({ commit: yield* repository.commit(changes), ids, isBroken })
        const named = (things: ReadonlyArray<Thing>) => things.map(({ id }) => id).join(",")
        story.push(`+${named(added)} -${named(removed)}${isBroken ? " broken" : ""}`)
        world = Model.holding(world, ids)
        return removed.filter(({ id }) => before.ids.has(id))
      })

      const settle = Effect.fnUntraced(function*(mayDelete: boolean) {
        const there = Model.there(world)
        world = Model.settled(world, mayDelete)
        gone += there.filter((id) => world.get(id)?.live === "none").length
        yield* holds(mayDelete ? "the cluster holds" : "nothing goes yet")
        yield* controller.until(
          told("all is done"),
          ({ commit, ready, settled, total }) =>
            commit === tip().commit && settled && ready && total.pending + total.waiting + total.failed === 0,
          { within: 60_000 }
        )
        yield* holds("and holds still")
      })

      const stop = ({ process }: Controller) => chance.below(2) === 0 ? process.stop : process.signal("SIGKILL")

      yield* settle(true)
      for (let round = 0; round < rounds; round++) {
        hands.touched.clear()
        const before = yield* uids
        const stable = [...tip().ids]
        const isStopped = chance.below(5) === 0
        if (isStopped) {
          story.push("stop")
          yield* stop(controller)
        }
        yield* hands.meddle(some(), isStopped)
        // What may go now goes before the next commit may forbid it.
        if (!isStopped) yield* settle(!tip().isBroken)
        const successor = !isStopped && chance.below(7) === 0 ? yield* start : undefined
        yield* successor?.until("it stands by", ({ phase }) => phase.startsWith("standby")) ?? Effect.void
        const isStormy = chance.below(3) === 0
        if (isStormy) story.push(weather.begin(chance, server))
        const old = history.slice(0, -1).at(chance.below(Math.max(1, history.length - 1)))
        const isRewritten = chance.below(6) === 0 && old !== undefined
        let removed: ReadonlyArray<Thing> = []
        if (isRewritten) {
          yield* repository.moveBranch(old.commit)
          history.splice(history.indexOf(old) + 1)
          world = Model.holding(world, old.ids)
          story.push(`back to ${[...old.ids].join()}`)
        } else {
          removed = yield* commit()
        }
        if (isStopped) controller = yield* start
        if (successor !== undefined) {
          yield* realSleep(chance.below(1500))
          yield* stop(controller)
          controller = successor
          story.push("another leads")
        }
        if (isStormy) {
          yield* realSleep(500 + chance.below(1500))
          weather.end(server)
        }
        if (chance.below(3) === 0) {
          const { commit } = tip()
          yield* controller.until("it knows of the commit", (status) => status.commit === commit, { within: 60_000 })
          yield* hands.makeAnew(removed)
        }
        if (isRewritten) {
          yield* settle(false)
          yield* controller.until("it waits for a person", ({ deletions }) => deletions !== undefined)
          const { code, stderr } = yield* runCommand(["confirm", "--yes", "--kubeconfig", cluster.kubeconfig], folder)
          assert.strictEqual(code, 0, stderr)
          story.push("confirm")
        }
        yield* settle(!tip().isBroken)
        const after = yield* uids
        for (const id of stable.filter((id) => tip().ids.has(id) && !hands.touched.has(id) && before.has(id)))
          assert.strictEqual(after.get(id), before.get(id), told(`${id} was never gone`))
      }
      assert.isAbove(gone, rounds / 4, "a run in which little was deleted shows nothing")
    }), 60_000 + rounds * 25_000)
})
