// What stands in the way of a deletion holds that one, by name, and nothing beside it.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { tells } from "../mirroring/mirroring.ts"
import { manifest, manifests, pruning } from "./pruning.ts"

const definition = (group: string) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `prunables.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { plural: "prunables", singular: "prunable", kind: "Prunable" },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }
    }]
  }
})

const prunable = (namespace: string, name: string): string =>
  JSON.stringify({ apiVersion: `${namespace}.example/v1`, kind: "Prunable", metadata: { name, namespace }, size: 3 })

const rulesOf = (namespace: string, definitions: object = {}) => [
  { resources: ["customresourcedefinitions"], names: [`*.${namespace}.example`], syncTo: "kubernetes", ...definitions },
  { resources: ["configmaps", `prunables.${namespace}.example`], namespaces: [namespace], syncTo: "kubernetes" }
]

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("a deletion", (it) => {
  it.effect(
    "of a definition waits for its rule to say so, and for its objects; one that vanishes takes nothing along",
    () =>
      Effect.gen(function*() {
        const bed = yield* pruning({
          rules: rulesOf,
          files: (namespace) => ({
            ...manifests(namespace, "keep", "s1", "s2"),
            "crd.yaml": JSON.stringify(definition(`${namespace}.example`)),
            "p.yaml": prunable(namespace, "p"),
            "q.yaml": prunable(namespace, "q")
          })
        })
        const { cluster, namespace } = bed
        const crd = `prunables.${namespace}.example`
        const exists = (...what: ReadonlyArray<string>) =>
          Effect.map(cluster.kubectl(["get", ...what, "-n", namespace]), ({ exitCode }) => exitCode === 0)
        const controller = yield* bed.start()
        yield* controller.until("all are there", (status) => status.settled && status.total.inStep === 6)

        yield* bed.push(controller, { "crd.yaml": null, "s1.yaml": null })
        yield* bed.isGone("s1")
        yield* tells(controller, new RegExp(`${crd}.*prune.*written out`, "s"))
        assert.isTrue(yield* exists(crd, "p"))

        yield* controller.rewrite(JSON.stringify(bed.config({ rules: rulesOf(namespace, { prune: "owned" }) })))
        yield* tells(controller, new RegExp(`${crd}.*Prunable . still`, "s"))
        assert.isTrue(yield* exists(crd, "p"))
        yield* bed.repository.commit({ "p.yaml": null, "q.yaml": null })
        yield* eventually("the definition is gone", exists("crd", crd), (is) => !is, { within: 30_000 })

        yield* bed.apply(definition(`${namespace}.example`))
        yield* bed.push(controller, { "p.yaml": prunable(namespace, "p"), "q.yaml": prunable(namespace, "q") })
        yield* eventually("it is made again", exists(crd, "q"), (is) => is, { within: 30_000 })
        yield* controller.until("and known to be so", ({ settled, total }) => settled && total.inStep === 4)
        yield* cluster.kubectlOk(["delete", "crd", crd])
        yield* bed.repository.commit({ "p.yaml": null, "s2.yaml": null })
        yield* bed.isGone("s2")
        yield* bed.apply(definition(`${namespace}.example`))
        yield* eventually("what Git has is made again", exists(crd, "q"), (is) => is, { within: 40_000 })
        assert.isFalse(yield* exists(crd, "p"))
        assert.deepStrictEqual(yield* bed.names, ["keep"])
      }),
    120_000
  )

  it.effect(
    "waits for finalizers, and its object is made again if it is back in Git by then",
    () =>
      Effect.gen(function*() {
        const bed = yield* pruning({ files: (namespace) => manifests(namespace, "keep", "slow", "s1", "s2") })
        const controller = yield* bed.start()
        yield* controller.until("all are there", (status) => status.settled && status.total.inStep === 4)
        const hold = (finalizers: ReadonlyArray<string>) =>
          bed.kubectl("patch", "configmap", "slow", "--type=merge", "-p", JSON.stringify({ metadata: { finalizers } }))
        yield* hold(["example.com/hold"])
        const before = yield* bed.uidOf("slow")
        yield* bed.push(controller, { "slow.yaml": null, "s1.yaml": null })
        yield* bed.isGone("s1")
        yield* tells(controller, new RegExp(`${bed.namespace}/slow.*example.com/hold`, "s"))
        yield* bed.push(controller, { "s2.yaml": null })
        yield* bed.isGone("s2")
        yield* bed.repository.commit(manifests(bed.namespace, "slow", "after"))
        yield* eventually("the rest goes on", bed.names, (names) => names.includes("after"))
        assert.strictEqual(yield* bed.uidOf("slow"), before)
        yield* hold([])
        const is = Effect.map(bed.uidOf("slow").pipe(Effect.sandbox), (uid) => uid)
        yield* eventually("it is made anew", is, (uid) => uid !== before && uid !== "", { within: 30_000 })
      }),
    90_000
  )

  it.effect(
    "waits until what may take its place is there",
    () =>
      Effect.gen(function*() {
        const other = yield* pruning()
        const bed = yield* pruning({
          rules: (namespace) => [
            { resources: ["configmaps"], namespaces: [namespace, other.namespace], syncTo: "kubernetes" }
          ],
          files: (namespace) => ({
            ...manifests(namespace, "old", "keep"),
            "sentinel.yaml": manifest(other.namespace, "sentinel")
          })
        })
        const controller = yield* bed.start()
        yield* controller.until("all are there", (status) => status.settled && status.total.inStep === 3)
        yield* bed.push(controller, { "old.yaml": manifest(bed.namespace, "New_Name"), "sentinel.yaml": null })
        yield* other.isGone("sentinel")
        yield* tells(controller, new RegExp(`${bed.namespace}/old.*New_Name is new in Git`, "s"))
        assert.deepStrictEqual(yield* bed.names, ["keep", "old"])
        yield* bed.repository.commit({ "old.yaml": manifest(bed.namespace, "new-name") })
        yield* bed.isGone("old")
        assert.deepStrictEqual(yield* bed.names, ["keep", "new-name"])
      }),
    90_000
  )

  it.effect(
    "that isn't allowed is told, and done once it is",
    () =>
      Effect.gen(function*() {
        const bed = yield* pruning({
          rules: (namespace) => [
            { resources: ["configmaps", "secrets"], namespaces: [namespace], syncTo: "kubernetes" }
          ],
          files: (namespace) => ({
            ...manifests(namespace, "keep", "forbidden"),
            "secret.yaml": manifest(namespace, "allowed", { kind: "Secret", data: undefined })
          })
        })
        const user = `pruner-of-${bed.namespace}`
        const role = (verbs: ReadonlyArray<string>) => ({
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "ClusterRole",
          metadata: { name: user },
          rules: [
            { apiGroups: ["*"], resources: ["*"], verbs: ["get", "list", "watch", "create", "update", "patch"] },
            { apiGroups: [""], resources: ["secrets"], verbs: ["delete"] },
            { apiGroups: [""], resources: ["configmaps"], verbs: ["get", ...verbs] }
          ]
        })
        yield* bed.apply(role([]))
        yield* bed.cluster.kubectlOk(["create", "clusterrolebinding", user, `--clusterrole=${user}`, `--user=${user}`])
        const controller = yield* bed.start({ kubeconfig: yield* bed.cluster.kubeconfigFor(user) })
        yield* controller.until("all are there", (status) => status.settled && status.total.inStep === 3)
        yield* bed.repository.commit({ "forbidden.yaml": null, "secret.yaml": null })
        const secrets = bed.kubectl("get", "secrets", "-o", "name")
        yield* eventually("the secret is gone", secrets, (names) => names.trim() === "", { within: 20_000 })
        yield* tells(controller, new RegExp(`${bed.namespace}/forbidden.*may not delete`, "s"))
        assert.deepStrictEqual(yield* bed.names, ["forbidden", "keep"])
        yield* bed.apply(role(["delete"]))
        yield* eventually("it goes", bed.names, (names) => !names.includes("forbidden"), { within: 40_000 })
      }),
    90_000
  )

  it.effect(
    "of a namespace waits for what nobody spoke of in it, and for APIs that don't answer",
    () =>
      Effect.gen(function*() {
        const bed = yield* pruning({
          rules: (namespace) => [
            { resources: ["namespaces"], names: [`${namespace}-*`], syncTo: "kubernetes", prune: "owned" },
            { resources: ["configmaps"], namespaces: [`${namespace}-*`, namespace], syncTo: "kubernetes" }
          ],
          files: (namespace) => ({
            ...manifests(namespace, "keep", "s1", "s2"),
            "inner.yaml": manifest(`${namespace}-inner`, "declared"),
            "namespace.yaml": manifest(namespace, `${namespace}-inner`, {
              kind: "Namespace",
              data: undefined,
              metadata: { namespace: undefined }
            })
          })
        })
        const inner = `${bed.namespace}-inner`
        const within = (...args: ReadonlyArray<string>) => bed.cluster.kubectlOk(["-n", inner, ...args])
        const controller = yield* bed.start()
        yield* controller.until("all are there", (status) => status.settled && status.total.inStep === 5)
        yield* within("create", "serviceaccount", "stranger")
        yield* bed.push(controller, { "inner.yaml": null, "namespace.yaml": null, "s1.yaml": null })
        yield* bed.isGone("s1")
        yield* tells(controller, new RegExp(`${inner}.*ServiceAccount stranger`, "s"))
        const going = within("get", "namespace", inner, "-o", "jsonpath={.metadata.deletionTimestamp}")
        assert.strictEqual(yield* going, "")

        const group = `down.${bed.namespace}.example`
        const service = {
          apiVersion: "apiregistration.k8s.io/v1",
          kind: "APIService",
          metadata: { name: `v1.${group}` },
          spec: {
            group,
            version: "v1",
            groupPriorityMinimum: 10,
            versionPriority: 10,
            service: { name: "nobody", namespace: bed.namespace },
            insecureSkipTLSVerify: true
          }
        }
        yield* bed.apply(service)
        yield* Effect.addFinalizer(() =>
          Effect.ignore(bed.cluster.kubectl(["delete", "apiservice", `v1.${group}`, "--ignore-not-found"]))
        )
        yield* controller.process.stop
        yield* within("delete", "serviceaccount", "stranger")
        yield* bed.repository.commit({ "s2.yaml": null })
        const again = yield* bed.start()
        yield* bed.isGone("s2")
        yield* tells(again, new RegExp(`${inner}.*${group} does not answer`, "s"))
        assert.strictEqual(yield* going, "")
        yield* bed.cluster.kubectlOk(["delete", "apiservice", `v1.${group}`])
        yield* eventually("it goes", going, (time) => time !== "", { within: 100_000 })
        assert.deepStrictEqual(yield* bed.names, ["keep"])
      }),
    180_000
  )
})
