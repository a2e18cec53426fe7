// What only looks as if Git held it no longer stays; each time something that Git really holds no longer goes in the same run.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { tells } from "../mirroring/mirroring.ts"
import { manifest, manifests, pruning } from "./pruning.ts"

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("what stays", (it) => {
  it.effect(
    "everything while a file is broken; what two files describe until one of them goes; what is passed over",
    () =>
      Effect.gen(function*() {
        const bed = yield* pruning({
          files: (namespace) => manifests(namespace, "a", "broken", "twice", "built", "keep", "s1", "s2")
        })
        const { namespace } = bed
        const controller = yield* bed.start()
        yield* controller.until("all are there", (status) => status.settled && status.total.inStep === 7)

        yield* bed.repository.commit({
          "a.yaml": null,
          "broken.yaml": "apiVersion: v1\nkind: ConfigMap\n  metadata: {"
        })
        yield* tells(controller, new RegExp(`${namespace}/a.*could not be read`, "s"))
        yield* tells(controller, new RegExp(`${namespace}/broken.*could not be read`, "s"))
        assert.includeMembers([...yield* bed.names], ["a", "broken"])
        yield* bed.push(controller, { "broken.yaml": manifest(namespace, "broken") })
        yield* bed.isGone("a")

        yield* bed.push(controller, { "twice-more.yaml": manifest(namespace, "twice"), "s1.yaml": null })
        yield* bed.isGone("s1")
        yield* bed.push(controller, { "twice.yaml": null, "twice-more.yaml": manifest(namespace, "twice") })

        yield* bed.push(controller, {
          "built.yaml": null,
          "kustomized/built.yaml": manifest(namespace, "built"),
          "kustomized/kustomization.yaml": "resources: [built.yaml]\n",
          "s2.yaml": null
        })
        yield* bed.isGone("s2")
        yield* tells(controller, new RegExp(`${namespace}/built.*kustomized/built.yaml`, "s"))
        assert.deepStrictEqual(yield* bed.names, ["broken", "built", "keep", "twice"])
        yield* bed.push(controller, { kustomized: null })
        yield* bed.isGone("built")

        yield* bed.push(controller, { "keep.yaml": "not: [a manifest", "broken.yaml": null })
        yield* bed.isGone("broken")
        yield* tells(controller, new RegExp(`${namespace}/keep.*keep.yaml, which described it`, "s"))
        assert.deepStrictEqual(yield* bed.names, ["keep", "twice"])

        yield* controller.process.stop
        yield* bed.repository.commit({ "twice-more.yaml": "not: [a manifest", ...manifests(namespace, "s3", "stays") })
        const next = yield* bed.start()
        yield* next.until("both are there", ({ settled, total }) => settled && total.inStep === 2)
        yield* bed.push(next, { "s3.yaml": null })
        yield* bed.isGone("s3")
        yield* tells(next, new RegExp(`${namespace}/keep.*keep.yaml, which described it`, "s"))
        yield* tells(next, new RegExp(`${namespace}/twice.*twice-more.yaml, which described it`, "s"))
        assert.deepStrictEqual(yield* bed.names, ["keep", "stays", "twice"])
        yield* bed.push(next, { "keep.yaml": null, "twice-more.yaml": null })
        yield* bed.isGone("keep", "twice")
      }),
    90_000
  )

  it.effect("what asks to stay, is another's, or is only dressed as ours", () =>
    Effect.gen(function*() {
      const never = { metadata: { annotations: { "gitops-controller/prune": "never" } } }
      const bed = yield* pruning({
        files: (namespace) => ({
          ...manifests(namespace, "asks", "stripped", "taken", "relabelled", "anew", "sentinel", "keep"),
          "says.yaml": manifest(namespace, "says", never)
        })
      })
      const controller = yield* bed.start()
      yield* controller.until("all are there", (status) => status.settled && status.total.inStep === 8)
      const labels = yield* bed.kubectl("get", "configmap", "asks", "-o", "jsonpath={.metadata.labels}")
      yield* bed.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "copy", labels: JSON.parse(labels) } })
      yield* bed.kubectl("annotate", "configmap", "asks", "gitops-controller/prune=never")
      yield* controller.process.stop

      yield* bed.kubectl(
        "patch",
        "configmap",
        "stripped",
        "--type=json",
        "-p",
        `[{"op":"replace","path":"/metadata/managedFields","value":[{}]}]`
      )
      yield* bed.kubectl("label", "configmap", "relabelled", "applyset.kubernetes.io/part-of-")
      yield* bed.kubectl(
        "label",
        "--overwrite",
        "configmap",
        "taken",
        "applyset.kubernetes.io/part-of=applyset-other-v1"
      )
      yield* bed.kubectl("delete", "configmap", "anew")
      yield* bed.kubectl("create", "configmap", "anew")
      yield* bed.repository.commit(
        Object.fromEntries(
          ["asks", "stripped", "taken", "relabelled", "anew", "sentinel", "says"].map((name) => [`${name}.yaml`, null])
        )
      )
      const again = yield* bed.start()
      yield* bed.isGone("sentinel")
      yield* tells(again, new RegExp(`${bed.namespace}/asks.*gitops-controller/prune`, "s"))
      yield* tells(again, new RegExp(`${bed.namespace}/says.*gitops-controller/prune`, "s"))
      assert.deepStrictEqual(yield* bed.names, [
        "anew",
        "asks",
        "copy",
        "keep",
        "relabelled",
        "says",
        "stripped",
        "taken"
      ])
    }), 90_000)
})
