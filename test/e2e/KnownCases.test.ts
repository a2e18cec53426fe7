// What users of field rules rely on, on a real API server: rules, a Deployment in Git and perhaps another under its name in the cluster, and what
// the cluster has in the end. One controller, with the rules of all cases, each for a namespace of its own.
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { startController } from "./Controller.ts"

interface Case {
  readonly rules: ReadonlyArray<Readonly<Record<string, unknown>>>
  /** Nobody made the Deployment in the cluster before. */
  readonly isAbsent?: true
  /** Replicas and image in the end: Git has 2 and `git`, the cluster had 1 and `live`; `undefined`: there is none. */
  readonly found: string | undefined
}

const toCluster = { syncTo: "kubernetes" }
const ignore = { syncTo: "ignore" }
const replicas = { filters: ["/spec/replicas"] }
const template = { filters: ["/spec/template"] }

const cases: Readonly<Record<string, Case>> = {
  "a rule for everything": { rules: [toCluster], found: "2 git" },
  "a rule for everything makes what is absent": { rules: [toCluster], isAbsent: true, found: "2 git" },
  "no rule: no touch": { rules: [], found: "1 live" },
  "no rule: nothing is made": { rules: [], isAbsent: true, found: undefined },
  "the API group matches": { rules: [{ apiGroups: ["apps"], ...toCluster }], found: "2 git" },
  "the API group is another": { rules: [{ apiGroups: ["batch"], ...toCluster }], found: "1 live" },
  "the resource matches by its kind": { rules: [{ resources: ["Deployment"], ...toCluster }], found: "2 git" },
  "the resource is another": { rules: [{ resources: ["configmaps"], ...toCluster }], found: "1 live" },
  "the name matches": { rules: [{ names: ["w*"], ...toCluster }], found: "2 git" },
  "the name is another": { rules: [{ names: ["api"], ...toCluster }], found: "1 live" },
  "the labels in Git match": { rules: [{ labels: "side=git", ...toCluster }], found: "2 git" },
  "the labels in the cluster don't count for a rule to the cluster": {
    rules: [{ labels: "side=live", ...toCluster }],
    found: "1 live"
  },
  "the labels in the cluster count for a rule that ignores": {
    rules: [{ labels: "side=live", ...ignore }, toCluster],
    found: "1 live"
  },
  "the first rule wins": { rules: [{ resources: ["deployments"], ...ignore }, toCluster], found: "1 live" },
  "and a later one changes nothing": { rules: [{ resources: ["deployments"], ...toCluster }, ignore], found: "2 git" },
  "a filter matches at its path": { rules: [{ ...replicas, ...ignore }, toCluster], found: "1 git" },
  "a filter matches under its path": { rules: [{ ...template, ...ignore }, toCluster], found: "2 live" },
  "a filter matches neither beside its path nor at its parent": {
    rules: [{ filters: ["/spec/minReadySeconds", "/spec/template/spec/hostname"], ...ignore }, toCluster],
    found: "2 git"
  },
  "a filtered rule moves only its fields": { rules: [{ ...replicas, ...toCluster }], found: "2 live" },
  "a filtered rule leaves the rest to the rule below it": {
    rules: [{ ...template, ...toCluster }, ignore],
    found: "1 git"
  },
  "a filtered rule makes nothing": { rules: [{ ...replicas, ...toCluster }], isAbsent: true, found: undefined },
  "what is made is complete, though a field of it isn't Git's": {
    rules: [{ ...replicas, ...ignore }, toCluster],
    isAbsent: true,
    found: "2 git"
  },
  "of filters in opposite directions the earlier wins": {
    rules: [{ ...template, ...ignore }, { filters: ["/spec"], ...toCluster }],
    found: "2 live"
  },
  "a suspended rule touches nothing": { rules: [{ suspend: true, ...toCluster }], found: "1 live" }
}

const deployment = (namespace: string, side: "git" | "live") =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace, labels: { side } },
    spec: {
      replicas: side === "git" ? 2 : 1,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "app", image: side }] } }
    }
  })

const columns = "{.metadata.namespace} {.spec.replicas} {.spec.template.spec.containers[0].image}"

class World extends Context.Service<World, {
  readonly namespaceOf: (name: string) => string
  /** Replicas and image by namespace. */
  readonly found: ReadonlyMap<string, string>
  /** The same after every manifest went from Git. */
  readonly left: ReadonlyMap<string, string>
}>()("test/KnownCases") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const state = yield* cluster.namespace("known")
      const namespaceOf = (name: string) => `${state}-${Object.keys(cases).indexOf(name)}`
      const entries = Object.entries(cases)
      const namespaces = entries.map(([name]) => ({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: namespaceOf(name), labels: { run: state } }
      }))
      const make = (items: ReadonlyArray<unknown>) =>
        cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items }) })
      yield* make(namespaces)
      const present = entries.filter(([, { isAbsent }]) => isAbsent !== true)
      yield* make(present.map(([name]) => JSON.parse(deployment(namespaceOf(name), "live"))))
      const repository = yield* bareRepository()
      const files = entries.map(([name]) =>
        [`${namespaceOf(name)}.json`, deployment(namespaceOf(name), "git")] as const
      )
      const commit = yield* repository.commit(Object.fromEntries(files))
      const rules = entries.flatMap(([name, { rules }]) =>
        rules.map((rule) => ({ namespaces: [namespaceOf(name)], ...rule }))
      )
      const config = { gitUrl: repository.url, stateNamespace: state, rules }
      const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config })
      yield* controller.inStepWith(commit)
      const look = cluster.kubectlOk(["get", "deployments", "-A", "-o", `jsonpath={range .items[*]}${columns}\n{end}`])
        .pipe(
          Effect.map((text) =>
            new Map(
              text.trim().split("\n").map((line) => {
                const [namespace = "", ...rest] = line.split(" ")
                return [namespace, rest.join(" ")] as const
              })
            )
          )
        )
      const found = yield* look
      const gone = yield* repository.commit(Object.fromEntries(files.map(([file]) => [file, undefined])))
      yield* controller.inStepWith(gone)
      return World.of({ namespaceOf, found, left: yield* look })
    })
  )
}

layer(World.layer.pipe(Layer.provideMerge(sharedControlPlane)), { excludeTestServices: true, timeout: 180_000 })(
  "the known cases, in a cluster",
  (it) => {
    for (const [name, { found }] of Object.entries(cases)) {
      it.effect(name, () =>
        Effect.gen(function*() {
          const world = yield* World
          assert.strictEqual(world.found.get(world.namespaceOf(name)), found)
        }))
    }

    it.effect("and when every manifest goes, nothing is deleted and no value changes", () =>
      Effect.gen(function*() {
        const world = yield* World
        for (const [name, { found }] of Object.entries(cases))
          assert.strictEqual(world.left.get(world.namespaceOf(name)), found, name)
      }))
  }
)
