import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Status } from "../../src/http/Status.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { defaults, runCommand, startController } from "./Controller.ts"
import { withoutOpenApi } from "./withoutOpenApi.ts"

const configMap = (namespace: string, name: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace} }\ndata: { value: alive }\n`

const everything = { syncTo: "kubernetes" }

/** Zygotes of a group of the test's own. @param listType Of `spec.ports`. */
const definition = (group: string, listType: "atomic" | "map") =>
  JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `zygotes.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "zygotes", singular: "zygote", kind: "Zygote" },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                properties: {
                  size: { type: "integer" },
                  ports: {
                    "type": "array",
                    "x-kubernetes-list-type": listType,
                    ...listType === "map" ? { "x-kubernetes-list-map-keys": ["port"] } : {},
                    "items": {
                      type: "object",
                      required: ["port"],
                      properties: { port: { type: "integer" }, speed: { type: "string" } }
                    }
                  }
                }
              }
            }
          }
        }
      }]
    }
  })

const zygote = (group: string, namespace: string, size: number) =>
  `apiVersion: ${group}/v1
kind: Zygote
metadata: { name: w, namespace: ${namespace} }
spec:
  size: ${size}
  ports: [{ port: 80, speed: git }]
`

const deployment = (namespace: string) =>
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${namespace} }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: app, image: "app:1" }] }
`

/** A namespace, a group that nobody else defines, and a repository. */
const setUp = Effect.fnUntraced(function*() {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("rules")
  const group = `${namespace}.example.com`
  const repository = yield* bareRepository()
  const config = (rules: ReadonlyArray<unknown>) => ({
    ...defaults,
    gitUrl: repository.url,
    stateNamespace: `${namespace}-state`,
    rules
  })
  const start = (rules: ReadonlyArray<unknown>, kubeconfig = cluster.kubeconfig) =>
    startController({ kubeconfig, config: config(rules) })
  const define = (listType: "atomic" | "map") =>
    cluster.kubectlOk(["apply", "-f", "-"], { stdin: definition(group, listType) })
  const read = (object: string, path: string) =>
    cluster.kubectlOk(["-n", namespace, "get", object, "-o", `jsonpath=${path}`])
  const seen = (object: string, path: string, wanted: string) =>
    eventually(`${object} ${path} is ${wanted}`, read(object, path), (text) => text === wanted, { within: 30_000 })
  /** Something that must happen: a new commit shows in the cluster. */
  const isAlive = Effect.fnUntraced(function*(name: string) {
    yield* repository.commit({ [`${name}.yaml`]: configMap(namespace, name) })
    yield* seen(`configmap/${name}`, "{.data.value}", "alive")
  })
  const patch = (object: string, change: object) =>
    cluster.kubectlOk(["-n", namespace, "patch", object, "--type=merge", "-p", JSON.stringify(change)])
  return { cluster, namespace, group, repository, config, start, define, read, seen, isAlive, patch }
})

const countIn = (text: string, part: string) => text.split(part).length - 1

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })(
  "rules and what the cluster serves",
  (it) => {
    it.effect("a rule for a kind that isn't served waits, saying so, and takes it up when its definition comes", () =>
      Effect.gen(function*() {
        const { define, group, isAlive, namespace, repository, seen, start } = yield* setUp()
        yield* repository.commit({ "w.yaml": zygote(group, namespace, 3) })
        const controller = yield* start([{ resources: [`zygotes.${group}`, "configmaps"], syncTo: "kubernetes" }])
        const { ruleProblems } = yield* controller.until("it is told", ({ ruleProblems }) => ruleProblems.length > 0)
        const message = `the cluster serves no "zygotes.${group}"; the rule waits until it does`
        const [{ place } = { place: "" }] = ruleProblems
        assert.match(place, /^config\.yaml:1:\d+$/)
        assert.deepStrictEqual(ruleProblems, [{ rule: 1, place, waiting: true, message }])
        const asked = yield* runCommand(["status", "--url", yield* controller.address], controller.folder)
        assert.include(asked.stdout, `\nRules to look at:\n  waiting: rule 1 (${place}): ${message}\n`)
        yield* isAlive("sentinel")
        yield* define("map")
        yield* seen(`zygotes.${group}/w`, "{.spec.size}", "3")
        yield* controller.until(
          "the message is gone",
          ({ ruleProblems, unserved }) => ruleProblems.length === 0 && unserved.length === 0
        )
        const said = (yield* controller.log).split("\n").filter((line) => line.includes("the rule waits until it does"))
        assert.strictEqual(said.length, 1)
        assert.include(said[0], "INFO")
      }))

    it.effect("a filter that a changed definition makes unfit keeps us from its objects until it fits again", () =>
      Effect.gen(function*() {
        const { define, group, isAlive, namespace, patch, read, repository, seen, start } = yield* setUp()
        const pointer = "/spec/ports/[port=80]/speed"
        const rules = [{ resources: [`zygotes.${group}`], filters: [pointer], syncTo: "ignore" }, everything]
        const object = `zygotes.${group}/w`
        const size = (wanted: string) => seen(object, "{.spec.size}", wanted)
        yield* define("map")
        yield* repository.commit({ "w.yaml": zygote(group, namespace, 3) })
        const controller = yield* start(rules)
        yield* size("3")
        yield* patch(object, { spec: { ports: [{ port: 80, speed: "person" }] } })
        yield* repository.commit({ "w.yaml": zygote(group, namespace, 4) })
        yield* size("4")
        assert.strictEqual(yield* read(object, "{.spec.ports[0].speed}"), "person")

        yield* define("atomic")
        const unfit =
          `does not fit Zygote.${group}: the list "/spec/ports" has one owner as a whole: write "/spec/ports"`
        const troubled = yield* controller.until(
          "the rule and the object are told",
          ({ ruleProblems, total }) => ruleProblems.length === 1 && total.failed === 1
        )
        const [problem] = troubled.ruleProblems
        assert.deepInclude(problem, { rule: 1, waiting: false, message: `"${pointer}" ${unfit}` })
        const { troubles } = troubled.kinds.find(({ kind }) => kind === `Zygote.${group}`) ?? { troubles: [] }
        assert.include(troubles[0]?.message, unfit)
        yield* patch(object, { spec: { size: 9 } })
        yield* repository.commit({ "w.yaml": zygote(group, namespace, 5) })
        yield* isAlive("during")
        assert.strictEqual(yield* read(object, "{.spec.size}"), "9")

        yield* define("map")
        yield* size("5")
        assert.strictEqual(yield* read(object, "{.spec.ports[0].speed}"), "person")
        yield* controller.until(
          "nothing is wrong",
          ({ ruleProblems, total }) => ruleProblems.length === 0 && total.failed === 0
        )
        const log = yield* controller.log
        assert.strictEqual(countIn(log, `rule 1: ${JSON.stringify(`"${pointer}" ${unfit}`).slice(1, -1)}`), 1)
      }))

    it.effect("a filter that doesn't fit from the start fits once the definition, or the configuration, is mended", () =>
      Effect.gen(function*() {
        const { config, define, group, isAlive, namespace, repository, seen, start } = yield* setUp()
        const leaving = (pointer: string) => [
          { resources: [`Zygote.${group}`], filters: [pointer], syncTo: "ignore" },
          everything
        ]
        const isTold = ({ ruleProblems }: Status) => ruleProblems.length === 1
        const isMended = ({ ruleProblems, total }: Status) => ruleProblems.length === 0 && total.failed === 0
        yield* define("atomic")
        yield* repository.commit({ "w.yaml": zygote(group, namespace, 3) })
        const controller = yield* start(leaving("/spec/ports/*/speed"))
        yield* isAlive("sentinel")
        yield* controller.until("both are told", (status) => isTold(status) && status.total.failed === 1)
        yield* define("map")
        yield* seen(`zygotes.${group}/w`, "{.spec.size}", "3")
        yield* controller.until("the definition has mended it", isMended)
        yield* controller.rewrite(JSON.stringify(config(leaving("/spec/ports/*/sped"))))
        const { ruleProblems } = yield* controller.until("another mistake is told", isTold)
        assert.include(
          ruleProblems[0]?.message,
          `Zygote.${group}: "/spec/ports/*" has no field "sped"; did you mean "/spec/ports/*/speed"?`
        )
        yield* controller.rewrite(JSON.stringify(config(leaving("/spec/ports/*/speed"))))
        yield* controller.until("the configuration has mended it", isMended)
      }))

    it.effect("without OpenAPI v3 what is Git's whole is synced, and objects with filters are left alone, saying so", () =>
      Effect.gen(function*() {
        const { cluster, define, isAlive, namespace, read, repository, seen, start } = yield* setUp()
        const proxy = yield* withoutOpenApi(cluster.kubeconfig)
        yield* repository.commit({ "web.yaml": deployment(namespace) })
        const controller = yield* start(
          [{ resources: ["deployments"], filters: ["/spec/replicas"], syncTo: "ignore" }, everything],
          proxy.kubeconfig
        )
        yield* isAlive("sentinel")
        const { kinds, ruleProblems } = yield* controller.until(
          "both are told",
          ({ ruleProblems, total }) => ruleProblems.length === 1 && total.failed === 1
        )
        const cause = "the API server publishes no OpenAPI v3 schema of Deployment.apps"
        assert.include(ruleProblems[0]?.message, cause)
        assert.include(
          ruleProblems[0]?.message,
          "Serve OpenAPI v3 (Kubernetes 1.24 and later do), or take the filters out"
        )
        const [trouble] = kinds.find(({ kind }) => kind === "Deployment.apps")?.troubles ?? []
        assert.include(trouble?.message, cause.slice(1))
        yield* isAlive("second")
        assert.notInclude(yield* cluster.kubectlOk(["-n", namespace, "get", "deployments", "-o", "name"]), "web")
        assert.include(yield* proxy.refused, "/openapi/v3")

        yield* proxy.give
        // Schemas are looked at again when a definition comes, and every minute
        yield* define("map")
        yield* seen("deployment/web", "{.spec.replicas}", "3")
        assert.strictEqual(yield* read("deployment/web", "{.spec.template.spec.containers[0].image}"), "app:1")
        yield* controller.until(
          "nothing is wrong",
          ({ ruleProblems, total }) => ruleProblems.length === 0 && total.failed === 0
        )
        assert.strictEqual(countIn(yield* controller.log, "The API server has no OpenAPI v3"), 1)
      }))
  }
)
