import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Option, Queue, Stdio, Terminal } from "effect"
import { Command } from "effect/cli"
import { writeFileSync } from "node:fs"
import { release } from "../../src/cli/release.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { defaults, runCommand, startController } from "./Controller.ts"

const configMap = (namespace: string, name: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace}, labels: { app: web } }\ndata: { value: git }\n`

const deployment = (namespace: string) =>
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${namespace} }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: web:1, ports: [{ containerPort: 80 }], resources: { requests: { cpu: 100m } } }
`

const role = (namespace: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: reader, namespace: ${namespace} }\nrules: [{ apiGroups: [""], resources: [pods], verbs: [get] }]\n`

const everything = { syncTo: "kubernetes" }
const objects = ["configmap/left", "configmap/kept", "deployment/web", "role/reader"]
const memberLabel = "applyset.kubernetes.io/part-of"

interface Live {
  readonly metadata: {
    readonly name: string
    readonly labels?: Readonly<Record<string, string>>
    readonly managedFields?: ReadonlyArray<{ readonly manager: string; readonly operation: string }>
  }
}

/** All that a person may know of an object but who owns what. */
const valuesOf = (live: Live): string => {
  const { managedFields: _, resourceVersion: __, labels = {}, ...metadata } = live.metadata as Record<string, unknown>
  const theirs = Object.entries(labels as object).filter(([name]) => name !== memberLabel)
  return JSON.stringify({ ...live, metadata: { ...metadata, labels: theirs } })
}

const isOurs = ({ metadata: { labels, managedFields = [] } }: Live) =>
  labels?.[memberLabel] !== undefined ||
  managedFields.some(({ manager, operation }) => manager === "gitops-controller" && operation === "Apply")

const releaseHere = Command.runWith(release, { version: "0.0.0" })

/** Somebody who presses one key when asked. */
const atTerminal = (key: string) => {
  const pressed = { input: Option.some(key), key: { name: key, ctrl: false, meta: false, shift: false } }
  const terminal = Terminal.make({
    columns: Effect.succeed(80),
    rows: Effect.succeed(24),
    size: Queue.unbounded<Terminal.Size>(),
    readInput: Effect.tap(Queue.unbounded<Terminal.UserInput>(), (keys) => Queue.offer(keys, pressed)),
    readLine: Effect.never,
    display: () => Effect.void
  })
  return Layer.merge(
    Layer.succeed(Terminal.Terminal, terminal),
    Stdio.layerTest({ stdinIsTerminal: Effect.succeed(true) })
  )
}

/** What a controller of another name made under our field manager's name: with its own label, and without any. */
const anotherControllers = Effect.fnUntraced(function*(namespace: string) {
  const cluster = yield* ControlPlane
  const make = (name: string, labels: object) =>
    cluster.kubectlJson<Live>([
      "apply",
      "--server-side",
      "--field-manager=gitops-controller",
      "--show-managed-fields",
      "-f",
      "-"
    ], {
      stdin: JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace, labels }, data: {} })
    })
  return [
    yield* make("another-labelled", { [memberLabel]: "applyset-of-another-v1" }),
    yield* make("another-bare", {})
  ]
})

/** Objects in step with a repository, by a controller that runs until it is stopped, and the command beside it. */
const setUp = Effect.fnUntraced(function*(rules: ReadonlyArray<unknown> = [everything]) {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("release")
  const state = `${namespace}-state`
  const repository = yield* bareRepository()
  // What others own stays theirs.
  yield* cluster.kubectlOk(["create", "configmap", "partly", "-n", namespace, "--from-literal=theirs=x"])
  yield* cluster.kubectlOk(["create", "configmap", "kept", "-n", namespace, "--from-literal=theirs=x"])
  const commit = yield* repository.commit({
    "left.yaml": configMap(namespace, "left"),
    "kept.yaml": configMap(namespace, "kept"),
    "partly.yaml": configMap(namespace, "partly"),
    "web.yaml": deployment(namespace),
    "role.yaml": role(namespace)
  })
  const config = { ...defaults, gitUrl: repository.url, stateNamespace: state, rules }
  const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config })
  yield* controller.inStepWith(commit)
  const folder = yield* temporaryFolder("gitops-release-")
  const release = (args: ReadonlyArray<string>, change: object = {}, kubeconfig = cluster.kubeconfig) => {
    writeFileSync(`${folder}/config.yaml`, JSON.stringify({ ...config, ...change }))
    return runCommand(["release", ...args, "--kubeconfig", kubeconfig], folder)
  }
  const get = (object: string) => cluster.kubectlJson<Live>(["get", object, "-n", namespace, "--show-managed-fields"])
  const ours = Effect.map(
    Effect.forEach(objects, (object) => Effect.map(get(object), (live) => isOurs(live) ? [object] : [])),
    (found) => found.flat()
  )
  const ofState = (kind: string) =>
    Effect.map(
      cluster.kubectlOk(["get", kind, "-n", state, "-o", "name"]),
      (names) => names.split("\n").filter((name) => name.includes("gitops-controller"))
    )
  return { cluster, config, controller, folder, get, namespace, ofState, ours, release, state }
})

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("letting go", (it) => {
  it.effect("of everything changes no value, and leaves no owner, label, record or Lease of ours", () =>
    Effect.gen(function*() {
      const partly = { names: ["partly"], resources: ["configmaps"] }
      const { cluster, controller, get, namespace, ofState, ours, release, state } = yield* setUp([
        { ...partly, filters: ["/data/value"], syncTo: "kubernetes" },
        { ...partly, syncTo: "ignore" },
        everything
      ])
      yield* eventually("a single field is ours", get("configmap/partly"), isOurs)
      yield* controller.process.stop
      const theirs = yield* anotherControllers(namespace)
      assert.deepStrictEqual(yield* ours, objects)
      const all = [...objects, "configmap/partly"]
      const before = yield* Effect.forEach(all, (object) => Effect.map(get(object), valuesOf))
      const answer = yield* release(["--all", "--yes"])
      assert.strictEqual(answer.code, 0, answer.stderr)
      assert.include(answer.stdout, "5 objects released, values unchanged.")
      assert.include(answer.stdout, `The record ${state}/gitops-controller.default is removed.`)
      assert.deepStrictEqual(yield* Effect.forEach(all, (object) => Effect.map(get(object), valuesOf)), before)
      assert.deepStrictEqual(yield* ours, [])
      assert.isFalse(isOurs(yield* get("configmap/partly")))
      assert.deepStrictEqual(yield* Effect.forEach(theirs, ({ metadata }) => get(`configmap/${metadata.name}`)), theirs)
      assert.deepStrictEqual(yield* ofState("configmaps"), [])
      assert.deepStrictEqual(yield* ofState("leases"), [])
      yield* cluster.kubectlOk(["scale", "deployment", "web", "-n", namespace, "--replicas=1"])
      const edited =
        `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: left, namespace: ${namespace} }\ndata: { value: mine }\n`
      yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: edited })
      const value = cluster.kubectlOk(["get", "configmap", "left", "-n", namespace, "-o", "jsonpath={.data}"])
      assert.strictEqual(yield* value, `{"value":"mine"}`)
      const again = yield* release(["--all", "--yes"])
      assert.deepStrictEqual([again.code, again.stdout.trim()], [0, "Nothing of ours was found."])
      assert.deepStrictEqual(yield* ofState("leases"), [])
    }))

  it.effect("is refused while a controller leads, and without a word of consent, and changes nothing then", () =>
    Effect.gen(function*() {
      const { controller, ofState, ours, release } = yield* setUp()
      const led = yield* release(["--all", "--yes"])
      assert.strictEqual(led.code, 1)
      assert.match(
        led.stderr,
        /leads: it holds the Lease \S+, and renews it, and would take back at once .* Stop it first/
      )
      yield* controller.process.stop
      const unasked = yield* release(["--all"])
      assert.strictEqual(unasked.code, 1)
      assert.include(unasked.stderr, "this is no terminal, so nobody can be asked to confirm: say --yes")
      assert.deepStrictEqual(yield* ours, objects)
      assert.isNotEmpty(yield* ofState("configmaps"))
    }))

  it.effect("asks a person at a terminal, and does what they say", () =>
    Effect.gen(function*() {
      const { cluster, controller, folder, namespace, ours, release } = yield* setUp()
      yield* controller.process.stop
      yield* release(["--object"]) // for its configuration file
      const here = ["--config", `${folder}/config.yaml`, "--kubeconfig", cluster.kubeconfig]
      const answered = (key: string) =>
        releaseHere(["--object", "role", `${namespace}/reader`, ...here]).pipe(Effect.provide(atTerminal(key)))
      assert.include(yield* Effect.flip(answered("n")), { exitCode: 1, message: "Nothing was changed." })
      assert.deepStrictEqual(yield* ours, objects)
      yield* answered("y")
      assert.deepStrictEqual(yield* ours, objects.filter((object) => object !== "role/reader"))
    }).pipe(Effect.provide(Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici))))

  it.effect("of one object leaves the others ours, and takes it out of the record", () =>
    Effect.gen(function*() {
      const { cluster, controller, namespace, ours, release, state } = yield* setUp()
      yield* controller.process.stop
      const answer = yield* release(["--object", "deploy", `${namespace}/web`, "--yes", "--output", "json"])
      assert.deepStrictEqual(JSON.parse(answer.stdout), {
        ok: true,
        released: [{ kind: "Deployment.apps", object: `${namespace}/web` }],
        failed: [],
        removed: { record: false, lease: false }
      })
      assert.deepStrictEqual(yield* ours, objects.filter((object) => object !== "deployment/web"))
      const inventory = yield* cluster.kubectlOk([
        "get",
        "configmaps",
        "-n",
        state,
        "-o",
        "jsonpath={.items[*].data.inventory}"
      ])
      assert.notInclude(inventory, "Deployment.apps")
      assert.include(inventory, `ConfigMap ${namespace}/left`)
    }))

  it.effect("of what a suspended rule has works beside a leader, which goes on with the rest", () =>
    Effect.gen(function*() {
      const left = { resources: ["configmaps"], names: ["left"], syncTo: "kubernetes" }
      const { cluster, config, controller, namespace, ours, release } = yield* setUp([left, everything])
      const refused = yield* release(["--rule", "1", "--yes"])
      assert.strictEqual(refused.code, 1)
      const rules = [{ ...left, suspend: true }, everything]
      yield* controller.rewrite(JSON.stringify({ ...config, rules }))
      yield* eventually("the rule is suspended", controller.log, (log) => log.includes("rule set 2"))
      const answer = yield* release(["--rule", "1", "--yes"], { rules })
      assert.strictEqual(answer.code, 0, answer.stderr)
      assert.include(answer.stdout, "1 object released, values unchanged.")
      assert.notInclude(answer.stdout, "takes them back")
      const value = (name: string) =>
        cluster.kubectlOk(["get", "configmap", name, "-n", namespace, "-o", "jsonpath={.data.value}"])
      for (const name of ["left", "kept"])
        yield* cluster.kubectlOk(["patch", "configmap", name, "-n", namespace, "-p", `{"data":{"value":"drift"}}`])
      yield* eventually("kept is put right", value("kept"), (text) => text === "git")
      assert.strictEqual(yield* value("left"), "drift")
      assert.deepStrictEqual(yield* ours, objects.filter((object) => object !== "configmap/left"))
    }))

  it.effect("of what we may not patch fails with the cure, and keeps the record until it is mended", () =>
    Effect.gen(function*() {
      const { cluster, controller, namespace, ofState, ours, release } = yield* setUp()
      yield* controller.process.stop
      const user = `user-of-${namespace}`
      const reads = { apiGroups: ["*"], resources: ["*"], verbs: ["get", "list"] }
      const writes = {
        apiGroups: ["", "apps", "coordination.k8s.io"],
        resources: ["configmaps", "deployments", "leases"],
        verbs: ["patch", "update", "create", "delete"]
      }
      const grant = {
        apiVersion: "v1",
        kind: "List",
        items: [
          {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "ClusterRole",
            metadata: { name: user },
            rules: [reads, writes]
          },
          {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "ClusterRoleBinding",
            metadata: { name: user },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: user },
            subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user }]
          }
        ]
      }
      yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: JSON.stringify(grant) })
      const answer = yield* release(["--all", "--yes"], {}, yield* cluster.kubeconfigFor(user))
      assert.strictEqual(answer.code, 1)
      assert.include(answer.stdout, "4 objects released, values unchanged.")
      assert.match(
        answer.stdout,
        new RegExp(`Role\\.rbac\\.authorization\\.k8s\\.io ${namespace}/reader: .* Give that .* the verb "patch"`)
      )
      assert.include(answer.stdout, "stays until everything is let go of: mend this, and run the same again.")
      assert.deepStrictEqual(yield* ours, ["role/reader"])
      assert.isNotEmpty(yield* ofState("configmaps"))
      const mended = yield* release(["--all", "--yes"])
      assert.strictEqual(mended.code, 0, mended.stderr)
      assert.include(mended.stdout, "1 object released, values unchanged.")
      assert.deepStrictEqual(yield* ofState("configmaps"), [])
    }))
})
