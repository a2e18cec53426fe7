// Something happens while objects are being deleted: another leader, a commit that wants them back, a new object under an old name.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { apiProxy } from "../../cluster/ApiProxy.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { manifests, pruning } from "./pruning.ts"

const many = Array.from({ length: 150 }, (_, index) => `m${String(index).padStart(3, "0")}`)
const gone = (names: ReadonlyArray<string>) => Object.fromEntries(names.map((name) => [`${name}.yaml`, null]))

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("in the middle of deleting", (it) => {
  it.effect(
    "another leader goes on, deletes the rest and nothing else",
    () =>
      Effect.gen(function*() {
        const bed = yield* pruning({
          files: (namespace) => manifests(namespace, ...many, "keep"),
          config: { deletions: { max: 1000, percent: 100 } }
        })
        const first = yield* bed.start()
        yield* first.until("all are there", ({ settled, total }) => settled && total.inStep === many.length + 1, {
          within: 60_000
        })
        const second = yield* bed.start()
        yield* second.until("it stands by", ({ phase }) => phase.startsWith("standby"))
        yield* bed.kubectl("create", "configmap", "by-hand")
        yield* bed.repository.commit(gone(many))
        yield* eventually("some are gone", bed.names, (names) => names.length < many.length, {
          within: 20_000,
          every: 10
        })
        yield* first.process.signal("SIGKILL")
        const left = (yield* bed.names).length
        yield* bed.isGone(...many)
        assert.deepStrictEqual(yield* bed.names, ["by-hand", "keep"])
        assert.isAbove(left, 2, "the first has not done it all")
      }),
    120_000
  )

  it.effect(
    "an object made anew after its proof, while its deletion is on the way, stays",
    () =>
      Effect.gen(function*() {
        const { kubeconfig } = yield* ControlPlane
        const sent: Array<string> = []
        const answers: Array<number | undefined> = []
        let letGo = () => {}
        const held = new Promise<void>((resolve) => {
          letGo = resolve
        })
        const way = yield* apiProxy(kubeconfig, ({ method, url }) => {
          if (method !== "DELETE" || !/\/configmaps\/anew\b/.test(url)) return undefined
          sent.push(url)
          return {
            after: held,
            pass: (from, to) => {
              answers.push(from.statusCode)
              from.pipe(to)
            }
          }
        })
        const bed = yield* pruning({
          files: (namespace) => manifests(namespace, "keep", "anew", "sentinel"),
          // A request doesn't outlive the leader's term.
          config: { lease: { duration: "60s", renew: "40s", retry: "1s" } }
        })
        const controller = yield* bed.start({ kubeconfig: way.kubeconfig })
        yield* controller.until("all are there", ({ settled, total }) => settled && total.inStep === 3)
        yield* bed.repository.commit(gone(["anew", "sentinel"]))
        yield* eventually("its deletion is on the way", Effect.sync(() => sent.length), (count) => count === 1)
        yield* bed.kubectl("delete", "configmap", "anew")
        // Dressed as ours: only its uid tells.
        const label = yield* bed.kubectl("get", "configmap", "keep", "-o", "jsonpath={.metadata.labels}")
        yield* bed.apply({
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "anew", labels: JSON.parse(label) }
        })
        const uid = yield* bed.uidOf("anew")
        letGo()
        yield* eventually("it is answered", Effect.sync(() => answers), ([status]) => status === 409)
        yield* bed.isGone("sentinel")
        yield* controller.until("all is done", ({ settled, total }) => settled && total.pending + total.waiting === 0)
        assert.strictEqual(yield* bed.uidOf("anew"), uid)
        assert.deepStrictEqual(yield* bed.names, ["anew", "keep"])
      }),
    60_000
  )

  it.effect(
    "what is in Git again by then stays or is made again, and what was made anew under its name is left alone",
    () =>
      Effect.gen(function*() {
        const bed = yield* pruning({
          files: (namespace) => manifests(namespace, ...many, "keep", "anew"),
          config: { deletions: { max: 1000, percent: 100 }, commit: { quiet: "1s" } }
        })
        const controller = yield* bed.start()
        yield* controller.until("all are there", ({ settled, total }) => settled && total.inStep === many.length + 2, {
          within: 60_000
        })
        const back = many.slice(100)
        yield* bed.push(controller, { ...gone(many), "anew.yaml": null })
        // Between asking and being granted.
        yield* bed.kubectl("delete", "configmap", "anew")
        yield* bed.kubectl("create", "configmap", "anew")
        yield* bed.repository.commit(manifests(bed.namespace, ...back))
        yield* bed.isGone(...many.slice(0, 100))
        yield* eventually("what is back is there", bed.names, (names) => back.every((name) => names.includes(name)))
        yield* controller.until("all is in step", ({ settled, total }) =>
          settled && total.inStep === back.length + 1 && total.pending === 0)
        assert.deepStrictEqual(yield* bed.names, ["anew", "keep", ...back].toSorted())
      }),
    120_000
  )
})
