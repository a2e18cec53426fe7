// Deletions that wait for a person: too many at once, of documents that somebody edited, of what no record speaks of.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { runCommand } from "../Controller.ts"
import { configMap, type Mirroring, mirroring, tells, troublesOf } from "./mirroring.ts"

const names = ["a", "b", "c", "d", "e"]

/** Six ConfigMaps in Git, a sentinel that has gone, and then five deleted at once: more than may go. */
const tooMany = Effect.fnUntraced(function*(config: object) {
  const bed = yield* mirroring({ config: { ...config } })
  yield* bed.apply(...names.map((name) => configMap(name)), configMap("stays"))
  const controller = yield* bed.start()
  const { goes, path } = yield* bed.sentinel()
  const paths: Array<string> = []
  for (const name of names) paths.push((yield* bed.remote.has(bed.key("ConfigMap", name))).path)
  yield* goes
  yield* bed.kubectl("delete", "configmap", ...names)
  const words = yield* tells(controller, /Confirm-deletions: default 5|gitops-controller confirm/)
  yield* bed.apply(configMap("after"))
  yield* bed.remote.has(bed.key("ConfigMap", "after"))
  assert.deepStrictEqual(yield* bed.remote.removed, [path], "the rest goes on, and these wait")
  yield* controller.until(
    "the status names each",
    (status) => names.every((name) => troublesOf(status, `${bed.namespace}/${name}`).length > 0)
  )
  return { bed, controller, words, removed: [path, ...paths] }
})

const areGone = (bed: Mirroring, removed: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    for (const name of names) yield* bed.remote.lacks(bed.key("ConfigMap", name))
    assert.sameMembers([...(yield* bed.remote.removed)], [...removed])
  })

const recordOf = ({ cluster, state }: Mirroring) =>
  Effect.map(
    cluster.kubectlOk(["get", "configmaps", "-n", state, "-o", "name"]),
    (text) => text.trim().split("\n").filter((name) => name.includes("gitops-controller"))
  )

