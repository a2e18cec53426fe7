// What leaves Git leaves the cluster, and nothing else does.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { manifest, manifests, pruning } from "./pruning.ts"

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })(
  "what leaves Git leaves the cluster",
  (it) => {
    it.effect(
      "a file, a folder, one of several documents; what only moves or is renamed leaves no gap",
      () =>
        Effect.gen(function*() {
          const bed = yield* pruning({
            files: (namespace) => ({
              ...manifests(namespace, "a", "keep", "mv", "old"),
              "dir/b.yaml": manifest(namespace, "b"),
              "dir/c.yaml": manifest(namespace, "c"),
              "many.yaml": `${manifest(namespace, "d")}---\n${manifest(namespace, "e")}`
            })
          })
          const { namespace } = bed
          const controller = yield* bed.start()
          yield* controller.until("all are there", (status) => status.settled && status.total.inStep === 8)
          yield* bed.kubectl("create", "configmap", "by-hand")
          const [keep, moved] = [yield* bed.uidOf("keep"), yield* bed.uidOf("mv")]

          yield* bed.push(controller, { "a.yaml": null })
          yield* bed.isGone("a")
          yield* bed.push(controller, { dir: null })
          yield* bed.isGone("b", "c")
          yield* bed.push(controller, { "many.yaml": manifest(namespace, "e") })
          yield* bed.isGone("d")
          yield* bed.push(controller, {
            "mv.yaml": null,
            "elsewhere/mv.yaml": manifest(namespace, "mv"),
            "old.yaml": manifest(namespace, "new")
          })
          yield* bed.isGone("old")
          assert.deepStrictEqual(yield* bed.names, ["by-hand", "e", "keep", "mv", "new"])
          assert.deepStrictEqual([yield* bed.uidOf("keep"), yield* bed.uidOf("mv")], [keep, moved])
          const log = yield* controller.log
          assert.isBelow(log.indexOf(`${namespace}/new`), log.indexOf(`${namespace}/old: deleted`))
        }),
      90_000
    )
  }
)
