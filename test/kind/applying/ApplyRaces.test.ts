import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import type { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { before, bring, forWrites, found, held, inNamespace, look } from "../applying.ts"
import {
  allBut,
  configMap,
  container,
  deployment,
  image,
  imagesOf,
  kubectl,
  only,
  replicasOf,
  scale,
  setImage,
  whole
} from "../opponents.ts"

layer(sharedControlPlane, { timeout: 300_000, excludeTestServices: true })(
  "an object that changes while it is brought about",
  (it) => {
    it.effect("is not applied over when somebody made it in the meantime", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const manifest = deployment(namespace, { replicas: 3 }, [container("app", "1")])
          const theirs = deployment(namespace, { replicas: 7 }, [container("app", "9")])
          const failure = yield* Effect.flip(bring(manifest, allBut("/spec/replicas"), {
            seen: undefined,
            isCurrent: before(
              1,
              Effect.provide(kubectl(["create", "-f", "-"], theirs), yield* Effect.context<ControlPlane>())
            )
          }))
          assert.strictEqual(failure._tag, "VersionConflict")
          assert.strictEqual(replicasOf(yield* found(manifest)), 7)
          yield* bring(manifest, allBut("/spec/replicas"))
          const live = yield* found(manifest)
          assert.strictEqual(replicasOf(live), 7)
          assert.deepStrictEqual(imagesOf(live), { app: "app:1" })
        })
      ))

    it.effect("keeps the live value of a field that a rule has given to others since, also after a crash in between", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const manifest = deployment(namespace, { replicas: 5 }, [container("app", "1")])
          yield* bring(manifest, whole)
          const changed = deployment(namespace, { replicas: 2, paused: true }, [container("app", "1")])
          const crashed = yield* Effect.flip(bring(changed, allBut("/spec/replicas"), { isCurrent: forWrites(1) }))
          assert.strictEqual(crashed._tag, "Outdated")
          const between = yield* found(manifest)
          assert.notInclude(held(between), "/spec/replicas")
          assert.isUndefined((between["spec"] as JsonObject)["paused"], "it was not applied yet")
          const applied = yield* bring(changed, allBut("/spec/replicas"))
          assert.strictEqual(applied.outcome, "configured")
          const after = yield* found(manifest)
          assert.strictEqual(replicasOf(after), 5)
          assert.strictEqual((after["spec"] as JsonObject)["paused"], true)
        })
      ))

    it.effect("keeps what others set after we died at any point of making or changing it", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const ownership = allBut("/spec/replicas", image)
          const first = deployment(namespace, { replicas: 2 }, [container("app", "1")])
          const second = deployment(namespace, { replicas: 2, paused: true }, [
            container("app", "1"),
            container("new", "1")
          ])
          for (const writes of [1, 2, 3]) {
            if (writes === 1) yield* Effect.flip(bring(first, ownership, { isCurrent: forWrites(1) }))
            else yield* bring(first, ownership)
            yield* scale(namespace, 5)
            yield* setImage(namespace, "app", "app:5")
            // One apply of a new container whole, one surgery that gives its image back
            yield* Effect.exit(bring(second, ownership, { isCurrent: forWrites(writes - 1) }))
            const isThere = "new" in imagesOf(yield* found(first))
            if (isThere) yield* setImage(namespace, "new", "new:6")
            yield* bring(second, ownership)
            const live = yield* found(first)
            assert.strictEqual(replicasOf(live), 5, `${writes}`)
            assert.deepStrictEqual(imagesOf(live), { app: "app:5", new: isThere ? "new:6" : "new:1" }, `${writes}`)
            assert.isEmpty(
              held(live).filter((path) => path.endsWith("/image") || path.endsWith("/replicas")),
              `${writes}`
            )
            yield* kubectl(["delete", "deployment", "web", "-n", namespace])
          }
        })
      ))

    it.effect("is not made anew as a stub when it is deleted between the look and the apply", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const context = yield* Effect.context<ControlPlane>()
          const manifest = configMap(namespace, { a: "1", b: "2" })
          yield* kubectl(["create", "-f", "-"], manifest)
          const remove = Effect.provide(kubectl(["delete", "configmap", "settings", "-n", namespace]), context)
          const failure = yield* Effect.flip(
            bring(configMap(namespace, { a: "9" }), only("/data/a"), { isCurrent: before(1, remove) })
          )
          assert.strictEqual(failure._tag, "ObjectNotFound")
          assert.isUndefined(yield* look(manifest))

          yield* kubectl(["create", "-f", "-"], manifest)
          const anew = Effect.andThen(remove, Effect.provide(kubectl(["create", "-f", "-"], manifest), context))
          const outdated = yield* Effect.flip(
            bring(configMap(namespace, { a: "9" }), only("/data/a"), { isCurrent: before(1, anew) })
          )
          assert.strictEqual(outdated._tag, "Outdated")
          assert.deepStrictEqual((yield* found(manifest))["data"], { a: "1", b: "2" })
        })
      ))

    it.effect("is looked at again when somebody writes between the look and a write, and nobody's value is lost", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const context = yield* Effect.context<ControlPlane>()
          const ownership = allBut("/spec/replicas")
          const manifest = deployment(namespace, { replicas: 2 }, [container("app", "1")])
          yield* bring(manifest, whole)
          const changed = deployment(namespace, { replicas: 2, paused: true }, [container("app", "1")])
          for (const nth of [1, 2]) {
            const replicas = 4 + nth
            yield* bring(changed, ownership, {
              isCurrent: before(nth, Effect.provide(scale(namespace, replicas), context))
            })
            const live = yield* found(manifest)
            assert.strictEqual(replicasOf(live), replicas, `before write ${nth}`)
            assert.strictEqual((live["spec"] as JsonObject)["paused"], true)
            yield* bring(manifest, whole)
          }
          const always = Effect.suspend(() => Effect.orDie(Effect.provide(scale(namespace, ++count), context))).pipe(
            Effect.as(true)
          )
          let count = 10
          const failure = yield* Effect.flip(bring(changed, ownership, { isCurrent: always }))
          assert.strictEqual(failure._tag, "VersionConflict")
          assert.strictEqual(count, 13, "three looks")
          assert.strictEqual(replicasOf(yield* found(manifest)), 13)
        })
      ))

    it.effect("is looked at again when somebody writes right after it was made", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const context = yield* Effect.context<ControlPlane>()
          const manifest = deployment(namespace, { replicas: 2 }, [container("app", "1")])
          const isCurrent = before(2, Effect.provide(scale(namespace, 6), context))
          const applied = yield* bring(manifest, allBut("/spec/replicas", image), { isCurrent })
          assert.strictEqual(applied.outcome, "created")
          const live = yield* found(manifest)
          assert.strictEqual(live.metadata.resourceVersion, applied.version)
          assert.strictEqual(replicasOf(live), 6)
          assert.isEmpty(held(live).filter((path) => path.endsWith("/image") || path.endsWith("/replicas")))
        })
      ))

    it.effect("is not made a second time when it is deleted before it gets our label", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const context = yield* Effect.context<ControlPlane>()
          const job: JsonObject = {
            apiVersion: "batch/v1",
            kind: "Job",
            metadata: { name: "once", namespace },
            spec: { suspend: true, template: { spec: { restartPolicy: "Never", containers: [container("app", "1")] } } }
          }
          const remove = Effect.provide(kubectl(["delete", "job", "once", "-n", namespace]), context)
          for (const ownership of [whole, allBut("/spec/suspend")]) {
            const failure = yield* Effect.flip(bring(job, ownership, { isCurrent: before(2, remove) }))
            assert.strictEqual(failure._tag, "VersionConflict")
            assert.isUndefined(yield* look(job))
          }
        })
      ))
  }
)
