// Two clusters and one repository: whose directory it is, and that nobody else's objects go into it or out of it.
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import type { ControlPlaneHandle } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { startControlPlane } from "../../cluster/StartedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { configMap, mirroring, tells } from "./mirroring.ts"

class Second extends Context.Service<Second, ControlPlaneHandle>()("test/SecondCluster") {
  static readonly layer = Layer.effect(Second, startControlPlane())
}

const idOf = (cluster: ControlPlaneHandle) =>
  cluster.kubectlOk(["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"])

const make = (cluster: ControlPlaneHandle, namespace: string, ...items: ReadonlyArray<object>) =>
  Effect.gen(function*() {
    yield* cluster.kubectl(["create", "namespace", namespace])
    yield* cluster.kubectlOk(["apply", "-n", namespace, "-f", "-"], {
      stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items })
    })
  })

layer(Layer.merge(Second.layer, sharedControlPlane), { excludeTestServices: true, timeout: 120_000 })(
  "another cluster",
  (it) => {
    it.effect(
      "on a path where one lives writes nothing, removes nothing, and says which one lives there",
      () =>
        Effect.gen(function*() {
          const second = yield* Second
          const bed = yield* mirroring()
          yield* bed.apply(configMap("a"), configMap("b"))
          yield* bed.start()
          yield* bed.remote.has(bed.key("ConfigMap", "a"))
          const { goes, path } = yield* bed.sentinel()
          yield* make(second, bed.namespace, configMap("a", { value: "second" }), configMap("stranger"))
          const other = yield* bed.start({ kubeconfig: second.kubeconfig })
          const named = yield* idOf(bed.cluster)
          yield* tells(other, new RegExp(named))
          yield* goes
          const documents = yield* bed.remote.documents
          assert.deepStrictEqual([...documents.keys()], [bed.key("ConfigMap", "a"), bed.key("ConfigMap", "b")])
          assert.deepStrictEqual(documents.get(bed.key("ConfigMap", "a"))?.manifest.data, { value: "one" })
          assert.deepStrictEqual(yield* bed.remote.removed, [path])
          assert.strictEqual(
            yield* second.kubectlOk(["get", "configmap", "a", "-n", bed.namespace, "-o", "jsonpath={.data.value}"]),
            "second"
          )
        }),
      90_000
    )

    it.effect("that is empty takes nothing away, writes nothing, and says so", () =>
      Effect.gen(function*() {
        const second = yield* Second
        const bed = yield* mirroring()
        yield* bed.apply(configMap("a"), configMap("b"))
        const first = yield* bed.start()
        yield* bed.remote.has(bed.key("ConfigMap", "a"))
        yield* bed.remote.has(bed.key("ConfigMap", "b"))
        const { goes, path } = yield* bed.sentinel()
        yield* first.process.stop
        const tip = yield* bed.repository.tip()
        yield* Effect.scoped(Effect.gen(function*() {
          const other = yield* bed.start({ kubeconfig: second.kubeconfig })
          yield* tells(other, new RegExp(yield* idOf(bed.cluster)))
          yield* make(second, bed.namespace, configMap("stranger"))
          const looked = yield* other.status
          assert.strictEqual(looked.commit, tip)
          const names = yield* second.kubectlOk(["get", "configmaps", "-n", bed.namespace, "-o", "name"])
          assert.deepStrictEqual(names.trim(), "configmap/stranger", "nothing is made from Git")
        }))
        assert.strictEqual(yield* bed.repository.tip(), tip)
        yield* bed.start()
        yield* goes
        assert.deepStrictEqual(yield* bed.remote.removed, [path])
      }), 90_000)

    it.effect(
      "finds nobody named in a copy of another's directory, and makes it its own",
      () =>
        Effect.gen(function*() {
          const second = yield* Second
          const bed = yield* mirroring({ config: { gitPath: "clusters/prod" } })
          yield* bed.apply(configMap("a"), configMap("only-first"))
          yield* bed.start()
          const { path } = yield* bed.remote.has(bed.key("ConfigMap", "a"))
          yield* bed.remote.has(bed.key("ConfigMap", "only-first"))
          const files = yield* bed.remote.files
          const copy = (from: string) => from.replace("clusters/prod/", "clusters/staging/")
          const entries = yield* Effect.forEach(
            files,
            (file) => Effect.map(bed.remote.text(file), (text) => [copy(file), text] as const)
          )
          assert.include(files, "clusters/prod/.gitops-controller.yaml")
          const copied = yield* bed.repository.commit(Object.fromEntries(entries))

          yield* make(second, bed.namespace, configMap("a", { value: "staging" }), configMap("sentinel"))
          yield* bed.start({ kubeconfig: second.kubeconfig, config: { gitPath: "clusters/staging" } })
          const named = bed.remote.text("clusters/staging/.gitops-controller.yaml")
          const id = yield* idOf(second)
          yield* eventually("it names the second cluster", named, (text) => text?.includes(id) === true, {
            within: 30_000
          })
          const staging = bed.remote.text(copy(path))
          yield* eventually("its own value is there", staging, (text) => text?.includes("staging") === true, {
            within: 30_000
          })
          const sentinel = copy(path).replace(/\ba\b(?=\.yaml)/, "sentinel")
          const text = bed.remote.text(sentinel)
          yield* eventually("the sentinel is there", text, (found) => found !== undefined, { within: 30_000 })
          yield* second.kubectlOk(["delete", "configmap", "sentinel", "-n", bed.namespace])
          yield* eventually("the sentinel goes", text, (found) => found === undefined, { within: 30_000 })
          assert.deepStrictEqual(yield* bed.remote.removed, [sentinel])
          const prod = yield* bed.repository.git("diff", "--name-only", copied, "main", "--", "clusters/prod")
          assert.strictEqual(prod, "")
          assert.include(
            (yield* bed.remote.text("clusters/prod/.gitops-controller.yaml")) ?? "",
            yield* idOf(bed.cluster)
          )
        }),
      90_000
    )
  }
)
