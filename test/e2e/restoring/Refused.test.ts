// Two living clusters on one path: the owner refuses its place, and the newcomer writes nothing on either side.
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { configMap } from "../mirroring/mirroring.ts"
import { idFile, idOf, isRestored, lose, NewCluster, restoring } from "./restoring.ts"

layer(Layer.merge(NewCluster.layer, sharedControlPlane), { excludeTestServices: true, timeout: 120_000 })(
  "a living owner",
  (it) => {
    it.effect(
      "refuses its place to another cluster, which says so and holds, until the owner is gone and a person lets it ask again",
      () =>
        Effect.gen(function*() {
          const bed = yield* restoring()
          yield* bed.apply(configMap("a"))
          const first = yield* bed.start()
          yield* bed.remote.has(bed.key("ConfigMap", "a"))
          yield* bed.second.kubectlOk(["create", "namespace", bed.namespace])

          const controller = yield* bed.restore()
          const held = yield* controller.until("it was refused", ({ phase }) => phase.includes("it refused its place"))
          for (const part of [yield* idOf(bed.cluster), yield* idOf(bed.second), `"refused"`])
            assert.include(held.phase, part)
          assert.deepStrictEqual(yield* bed.there("configmaps"), [])
          yield* eventually("the owner says so too", first.log, (log) => log.includes("was refused: this one lives"))
          const refused = (yield* bed.remote.text(idFile)) ?? ""
          assert.match(refused, new RegExp(`^cluster: "?${yield* idOf(bed.cluster)}"?$`, "m"))
          assert.match(refused, new RegExp(`^refused:\\n  cluster: "?${yield* idOf(bed.second)}"?$`, "m"))

          yield* bed.apply(configMap("b"))
          yield* bed.remote.has(bed.key("ConfigMap", "b"))
          yield* bed.kubectl("delete", "configmap", "b")
          yield* bed.remote.lacks(bed.key("ConfigMap", "b"))
          assert.strictEqual((yield* bed.remote.text(idFile)) ?? "", refused, "the owner goes on and is asked no more")
          assert.deepStrictEqual(yield* bed.there("configmaps"), [])

          yield* lose(first)
          yield* bed.repository.commit({ [idFile]: refused.replace(/# The cluster under refused[^]*/, "") })
          yield* isRestored(controller)
          assert.deepStrictEqual(yield* bed.there("configmaps"), ["a"])
        }),
      120_000
    )

    it.effect("stops writing once another took its place while it could not be reached", () =>
      Effect.gen(function*() {
        const bed = yield* restoring()
        yield* bed.apply(configMap("a"))
        const first = yield* bed.start()
        yield* bed.remote.has(bed.key("ConfigMap", "a"))
        yield* first.process.signal("SIGSTOP")
        const controller = yield* bed.restore()
        yield* bed.second.kubectlOk(["create", "namespace", bed.namespace])
        yield* isRestored(controller)
        yield* first.process.signal("SIGCONT")
        yield* bed.apply(configMap("late"))
        yield* bed.kubectl("delete", "configmap", "a")
        const shut = yield* first.until("it says whose Git is", ({ mirroring }) => mirroring !== undefined)
        assert.include(shut.mirroring, yield* idOf(bed.second))
        yield* bed.inSecond("create", "configmap", "sentinel")
        yield* bed.remote.has(bed.key("ConfigMap", "sentinel"))
        yield* bed.inSecond("delete", "configmap", "sentinel")
        yield* bed.remote.lacks(bed.key("ConfigMap", "sentinel"))
        assert.deepStrictEqual([...(yield* bed.remote.documents).keys()], [bed.key("ConfigMap", "a")])
      }), 120_000)
  }
)
