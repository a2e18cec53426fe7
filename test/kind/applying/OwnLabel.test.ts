// Our label, where the labels are not Git's.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { applySet, bring, found, held, inNamespace } from "../applying.ts"
import { allBut, configMap, kubectl } from "../opponents.ts"

const label = "applyset.kubernetes.io/part-of"

layer(sharedControlPlane, { timeout: 300_000, excludeTestServices: true })(
  "an object whose labels are not Git's",
  (it) => {
    it.effect("carries our label all the same, and keeps it when something else changes", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const manifest = (a: string) => configMap(namespace, { a }, { labels: { team: "git" } })
          const ownership = allBut("/metadata/labels")
          yield* bring(manifest("1"), ownership)
          yield* kubectl(["label", "configmap", "settings", "team=theirs", "--overwrite", "-n", namespace])
          yield* bring(manifest("2"), ownership)
          const live = yield* found(manifest("2"))
          assert.deepStrictEqual(live["data"], { a: "2" })
          assert.deepStrictEqual(live.metadata.labels, { [label]: applySet, team: "theirs" })
          assert.isTrue(held(live).some((path) => path.includes("part-of")))
          assert.isFalse(held(live).some((path) => path.includes("team")))
        })
      ))
  }
)
