import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { startController } from "./Controller.ts"

const configMap = (namespace: string, name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace} }\ndata: { value: "${value}" }\n`

/** A namespace to sync into, an empty repository, and a configuration of their own. */
const setUp = Effect.fnUntraced(function*(rules: ReadonlyArray<unknown> = [{ syncTo: "kubernetes" }]) {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("sync")
  const repository = yield* bareRepository()
  const config = { gitUrl: repository.url, stateNamespace: `${namespace}-state`, rules }
  const start = startController({ kubeconfig: cluster.kubeconfig, config })
  const value = (name: string) =>
    cluster.kubectlOk(["get", "configmap", name, "-n", namespace, "-o", "jsonpath={.data.value}"])
  const seen = (name: string, wanted: string) =>
    eventually(`${name} is ${wanted}`, value(name), (text) => text === wanted)
  return { cluster, namespace, repository, start, value, seen, config }
})

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("from Git to the cluster", (it) => {
  it.effect("what is in Git appears, follows new commits, and carries our label", () =>
    Effect.gen(function*() {
      const { cluster, namespace, repository, seen, start } = yield* setUp()
      yield* repository.commit({ "a.yaml": configMap(namespace, "a", "one") })
      yield* start
      yield* seen("a", "one")
      yield* repository.commit({
        "a.yaml": configMap(namespace, "a", "two"),
        "b.json": JSON.stringify({
          apiVersion: "v1",
          kind: "List",
          items: [{
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "b", namespace },
            data: { value: "listed" }
          }]
        })
      })
      yield* seen("a", "two")
      yield* seen("b", "listed")
      const a = yield* cluster.kubectlJson(["get", "configmap", "a", "-n", namespace])
      assert.match(a.metadata.labels?.["applyset.kubernetes.io/part-of"] ?? "", /^applyset-.*-v1$/)
    }))

  it.effect("definitions, namespaces and what needs them come from one commit, in whatever order the files stand", () =>
    Effect.gen(function*() {
      const { cluster, namespace, repository, start } = yield* setUp()
      const group = `${namespace}.example`
      const commit = yield* repository.commit({
        "a-widget.yaml":
          `apiVersion: ${group}/v1\nkind: Widget\nmetadata: { name: w, namespace: ${namespace}-new }\nspec: { size: 9007199254740993 }\n`,
        "b-settings.yaml": configMap(`${namespace}-new`, "settings", "x"),
        "y-namespace.yaml": `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${namespace}-new }\n`,
        "z-definition.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.${group} }
spec:
  group: ${group}
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }]
`
      })
      const controller = yield* start
      const status = yield* controller.until(
        "all four are in step",
        (seen) => seen.commit === commit && seen.total.inStep === 4 && seen.settled && seen.unserved.length === 0
      )
      assert.strictEqual(status.total.failed, 0)
      const size = yield* cluster.kubectlOk([
        "get",
        `widgets.${group}`,
        "w",
        "-n",
        `${namespace}-new`,
        "-o",
        "jsonpath={.spec.size}"
      ])
      assert.strictEqual(size, "9007199254740993", "to the last digit")
    }))

  it.effect("drift is put right at once, and what Git does not state is left to whoever set it", () =>
    Effect.gen(function*() {
      const { cluster, namespace, repository, seen, start } = yield* setUp()
      yield* repository.commit({ "a.yaml": configMap(namespace, "a", "git") })
      const controller = yield* start
      yield* seen("a", "git")
      yield* cluster.kubectlOk(["annotate", "configmap", "a", "-n", namespace, "person/note=keep"])
      yield* cluster.kubectlOk([
        "patch",
        "configmap",
        "a",
        "-n",
        namespace,
        "-p",
        "{\"data\":{\"value\":\"drift\",\"extra\":\"mine\"}}"
      ])
      yield* seen("a", "git")
      const live = yield* cluster.kubectlJson<{
        readonly data: Record<string, string>
        readonly metadata: { readonly annotations: Record<string, string> }
      }>(["get", "configmap", "a", "-n", namespace])
      assert.strictEqual(live.data["extra"], "mine")
      assert.strictEqual(live.metadata.annotations["person/note"], "keep")
      yield* cluster.kubectlOk(["delete", "configmap", "a", "-n", namespace])
      yield* seen("a", "git")
      assert.include(yield* controller.log, "changed by kubectl-patch")
    }))

  it.effect("a Secret's texts are kept as Git has them: put right when edited, and gone when they go from Git", () =>
    Effect.gen(function*() {
      const { cluster, namespace, repository, start } = yield* setUp()
      const secret = (texts: string) =>
        `apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: ${namespace} }\nstringData: ${texts}\n`
      const data = cluster.kubectlOk(["get", "secret", "s", "-n", namespace, "-o", "jsonpath={.data}"])
      const seen = (wanted: Readonly<Record<string, string>>) => {
        const encoded = Object.entries(wanted).map(([key, text]) => [key, Buffer.from(text).toString("base64")])
        const json = JSON.stringify(Object.fromEntries(encoded))
        return eventually(`the Secret holds ${json}`, data, (text) => text === json)
      }
      yield* repository.commit({ "s.yaml": secret("{ a: one, b: two }") })
      yield* start
      yield* seen({ a: "one", b: "two" })
      yield* cluster.kubectlOk(["patch", "secret", "s", "-n", namespace, "-p", `{"stringData":{"b":"drift"}}`])
      yield* seen({ a: "one", b: "two" })
      yield* repository.commit({ "s.yaml": secret("{ a: one }") })
      yield* seen({ a: "one" })
    }))

  it.effect("a field that goes from a manifest goes from the cluster", () =>
    Effect.gen(function*() {
      const { cluster, namespace, repository, seen, start } = yield* setUp()
      const two = configMap(namespace, "a", "one").replace("value:", "other: \"x\", value:")
      yield* repository.commit({ "a.yaml": two })
      yield* start
      yield* seen("a", "one")
      yield* repository.commit({ "a.yaml": configMap(namespace, "a", "two") })
      yield* seen("a", "two")
      const live = yield* cluster.kubectlJson<{ readonly data: Record<string, string> }>([
        "get",
        "configmap",
        "a",
        "-n",
        namespace
      ])
      assert.deepStrictEqual(live.data, { value: "two" })
    }))

  it.effect("nothing is deleted when a manifest goes by a rule that never prunes, and the status says so, while other changes go on", () =>
    Effect.gen(function*() {
      const { namespace, repository, seen, start, value } = yield* setUp([{ syncTo: "kubernetes", prune: "never" }])
      yield* repository.commit({
        "a.yaml": configMap(namespace, "a", "one"),
        "b.yaml": configMap(namespace, "b", "one")
      })
      const controller = yield* start
      yield* seen("a", "one")
      const next = yield* repository.commit({ "a.yaml": null, "b.yaml": configMap(namespace, "b", "two") })
      const status = yield* controller.inStepWith(next)
      yield* seen("b", "two")
      assert.strictEqual(yield* value("a"), "one")
      const trouble = status.kinds.flatMap((kind) => kind.troubles).find(({ object }) => object === `${namespace}/a`)
      assert.strictEqual(trouble?.state, "held")
      assert.include(trouble?.message ?? "", "prune: never")
    }))

  it.effect("what is ignored, suspended or claimed by no rule is not touched, while the rest is applied", () =>
    Effect.gen(function*() {
      const { cluster, namespace, repository, seen, start } = yield* setUp([
        { names: ["ignored"], syncTo: "ignore" },
        { names: ["suspended"], syncTo: "kubernetes", suspend: true },
        { resources: ["cm"], names: ["appl*"], syncTo: "kubernetes" }
      ])
      const commit = yield* repository.commit(Object.fromEntries(
        ["ignored", "suspended", "unclaimed", "applied"].map((
          name
        ) => [`${name}.yaml`, configMap(namespace, name, "git")])
      ))
      const controller = yield* start
      yield* seen("applied", "git")
      yield* controller.inStepWith(commit)
      const names = yield* cluster.kubectlOk(["get", "configmaps", "-n", namespace, "-o", "name"])
      assert.deepStrictEqual(names.trim().split("\n").filter((name) => !name.includes("kube-root")), [
        "configmap/applied"
      ])
    }))

  it.effect("in steady state no object is asked for, and a restart with everything in step writes nothing", () =>
    Effect.gen(function*() {
      const { cluster, config, namespace, repository, start } = yield* setUp()
      const names = Array.from({ length: 50 }, (_, index) => `item-${index}`)
      const commit = yield* repository.commit(Object.fromEntries(
        names.map((name) => [`${name}.yaml`, configMap(namespace, name, "one")])
      ))
      const inHere = (
        requests: ReadonlyArray<
          { readonly namespace: string | undefined; readonly write: boolean; readonly verb: string }
        >
      ) => requests.filter((request) => request.namespace === namespace)
      yield* Effect.scoped(Effect.gen(function*() {
        const controller = yield* start
        yield* controller.inStepWith(commit)
        const mark = yield* cluster.auditMark
        const next = yield* repository.commit({ "item-7.yaml": configMap(namespace, "item-7", "two") })
        yield* controller.inStepWith(next)
        assert.strictEqual(inHere(yield* cluster.auditSince(mark)).length, 1, "one request for one changed object")
      }))
      const before = yield* cluster.auditMark
      const again = yield* startController({ kubeconfig: cluster.kubeconfig, config })
      yield* again.until(
        "all in step again",
        (status) => status.settled && status.ready && status.total.inStep === names.length
      )
      assert.deepStrictEqual(inHere(yield* cluster.auditSince(before)).filter(({ write }) => write), [])
      const sentinel = yield* cluster.auditMark
      yield* cluster.kubectlOk([
        "patch",
        "configmap",
        "item-3",
        "-n",
        namespace,
        "-p",
        "{\"data\":{\"value\":\"drift\"}}"
      ])
      yield* eventually(
        "drift is put right after the restart",
        cluster.kubectlOk(["get", "configmap", "item-3", "-n", namespace, "-o", "jsonpath={.data.value}"]),
        (text) => text === "one"
      )
      assert.strictEqual(inHere(yield* cluster.auditSince(sentinel)).filter(({ write }) => write).length, 2)
    }))

  it.effect("a Job that finished and was removed by its time to live is not made again, until its manifest changes", () =>
    Effect.gen(function*() {
      const { cluster, config, namespace, repository, seen, start } = yield* setUp()
      const job = (image: string) =>
        `apiVersion: batch/v1
kind: Job
metadata: { name: migrate, namespace: ${namespace} }
spec:
  ttlSecondsAfterFinished: 0
  template: { spec: { restartPolicy: Never, containers: [{ name: m, image: "${image}" }] } }
`
      const jobs = cluster.kubectlOk(["get", "jobs", "-n", namespace, "-o", "name"])
      const finish = Effect.gen(function*() {
        const now = "2026-01-01T00:00:00Z"
        const condition = (type: string) => ({ type, status: "True", lastTransitionTime: now, lastProbeTime: now })
        const status = {
          startTime: now,
          completionTime: now,
          succeeded: 1,
          conditions: [condition("SuccessCriteriaMet"), condition("Complete")]
        }
        const patch = ["patch", "job", "migrate", "-n", namespace, "--subresource=status", "--type=merge", "-p"]
        yield* cluster.kubectlOk([...patch, JSON.stringify({ status })])
      })
      const sentinel = (name: string) => repository.commit({ [`${name}.yaml`]: configMap(namespace, name, "here") })
      yield* repository.commit({ "job.yaml": job("one") })
      yield* Effect.scoped(Effect.gen(function*() {
        yield* start
        yield* eventually("the Job is there", jobs, (names) => names.includes("migrate"))
        yield* finish
        yield* eventually(
          "it is remembered as finished",
          cluster.kubectlOk([
            "get",
            "configmap",
            "gitops-controller.default",
            "-n",
            `${namespace}-state`,
            "-o",
            "jsonpath={.data.record}"
          ]),
          (record) => record.includes(`"finishedJobs":{"${namespace}/migrate"`)
        )
        yield* cluster.kubectlOk(["delete", "job", "migrate", "-n", namespace, "--wait=true"])
        yield* sentinel("first")
        yield* seen("first", "here")
        assert.strictEqual(yield* jobs, "")
      }))
      yield* sentinel("second")
      yield* startController({ kubeconfig: cluster.kubeconfig, config })
      yield* seen("second", "here")
      assert.strictEqual(yield* jobs, "", "nor after a restart")
      yield* repository.commit({ "job.yaml": job("two") })
      yield* eventually("a changed Job is made", jobs, (names) => names.includes("migrate"))
    }))
})
