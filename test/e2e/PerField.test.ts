import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { defaults, startController } from "./Controller.ts"

const deployment = (namespace: string, replicas: number, image = "app:1", more = "") =>
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: ${namespace}
  labels: { team: shop }${more}
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: app, image: "${image}" }
`

const configMap = (namespace: string, name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace} }\ndata: { value: "${value}" }\n`

const everything = { syncTo: "kubernetes" }
const replicasToNobody = { resources: ["deployments"], filters: ["/spec/replicas"], syncTo: "ignore" }

/** A namespace, a repository, and a controller to be started with rules and to be given others. */
const setUp = Effect.fnUntraced(function*(rules: ReadonlyArray<unknown>) {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("field")
  const repository = yield* bareRepository()
  const config = { gitUrl: repository.url, stateNamespace: `${namespace}-state` }
  const start = startController({ kubeconfig: cluster.kubeconfig, config: { ...config, rules } })
  const textOf = (next: ReadonlyArray<unknown>) => JSON.stringify({ ...defaults, ...config, rules: next })
  const kubectl = (...args: ReadonlyArray<string>) => cluster.kubectlOk(["-n", namespace, ...args])
  const read = (object: string, path: string) => kubectl("get", object, "-o", `jsonpath=${path}`)
  const seen = (object: string, path: string, wanted: string) =>
    eventually(`${object} ${path} is ${wanted}`, read(object, path), (text) => text === wanted, { within: 30_000 })
  const managers = Effect.map(
    cluster.kubectlJson(["-n", namespace, "get", "deployment", "web", "--show-managed-fields"]),
    ({ metadata }) => metadata.managedFields ?? []
  )
  const held = Effect.map(managers, (entries) =>
    JSON.stringify(
      entries.find(({ manager, operation }) => manager === "gitops-controller" && operation === "Apply")?.fieldsV1 ?? {}
    ))
  /** Something that must happen: a new commit shows in the cluster. */
  const isAlive = Effect.fnUntraced(function*(name: string) {
    yield* repository.commit({ [`${name}.yaml`]: configMap(namespace, name, "alive") })
    yield* seen(`configmap/${name}`, "{.data.value}", "alive")
  })
  return { cluster, namespace, repository, start, textOf, kubectl, read, seen, held, isAlive }
})

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("field by field", (it) => {
  it.effect("a filter that comes while it runs lets go of the field, and the value that is live stays", () =>
    Effect.gen(function*() {
      const { held, isAlive, kubectl, namespace, read, repository, seen, start, textOf } = yield* setUp([everything])
      yield* repository.commit({ "web.yaml": deployment(namespace, 3) })
      const controller = yield* start
      yield* seen("deployment/web", "{.spec.replicas}", "3")
      assert.include(yield* held, "f:replicas")
      yield* controller.rewrite(textOf([replicasToNobody, everything]))
      yield* eventually("replicas are let go of", held, (fields) => !fields.includes("f:replicas"))
      assert.strictEqual(yield* read("deployment/web", "{.spec.replicas}"), "3")
      yield* kubectl("scale", "deployment/web", "--replicas=5")
      yield* repository.commit({ "web.yaml": deployment(namespace, 9, "app:2") })
      yield* seen("deployment/web", "{.spec.template.spec.containers[0].image}", "app:2")
      yield* isAlive("sentinel")
      assert.strictEqual(yield* read("deployment/web", "{.spec.replicas}"), "5")
      yield* controller.rewrite(textOf([everything]))
      yield* seen("deployment/web", "{.spec.replicas}", "9")
    }))

  it.effect("a rule that turns lets go of the whole object, label and all, and changes no value", () =>
    Effect.gen(function*() {
      const { cluster, held, isAlive, kubectl, namespace, read, repository, seen, start, textOf } = yield* setUp([
        everything
      ])
      yield* repository.commit({ "web.yaml": deployment(namespace, 3) })
      const controller = yield* start
      yield* seen("deployment/web", "{.spec.replicas}", "3")
      yield* isAlive("before")
      const values = kubectl("get", "deployment", "web", "-o", "jsonpath={.spec}")
      const before = yield* values
      yield* controller.rewrite(textOf([{ resources: ["deployments"], syncTo: "ignore" }, everything]))
      yield* eventually("nothing is held", held, (fields) => fields === "{}")
      assert.strictEqual(yield* values, before)
      assert.strictEqual(yield* read("deployment/web", "{.metadata.labels}"), "{\"team\":\"shop\"}")
      const inventory = cluster.kubectlOk(["get", "configmaps", "-n", `${namespace}-state`, "-o", "yaml"])
      yield* eventually(
        "the record forgets it",
        inventory,
        (text) => !text.includes(`Deployment.apps ${namespace}/web`)
      )
      assert.include(yield* inventory, `ConfigMap ${namespace}/before`)
      yield* kubectl("scale", "deployment/web", "--replicas=7")
      yield* repository.commit({ "web.yaml": deployment(namespace, 1) })
      yield* isAlive("after")
      assert.strictEqual(yield* read("deployment/web", "{.spec.replicas}"), "7")
    }))

  it.effect("a rule with filters changes its fields of what is there, never creates, and lets go with the manifest", () =>
    Effect.gen(function*() {
      const rules = [{ resources: ["deployments"], filters: ["/spec/replicas"], syncTo: "kubernetes" }, {
        resources: ["configmaps"],
        syncTo: "kubernetes"
      }]
      const { cluster, held, isAlive, kubectl, namespace, read, repository, seen, start } = yield* setUp(rules)
      yield* repository.commit({ "web.yaml": deployment(namespace, 4, "app:git") })
      const controller = yield* start
      yield* isAlive("early")
      assert.notInclude(yield* kubectl("get", "deployments", "-o", "name"), "web")
      const { kinds } = yield* controller.until("it waits", ({ total }) => total.waiting === 1)
      const { troubles } = kinds.find(({ kind }) => kind === "Deployment.apps") ?? { troubles: [] }
      assert.strictEqual(
        troubles[0]?.message,
        "not in the cluster, and no rule has Git create it: rule 1 has filters, so it only changes what is there"
      )
      yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: deployment(namespace, 1, "app:person") })
      yield* seen("deployment/web", "{.spec.replicas}", "4")
      assert.strictEqual(yield* read("deployment/web", "{.spec.template.spec.containers[0].image}"), "app:person")
      assert.strictEqual(yield* read("deployment/web", "{.metadata.labels}"), "{\"team\":\"shop\"}")
      assert.strictEqual(yield* held, "{\"f:spec\":{\"f:replicas\":{}}}")
      yield* repository.commit({ "web.yaml": undefined })
      yield* eventually("nothing is held", held, (fields) => fields === "{}")
      assert.strictEqual(yield* read("deployment/web", "{.spec.replicas}"), "4")
    }))

  it.effect("an annotation pauses one object, on either side, and what waited is done when it goes", () =>
    Effect.gen(function*() {
      const { isAlive, kubectl, namespace, read, repository, seen, start } = yield* setUp([everything])
      yield* repository.commit({ "web.yaml": deployment(namespace, 3) })
      const controller = yield* start
      yield* seen("deployment/web", "{.spec.replicas}", "3")
      yield* kubectl("annotate", "deployment/web", "gitops-controller/sync=paused")
      yield* kubectl("scale", "deployment/web", "--replicas=6")
      yield* isAlive("sentinel")
      assert.strictEqual(yield* read("deployment/web", "{.spec.replicas}"), "6")
      const { kinds } = yield* controller.status
      assert.strictEqual(
        kinds.find(({ kind }) => kind === "Deployment.apps")?.troubles[0]?.message,
        "left alone: its object has the annotation gitops-controller/sync: paused"
      )
      yield* kubectl("annotate", "deployment/web", "gitops-controller/sync-")
      yield* seen("deployment/web", "{.spec.replicas}", "3")
      const paused = "\n  annotations: { gitops-controller/sync: paused }"
      yield* repository.commit({ "web.yaml": deployment(namespace, 8, "app:1", paused) })
      yield* isAlive("second")
      assert.strictEqual(yield* read("deployment/web", "{.spec.replicas}"), "3")
    }))

  it.effect(
    "a field that another writer keeps changing is left to it for a while; the rest is put right",
    () =>
      Effect.gen(function*() {
        const { cluster, kubectl, namespace, read, repository, seen, start } = yield* setUp([everything])
        yield* repository.commit({ "web.yaml": deployment(namespace, 3) })
        const controller = yield* start
        yield* seen("deployment/web", "{.spec.replicas}", "3")
        const path = `/apis/apps/v1/namespaces/${namespace}/deployments/web/scale?fieldManager=autoscaler`
        const scale = cluster.request(path, {
          contentType: "application/merge-patch+json",
          body: JSON.stringify({ spec: { replicas: 9 } })
        })
        const isFought = Effect.map(controller.status, ({ total }) => total.failed === 1)
        let rounds = 0
        while (!(yield* isFought)) {
          assert.isBelow(rounds++, 40, "the fight is never found")
          yield* scale
          yield* eventually(
            "put right, or left alone",
            Effect.all([read("deployment/web", "{.spec.replicas}"), isFought]),
            ([replicas, fought]) => replicas === "3" || fought
          )
        }
        const { kinds } = yield* controller.status
        const message = kinds.find(({ kind }) => kind === "Deployment.apps")?.troubles[0]?.message ?? ""
        assert.match(
          message,
          /^field manager "autoscaler" keeps changing \/spec\/replicas, which Git owns: put right \d+ times/
        )
        yield* scale
        yield* kubectl("label", "--overwrite", "deployment/web", "team=other")
        yield* seen("deployment/web", "{.metadata.labels.team}", "shop")
        assert.strictEqual(yield* read("deployment/web", "{.spec.replicas}"), "9")
        const events = kubectl(
          "get",
          "events",
          "--field-selector",
          "reason=FieldLeftAlone",
          "-o",
          "jsonpath={..message}"
        )
        yield* eventually("an Event says so", events, (text) => text === message)
        assert.match((yield* controller.get("/metrics")).body, /gitops_field_fights_total\S* 1/)
      }),
    120_000
  )
})
