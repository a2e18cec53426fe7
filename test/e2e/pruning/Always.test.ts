// What a rule says of pruning, beyond the default; and what other tools see of it.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { tells } from "../mirroring/mirroring.ts"
import { fromGit, manifests, pruning } from "./pruning.ts"

const prune = (word: string) => (namespace: string) => fromGit(namespace).map((rule) => ({ ...rule, prune: word }))

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("a rule", (it) => {
  it.effect(
    "that always prunes takes what was never in Git too, but for what asks to stay, and within the budget",
    () =>
      Effect.gen(function*() {
        const bed = yield* pruning({
          rules: prune("always"),
          files: (namespace) => manifests(namespace, "keep"),
          config: { deletions: { max: 3, percent: 100 } }
        })
        yield* bed.kubectl("create", "configmap", "stranger")
        yield* bed.kubectl("create", "configmap", "asks")
        yield* bed.kubectl("annotate", "configmap", "asks", "gitops-controller/prune=never")
        const controller = yield* bed.start()
        yield* bed.isGone("stranger")
        yield* tells(controller, new RegExp(`${bed.namespace}/asks.*gitops-controller/prune`, "s"))
        const others = ["n1", "n2", "n3"]
        yield* bed.apply(...others.map((name) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } })))
        yield* controller.until("they wait", ({ deletions }) => (deletions?.count ?? 0) > 0)
        assert.includeMembers([...yield* bed.names], ["asks", "keep"])
        assert.isDefined(yield* bed.kubectl("get", "configmap", "kube-root-ca.crt", "--ignore-not-found"))
      }),
    90_000
  )

  it.effect("that never prunes keeps what leaves Git, and another one's goes", () =>
    Effect.gen(function*() {
      const bed = yield* pruning({
        rules: (namespace) => [
          { resources: ["configmaps"], namespaces: [namespace], names: ["kept"], syncTo: "kubernetes", prune: "never" },
          ...fromGit(namespace)
        ],
        files: (namespace) => manifests(namespace, "kept", "sentinel", "other")
      })
      const controller = yield* bed.start()
      yield* controller.until("all are there", (status) => status.settled && status.total.inStep === 3)
      yield* bed.push(controller, { "kept.yaml": null, "sentinel.yaml": null })
      yield* bed.isGone("sentinel")
      yield* tells(controller, new RegExp(`${bed.namespace}/kept.*prune: never`, "s"))
      assert.deepStrictEqual(yield* bed.names, ["kept", "other"])
    }), 90_000)

  it.effect(
    "keeps the parent of its ApplySet as kubectl reads it: widened before, narrowed after",
    () =>
      Effect.gen(function*() {
        const bed = yield* pruning({
          rules: (
            namespace
          ) => [{ resources: ["configmaps", "secrets"], namespaces: [namespace], syncTo: "kubernetes" }],
          files: (namespace) => ({
            ...manifests(namespace, "keep"),
            "s.yaml": JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace } })
          })
        })
        const controller = yield* bed.start()
        yield* controller.until("all are there", (status) => status.settled && status.total.inStep === 2)
        const parent = "gitops-controller.default"
        const annotation = (name: string) =>
          bed.cluster.kubectlOk([
            "get",
            "configmap",
            parent,
            "-n",
            bed.state,
            "-o",
            `jsonpath={.metadata.annotations.applyset\\.kubernetes\\.io/${name}}`
          ])
        assert.strictEqual(yield* annotation("contains-group-kinds"), "ConfigMap,Secret")
        assert.strictEqual(yield* annotation("additional-namespaces"), bed.namespace)
        const id = yield* bed.cluster.kubectlOk([
          "get",
          "configmap",
          parent,
          "-n",
          bed.state,
          "-o",
          "jsonpath={.metadata.labels.applyset\\.kubernetes\\.io/id}"
        ])
        const members = yield* bed.kubectl(
          "get",
          "configmaps,secrets",
          "-l",
          `applyset.kubernetes.io/part-of=${id}`,
          "-o",
          "name"
        )
        assert.sameMembers(members.trim().split("\n"), ["configmap/keep", "secret/s"])
        yield* bed.repository.commit({ "s.yaml": null })
        yield* eventually("it is narrowed", annotation("contains-group-kinds"), (kinds) => kinds === "ConfigMap", {
          within: 20_000
        })
        assert.strictEqual((yield* bed.kubectl("get", "secrets", "-o", "name")).trim(), "")
      }),
    90_000
  )
})
