// A cluster put back to yesterday's backup under the running controller: what it no longer has is not lost from Git.
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { startControlPlane } from "../../cluster/StartedControlPlane.ts"
import { backUp } from "./backUp.ts"
import { configMap, mirroring, tells } from "./mirroring.ts"

it.live(
  "A cluster put back to yesterday's backup loses nothing from Git, and what is deleted after that goes",
  () =>
    Effect.gen(function*() {
      const plane = yield* startControlPlane()
      yield* Effect.gen(function*() {
        const bed = yield* mirroring()
        yield* bed.apply(configMap("old"), configMap("changed"))
        const controller = yield* bed.start()
        const old = yield* bed.remote.has(bed.key("ConfigMap", "old"))
        yield* bed.remote.has(bed.key("ConfigMap", "changed"))
        const putBack = yield* backUp(plane)
        yield* bed.apply(configMap("new"), configMap("changed", { value: "two" }))
        yield* bed.remote.has(bed.key("ConfigMap", "new"))
        yield* bed.remote.has(bed.key("ConfigMap", "changed"), ({ manifest }) => manifest.data?.["value"] === "two")

        yield* putBack
        const names = yield* bed.kubectl("get", "configmaps", "-o", "name")
        assert.deepStrictEqual(names.trim().split("\n"), ["configmap/changed", "configmap/old"])
        const { goes, path } = yield* bed.sentinel()
        yield* Effect.forkScoped(goes)
        yield* tells(controller, new RegExp(`${bed.namespace}/sentinel.*(put back|back in time|older)`, "s"))
        assert.deepStrictEqual(yield* bed.remote.removed, [])
        yield* bed.repository.commit({ "note.txt": "looked at" }, {
          message: "It may go\n\nConfirm-deletions: default 1"
        })
        yield* bed.remote.lacks(bed.key("ConfigMap", "sentinel"))
        assert.deepStrictEqual(yield* bed.remote.removed, [path])
        yield* bed.kubectl("delete", "configmap", "old")
        yield* bed.remote.lacks(bed.key("ConfigMap", "old"))
        assert.deepStrictEqual(yield* bed.remote.removed, [path, old.path])
      }).pipe(Effect.provideService(ControlPlane, plane))
    }).pipe(Effect.scoped),
  150_000
)