const deleteRecord = (bed: Mirroring) =>
  Effect.flatMap(recordOf(bed), (found) => {
    assert.isNotEmpty(found)
    return bed.cluster.kubectlOk(["delete", "-n", bed.state, ...found])
  })

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("what waits for a person", (it) => {
  it.effect(
    "more than the budget at once, until a commit confirms it with the exact number",
    () =>
      Effect.gen(function*() {
        const { bed, removed, words } = yield* tooMany({})
        assert.match(words, /5/)
        const confirm = (count: number) =>
          bed.repository.commit({ [`note-${count}.txt`]: "looked at" }, {
            message: `These may go\n\nConfirm-deletions: default ${count}`
          })
        yield* confirm(4)
        yield* bed.apply(configMap("later"))
        yield* bed.remote.has(bed.key("ConfigMap", "later"))
        assert.strictEqual((yield* bed.remote.removed).length, 1, "another number confirms nothing")
        yield* confirm(5)
        yield* areGone(bed, removed)
      }),
    90_000
  )

  it.effect(
    "most of a kind at once, though they are few, until gitops-controller confirm",
    () =>
      Effect.gen(function*() {
        const { bed, removed } = yield* tooMany({})
        const folder = yield* temporaryFolder("gitops-confirm-")
        writeFileSync(join(folder, "config.yaml"), JSON.stringify(bed.config()))
        const confirm = (...args: ReadonlyArray<string>) =>
          runCommand(["confirm", ...args, "--kubeconfig", bed.cluster.kubeconfig], folder)
        const unasked = yield* confirm()
        assert.strictEqual(unasked.code, 1, unasked.stdout)
        assert.include(unasked.stderr, "--yes")
        assert.strictEqual((yield* bed.remote.removed).length, 1)
        const answer = yield* confirm("--yes")
        assert.strictEqual(answer.code, 0, answer.stderr)
        for (const name of names) assert.include(answer.stdout, `${bed.namespace}/${name}`)
        yield* areGone(bed, removed)
      }),
    90_000
  )

  it.effect("the removal of a document that a person edited after its object went", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring({ config: { commit: { quiet: "2s", maxAge: "4s" } } })
      yield* bed.apply(configMap("down"), configMap("window"))
      const first = yield* bed.start()
      const down = yield* bed.remote.has(bed.key("ConfigMap", "down"))
      const window = yield* bed.remote.has(bed.key("ConfigMap", "window"))
      yield* first.process.stop
      yield* bed.kubectl("delete", "configmap", "down")
      const edit = (text: string) => `# Somebody looked at this\n${text.replace("one", "edited")}`
      yield* bed.repository.commit({ [down.path]: edit(down.text) })
      const controller = yield* bed.start()
      const { goes, path } = yield* bed.sentinel()
      yield* bed.kubectl("delete", "configmap", "window")
      yield* bed.repository.commit({ [window.path]: edit(window.text) })
      for (const document of [down, window]) {
        const said = yield* tells(controller, new RegExp(`${document.manifest.metadata.name}.*(changed|edited)`, "s"))
        assert.include(said, `${bed.namespace}/${document.manifest.metadata.name}`)
      }
      yield* goes
      assert.deepStrictEqual(yield* bed.remote.removed, [path])
      for (const document of [down, window])
        assert.strictEqual(yield* bed.remote.text(document.path), edit(document.text))
    }), 90_000)

  it.effect("what went while nobody looked and the record was deleted", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring()
      yield* bed.apply(configMap("lost"), configMap("kept"))
      const first = yield* bed.start()
      yield* bed.remote.has(bed.key("ConfigMap", "lost"))
      yield* bed.remote.has(bed.key("ConfigMap", "kept"))
      yield* first.process.stop
      yield* deleteRecord(bed)
      yield* bed.kubectl("delete", "configmap", "lost")
      const controller = yield* bed.start()
      yield* tells(controller, new RegExp(`${bed.namespace}/lost.*(OnlyInGit|record)`, "s"))
      const { goes, path } = yield* bed.sentinel()
      yield* goes
      assert.deepStrictEqual(yield* bed.remote.removed, [path])
      const absent = yield* bed.kubectl("get", "configmaps", "-o", "name")
      assert.notInclude(absent, "lost", "nor is it made from Git")
    }), 60_000)

  it.effect(
    "everything, when the record was deleted under the running controller, and then what was shown since",
    () =>
      Effect.gen(function*() {
        const bed = yield* mirroring()
        yield* bed.apply(configMap("lost"), configMap("kept"))
        const controller = yield* bed.start()
        yield* bed.remote.has(bed.key("ConfigMap", "lost"))
        yield* bed.remote.has(bed.key("ConfigMap", "kept"))
        yield* deleteRecord(bed)
        yield* bed.kubectl("delete", "configmap", "lost")
        const { goes, path } = yield* bed.sentinel()
        yield* Effect.forkScoped(goes)
        yield* tells(controller, new RegExp(`${bed.namespace}/sentinel.*record`, "s"))
        assert.deepStrictEqual(yield* bed.remote.removed, [])
        yield* bed.repository.commit({ "note.txt": "looked at" }, {
          message: "It may go\n\nConfirm-deletions: default 1"
        })
        yield* bed.remote.lacks(bed.key("ConfigMap", "sentinel"))
        assert.deepStrictEqual(yield* bed.remote.removed, [path])
        assert.isNotEmpty(yield* recordOf(bed), "the record is there again")
      }),
    60_000
  )

  it.effect(
    "what is deleted in a namespace that is going, for it goes with the namespace or not at all",
    () =>
      Effect.gen(function*() {
        const going = yield* mirroring()
        const bed = yield* mirroring({
          rules: (namespace) => [
            { resources: ["configmaps"], namespaces: [namespace, going.namespace], syncTo: "git" }
          ]
        })
        yield* going.apply(configMap("inside"))
        const controller = yield* bed.start()
        const { goes, path } = yield* bed.sentinel()
        const inside = yield* bed.remote.has(going.key("ConfigMap", "inside"))
        // No controller of this cluster empties namespaces, so it stays as it is.
        yield* bed.cluster.kubectlOk(["delete", "namespace", going.namespace, "--wait=false"])
        yield* going.kubectl("delete", "configmap", "inside")
        yield* tells(controller, new RegExp(`${going.namespace}/inside.*(going|terminating|being deleted)`, "is"))
        yield* goes
        assert.deepStrictEqual(yield* bed.remote.removed, [path])
        assert.strictEqual(yield* bed.remote.text(inside.path), inside.text)
      }),
    60_000
  )
})
