// Rounds of chance: commits, people with kubectl, restarts, kills, broken files and rewritten histories. After each, the cluster holds
// exactly what a model of its own says. GITOPS_ROUNDS=300 for the long run, GITOPS_SEED for another.
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { sharedControlPlane } from "../../../cluster/SharedControlPlane.ts"
import { eventually } from "../../../process/Eventually.ts"
import { temporaryFolder } from "../../../process/TemporaryFolder.ts"
import { type Controller, runCommand } from "../../Controller.ts"
import { seed, seeded } from "../../mirroring/storms/seeded.ts"
import { manifest, manifests, pruning } from "../pruning.ts"
import * as Model from "./whatIsThere.ts"

const rounds = Number(process.env["GITOPS_ROUNDS"] ?? "14")
const names = Array.from({ length: 10 }, (_, index) => `c${index}`)
const anchor = "anchor"
const annotation = "gitops-controller/prune"
const label = "applyset.kubernetes.io/part-of"
const broken = "apiVersion: v1\nkind: ConfigMap\n  metadata: {"

/** What a commit holds. */
interface Tree {
  readonly commit: string
  readonly names: ReadonlySet<string>
  readonly isBroken: boolean
}

interface Listed {
  readonly items: ReadonlyArray<{ readonly metadata: { readonly name: string; readonly uid: string } }>
}

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("after rounds of chance", (it) => {
  it.effect(`the cluster holds what it has to, seed "${seed}"`, () =>
    Effect.gen(function*() {
      const chance = seeded(`${seed} deletions`)
      const bed = yield* pruning({ files: (namespace) => manifests(namespace, anchor) })
      const { namespace, repository } = bed
      const folder = yield* temporaryFolder("gitops-confirm-")
      writeFileSync(join(folder, "config.yaml"), JSON.stringify(bed.config()))
      const lives = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
      const start = Scope.provide(bed.start(), lives)
      let controller: Controller = yield* start
      let world: Model.World = new Map([[anchor, { inGit: true, live: "ours", asks: false }]])
      for (const name of names) world = new Map(world).set(name, Model.nothing)
      const history: Array<Tree> = [
        { commit: (yield* repository.tip()) ?? "", names: new Set([anchor]), isBroken: false }
      ]
      const story: Array<string> = []
      let gone = 0

      const tip = () => history.at(-1) ?? { commit: "", names: new Set([anchor]), isBroken: false }
      const uids = bed.kubectl("get", "configmaps", "-o", "json").pipe(
        Effect.map((text) => {
          const { items }: Listed = JSON.parse(text)
          return new Map(
            items.filter(({ metadata }) => metadata.name !== "kube-root-ca.crt")
              .map(({ metadata: { name, uid } }) => [name, uid] as const)
          )
        }),
        Effect.orDie
      )
      const holds = (what: string) =>
        eventually(
          `${what}: ${Model.there(world).join(" ")} after ${story.slice(-12).join("; ")}`,
          bed.names,
          (found) => found.join() === Model.there(world).join(),
          { within: 40_000, every: 100 }
        )
      const some = () => chance.shuffled(names).slice(0, 1 + chance.below(4))
      const known = (name: string) => world.get(name) ?? Model.nothing

      /** A commit that adds some, takes some away, moves some to other files, and breaks or mends a file. */
      const commit = Effect.fnUntraced(function*() {
        const before = tip()
        const [added, removed] = [some(), some()]
        const isBroken = chance.below(5) === 0
        const after = new Set([...before.names, ...added].filter((name) => !removed.includes(name)))
        const path = (name: string) => chance.below(3) === 0 ? `moved/${name}.yaml` : `${name}.yaml`
        const changes = {
          ...Object.fromEntries(names.flatMap((name) => [[`${name}.yaml`, null], [`moved/${name}.yaml`, null]])),
          ...Object.fromEntries(
            [...after].filter((name) => name !== anchor).map((name) => [path(name), manifest(namespace, name)])
          ),
          "broken.yaml": isBroken ? broken : null,
          "note.txt": `${history.length}`
        }
        history.push({ commit: yield* repository.commit(changes), names: after, isBroken })
        story.push(`+${added.join()} -${removed.join()}${isBroken ? " broken" : ""}`)
        world = Model.holding(world, after)
      })

      /** Somebody with kubectl. */
      const byHand = Effect.fnUntraced(function*(isStopped: boolean) {
        for (const name of some()) {
          const { inGit, live } = known(name)
          const what = chance.below(5)
          if (live === "none" && !inGit && what < 2) {
            yield* bed.kubectl("create", "configmap", name)
            world = Model.created(world, name)
            story.push(`create ${name}`)
          } else if (live !== "none" && what === 2) {
            yield* bed.kubectl("delete", "configmap", name)
            world = Model.deleted(world, name)
            touched.add(name)
            story.push(`delete ${name}`)
          } else if (live !== "none" && what === 3) {
            const asks = !known(name).asks
            yield* bed.kubectl(
              "annotate",
              "--overwrite",
              "configmap",
              name,
              asks ? `${annotation}=never` : `${annotation}-`
            )
            world = Model.asking(world, name, asks)
            story.push(`${asks ? "ask" : "no longer ask"} ${name}`)
          } else if (live === "ours" && what === 4 && isStopped) {
            yield* bed.kubectl("label", "configmap", name, `${label}-`)
            world = Model.stripped(world, name)
            story.push(`strip ${name}`)
          }
        }
      })
      const touched = new Set<string>()

      const settle = Effect.fnUntraced(function*(mayDelete: boolean) {
        const there = Model.there(world)
        world = Model.settled(world, mayDelete)
        gone += there.filter((name) => known(name).live === "none").length
        yield* holds(mayDelete ? "the cluster holds" : "nothing goes yet")
        yield* controller.until(
          "all is done",
          ({ commit, ready, settled, total }) =>
            commit === tip().commit && settled && ready && total.pending + total.waiting === 0,
          { within: 40_000 }
        )
        yield* holds("and holds still")
      })

      yield* settle(true)
      for (let round = 0; round < rounds; round++) {
        touched.clear()
        const before = yield* uids
        const stable = [...tip().names]
        const isStopped = chance.below(4) === 0
        if (isStopped) {
          story.push("stop")
          yield* chance.below(2) === 0 ? controller.process.stop : controller.process.signal("SIGKILL")
        }
        yield* byHand(isStopped)
        // What may go now goes before the next commit may forbid it.
        if (!isStopped) yield* settle(!tip().isBroken)
        const old = history.slice(0, -1).at(chance.below(Math.max(1, history.length - 1)))
        const isRewritten = chance.below(6) === 0 && old !== undefined
        if (isRewritten) {
          yield* repository.moveBranch(old.commit)
          history.splice(history.indexOf(old) + 1)
          world = Model.holding(world, old.names)
          story.push(`back to ${[...old.names].join()}`)
        } else { yield* commit() }
        if (isStopped) controller = yield* start
        if (isRewritten) {
          yield* settle(false)
          yield* controller.until("it waits for a person", ({ deletions }) => deletions !== undefined)
          const { code, stderr } = yield* runCommand(
            ["confirm", "--yes", "--kubeconfig", bed.cluster.kubeconfig],
            folder
          )
          assert.strictEqual(code, 0, stderr)
          story.push("confirm")
        }
        yield* settle(!tip().isBroken)
        const after = yield* uids
        for (const name of stable) {
          if (tip().names.has(name) && !touched.has(name) && before.has(name)) {
            assert.strictEqual(
              after.get(name),
              before.get(name),
              `${name} was never gone: ${story.slice(-12).join("; ")}`
            )
          }
        }
      }
      assert.isAbove(gone, rounds / 4, "a run in which little was deleted shows nothing")
    }), 60_000 + rounds * 20_000)
})
