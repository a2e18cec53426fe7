// Deletions that wait for a person: too many at once, or of what looks like another world.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { runCommand } from "../Controller.ts"
import { tells } from "../mirroring/mirroring.ts"
import { manifest, manifests, type Pruning, pruning } from "./pruning.ts"

const names = ["a", "b", "c", "d", "e"]
const all = Object.fromEntries(names.map((name) => [`${name}.yaml`, null]))

const begun = Effect.fnUntraced(function*(more: ReadonlyArray<string>, config: object = {}) {
  const bed = yield* pruning({ files: (namespace) => manifests(namespace, ...names, ...more), config: { ...config } })
  const controller = yield* bed.start()
  yield* controller.until(
    "all are there",
    (status) => status.settled && status.total.inStep === names.length + more.length
  )
  return { bed, controller }
})

const confirming = (bed: Pruning) =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-confirm-")
    writeFileSync(join(folder, "config.yaml"), JSON.stringify(bed.config()))
    return (...args: ReadonlyArray<string>) =>
      runCommand(["confirm", ...args, "--kubeconfig", bed.cluster.kubeconfig], folder)
  })

const budget = { deletions: { max: 20, percent: 20 } }

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("what waits for a person", (it) => {
  it.effect(
    "more than the budget at once, until a commit confirms it with the exact number, over a restart",
    () =>
      Effect.gen(function*() {
        const { bed, controller } = yield* begun(["first", "stays"], budget)
        yield* bed.push(controller, { "first.yaml": null })
        yield* bed.isGone("first")
        yield* bed.push(controller, { ...all, "new.yaml": manifest(bed.namespace, "new") })
        const held = yield* controller.until("they wait", ({ deletions }) => deletions?.count === 5)
        assert.include(held.deletions?.confirm, "Confirm-deletions: default 5")
        yield* tells(controller, new RegExp(`${bed.namespace}/a.*deletions.percent`, "s"))
        yield* controller.process.stop

        const again = yield* bed.start()
        yield* again.until("they wait still", ({ deletions }) => deletions?.count === 5)
        const confirm = (count: number) =>
          bed.repository.commit({ [`note-${count}.txt`]: "looked at" }, {
            message: `These may go\n\nConfirm-deletions: default ${count}`
          })
        yield* confirm(4)
        yield* again.until("another number confirms nothing", ({ deletions }) => deletions?.objection !== undefined)
        assert.deepStrictEqual(yield* bed.names, [...names, "new", "stays"])
        yield* confirm(5)
        yield* bed.isGone(...names)
        assert.deepStrictEqual(yield* bed.names, ["new", "stays"])
        yield* again.until("nothing waits", ({ deletions }) => deletions === undefined)
      }),
    90_000
  )

  it.effect("everything once no manifest is left, until gitops-controller confirm", () =>
    Effect.gen(function*() {
      const { bed, controller } = yield* begun(["sentinel"])
      yield* bed.push(controller, { "sentinel.yaml": null })
      yield* bed.isGone("sentinel")
      yield* bed.repository.commit(all)
      const held = yield* controller.until("they wait", ({ deletions }) => deletions?.count === 5)
      assert.include(held.deletions?.reason, "emptied")
      assert.deepStrictEqual(yield* bed.names, names)
      const confirm = yield* confirming(bed)
      const unasked = yield* confirm()
      assert.strictEqual(unasked.code, 1, unasked.stdout)
      const answer = yield* confirm("--yes")
      assert.strictEqual(answer.code, 0, answer.stderr)
      for (const name of names) assert.include(answer.stdout, `ConfigMap ${bed.namespace}/${name}`)
      yield* bed.isGone(...names)
    }), 90_000)

  it.effect(
    "everything after the branch was put back to an old commit, and what is found so after a restart",
    () =>
      Effect.gen(function*() {
        const bed = yield* pruning({ files: (namespace) => manifests(namespace, "old", "sentinel") })
        const before = (yield* bed.repository.tip()) ?? ""
        const controller = yield* bed.start()
        yield* controller.inStepWith(before)
        yield* bed.push(controller, manifests(bed.namespace, "young"))
        yield* bed.push(controller, { "sentinel.yaml": null })
        yield* bed.isGone("sentinel")
        yield* bed.repository.moveBranch(before)
        const held = yield* controller.until("it waits", ({ deletions }) => deletions?.count === 1)
        assert.include(held.deletions?.reason, "rewritten")
        assert.deepStrictEqual(yield* bed.names, ["old", "sentinel", "young"], "what is there again is made again")
        const confirm = yield* confirming(bed)
        assert.strictEqual((yield* confirm("--yes")).code, 0)
        yield* bed.isGone("young")
        yield* controller.process.stop

        const aside = yield* bed.repository.rewrite({ ...manifests(bed.namespace, "old") })
        const again = yield* bed.start()
        const unknown = yield* again.until("it waits", ({ deletions }) => deletions?.count === 1)
        assert.match(unknown.deletions?.reason ?? "", /no longer part of the branch/)
        assert.strictEqual(unknown.commit, aside)
        assert.deepStrictEqual(yield* bed.names, ["old", "sentinel"])
        assert.strictEqual((yield* confirm("--yes")).code, 0)
        yield* bed.isGone("sentinel")
      }),
    90_000
  )

  it.effect(
    "everything, too, while the remote doesn't tell whether the history was rewritten",
    () =>
      Effect.gen(function*() {
        const bed = yield* pruning({ files: (namespace) => manifests(namespace, "old", "sentinel") })
        const before = (yield* bed.repository.tip()) ?? ""
        const controller = yield* bed.start()
        yield* controller.inStepWith(before)
        yield* bed.push(controller, { ...manifests(bed.namespace, "young"), "sentinel.yaml": null })
        yield* bed.isGone("sentinel")
        // What is asked for the commits alone.
        bed.server.setFault(({ body }) => body.includes("filter tree:0") ? { status: 500, body: "not now" } : undefined)
        yield* bed.repository.moveBranch(before)
        yield* controller.until("it is read all the same", ({ commit }) => commit === before)
        yield* eventually("what is there again is made again", bed.names, (names) => names.includes("sentinel"))
        assert.deepStrictEqual(yield* bed.names, ["old", "sentinel", "young"])
        bed.server.setFault(() => undefined)
        const held = yield* controller.until("it waits", ({ deletions }) => deletions?.count === 1, { within: 40_000 })
        assert.match(held.deletions?.reason ?? "", /no longer part of the branch/)
        assert.deepStrictEqual(yield* bed.names, ["old", "sentinel", "young"])
        assert.strictEqual((yield* (yield* confirming(bed))("--yes")).code, 0)
        yield* bed.isGone("young")
      }),
    90_000
  )

  it.effect(
    "another branch or path under the same name is refused as a whole, and the right one goes on",
    () =>
      Effect.gen(function*() {
        const { bed, controller } = yield* begun(["sentinel"])
        yield* bed.repository.commit({ "empty/note.txt": "nothing here" })
        yield* bed.repository.commit({ ...all, "other.yaml": manifest(bed.namespace, "other") }, { branch: "other" })
        for (const mistake of [{ gitPath: "mistyped" }, { gitPath: "empty" }, { branch: "other" }]) {
          yield* controller.rewrite(JSON.stringify(bed.config({ config: mistake })))
          yield* controller.until(
            "it says so",
            ({ configuration, gitFailure, phase }) =>
              /was made for/.test(phase) || gitFailure !== undefined || configuration !== undefined
          )
          assert.deepStrictEqual(yield* bed.names, [...names, "sentinel"])
        }
        yield* controller.rewrite(JSON.stringify(bed.config()))
        yield* bed.repository.commit({ "sentinel.yaml": null })
        yield* bed.isGone("sentinel")
        assert.deepStrictEqual(yield* bed.names, names)
        assert.isUndefined((yield* controller.status).deletions)
      }),
    90_000
  )

  it.effect("nothing waits of what a rule lets go of", () =>
    Effect.gen(function*() {
      const { bed, controller } = yield* begun(["sentinel"])
      const narrowed = [{
        resources: ["configmaps"],
        namespaces: [bed.namespace],
        names: ["sentinel"],
        syncTo: "kubernetes"
      }]
      yield* controller.rewrite(JSON.stringify(bed.config({ rules: narrowed })))
      yield* controller.until("one is left", (status) => status.settled && status.total.inStep === 1)
      yield* bed.repository.commit({ ...all, "sentinel.yaml": null, "note.yaml": manifest(bed.namespace, "note") })
      yield* bed.isGone("sentinel")
      assert.deepStrictEqual(yield* bed.names, names)
      const labels = yield* bed.kubectl("get", "configmaps", "-l", "applyset.kubernetes.io/part-of", "-o", "name")
      assert.strictEqual(labels.trim(), "", "they are let go of")
    }), 90_000)
})
