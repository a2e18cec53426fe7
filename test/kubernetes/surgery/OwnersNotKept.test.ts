// An admission webhook that does as it likes with who owns which fields.
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Option } from "effect"
import { entriesOf } from "../../../src/kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject } from "../../../src/kubernetes/KubernetesObject.ts"
import { releasedManager } from "../../../src/kubernetes/surgery/Release.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { bring, found, inNamespace } from "../../kind/applying.ts"
import { allBut, configMap, whole } from "../../kind/opponents.ts"
import { mutatingWebhook } from "../mutatingWebhook.ts"

layer(sharedControlPlane, { timeout: 300_000, excludeTestServices: true })(
  "a surgery that the server does not keep",
  (it) => {
    it.effect("is said, and nothing is applied after it, as that could take a value away", () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const before = configMap(namespace, { a: "1", b: "1" })
          const { data: _, ...changed } = before
          yield* bring(before, whole)
          yield* Effect.scoped(Effect.gen(function*() {
            yield* mutatingWebhook(namespace, (object) => {
              const managedFields = entriesOf(object as unknown as KubernetesObject)
              const others = managedFields.filter(({ manager }) => manager !== releasedManager)
              return others.length === managedFields.length
                ? []
                : [{ op: "replace", path: "/metadata/managedFields", value: JSON.parse(JSON.stringify(others)) }]
            })
            const exit = yield* Effect.exit(bring(changed, allBut("/data/b")))
            assert.deepStrictEqual((yield* found(before))["data"], { a: "1", b: "1" })
            assert.strictEqual(Option.getOrUndefined(Exit.findErrorOption(exit))?._tag, "SurgeryIgnored")
          }))
        })
      ))
  }
)
