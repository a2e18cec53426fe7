import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import type { Status } from "../../src/http/Status.ts"
import { ControlPlane, type ControlPlaneHandle } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { type BareRepository, bareRepository } from "../remote/BareRepository.ts"
import type { Changes } from "../remote/Changes.ts"
import { configMap, namespace } from "./badInput/BadInput.ts"
import { brokenFiles } from "./badInput/BrokenFiles.ts"
import { foreignFiles } from "./badInput/ForeignFiles.ts"
import { refusedObjects } from "./badInput/RefusedObjects.ts"
import { type Controller, runCommand, startController } from "./Controller.ts"

const inputs = { ...brokenFiles, ...foreignFiles, ...refusedObjects }

const merged = (changes: ReadonlyArray<Changes | undefined>): Changes => Object.assign({}, ...changes)

interface World {
  readonly cluster: ControlPlaneHandle
  readonly repository: BareRepository
  readonly controller: Controller
  /** The address of its status. */
  readonly url: string
  /** What stood in the cluster before it all went wrong, with versions. */
  readonly versionsBefore: ReadonlyMap<string, string>
  /** In step with the commit that got everything wrong. */
  readonly status: Status
}

const versions = (cluster: ControlPlaneHandle) =>
  cluster.kubectlOk([
    "get",
    "configmaps,secrets,services,deployments",
    "-n",
    namespace,
    "-o",
    "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}"
  ]).pipe(
    Effect.map((text) =>
      new Map(text.trim().split("\n").map((line) => line.toLowerCase().split(" ") as [string, string]))
    )
  )

const valueOf = (cluster: ControlPlaneHandle, object: string) =>
  cluster.kubectlOk([
    "get",
    object,
    "-n",
    namespace,
    "--ignore-not-found",
    "-o",
    "jsonpath={.metadata.annotations.value}"
  ])

/** One repository in which everything is right, then goes wrong at once beside what stays right. */
class BadWorld extends Context.Service<BadWorld, World>()("test/BadWorld") {
  static readonly layer = Layer.effect(
    BadWorld,
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      yield* cluster.kubectlOk(["create", "namespace", namespace])
      const repository = yield* bareRepository()
      const all = Object.values(inputs)
      const first = yield* repository.commit(
        merged([{ "good/old.yaml": configMap("good-old", "before") }, ...all.map(({ before }) => before)])
      )
      const rules = [{ namespaces: [namespace, `${namespace}-*`], syncTo: "kubernetes" }]
      const controller = yield* startController({
        kubeconfig: cluster.kubeconfig,
        config: { gitUrl: repository.url, stateNamespace: `${namespace}-state`, rules }
      })
      yield* controller.inStepWith(first, { within: 60_000 })
      const versionsBefore = yield* versions(cluster)
      const second = yield* repository.commit(
        merged([
          { "good/old.yaml": configMap("good-old", "good"), "good/new.yaml": configMap("good-new", "good") },
          ...all.map(({ bad }) => bad)
        ])
      )
      const status = yield* controller.inStepWith(second, { within: 60_000 })
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(yield* controller.log)?.[0] ?? ""
      return { cluster, repository, controller, url, versionsBefore, status }
    })
  )
}

const told = (status: Status): ReadonlyArray<string> => [
  ...status.problems.map(({ message, place }) => `${place}: ${message}`),
  ...status.passedOver.map(({ path, reason }) => `${path}: ${reason}`),
  ...status.unserved.map(({ manifests, message, place }) => `${message} (${manifests} manifests, first ${place})`),
  ...status.kinds.flatMap(({ kind, troubles }) =>
    troubles.map(({ message, object, place, state }) =>
      `${state}: ${kind} ${object}${place === undefined ? "" : ` (${place})`}: ${message}`
    )
  )
]

/** What a status says of these files. */
const toldOf = (status: Status, changes: Changes): ReadonlyArray<string> => {
  const paths = Object.keys(changes)
  return told(status).filter((line) =>
    paths.some((path) => line.includes(`${path}:`) || line.startsWith(`${path.split("/")[0]}: `))
  )
}

layer(BadWorld.layer.pipe(Layer.provideMerge(sharedControlPlane)), { timeout: 120_000, excludeTestServices: true })(
  "a repository in which a lot is wrong",
  (it) => {
    it.effect("what is right in it is applied all the same", () =>
      Effect.gen(function*() {
        const { cluster } = yield* BadWorld
        for (const object of ["configmap/good-old", "configmap/good-new"])
          assert.strictEqual(yield* valueOf(cluster, object), "good")
      }))

    it.effect("what stood in the cluster stays as it was, to the version", () =>
      Effect.gen(function*() {
        const { cluster, versionsBefore } = yield* BadWorld
        const standing = Object.values(inputs).flatMap(({ standing = [] }) => standing)
        const now = yield* versions(cluster)
        assert.deepStrictEqual(
          standing.map((object) => `${object} ${now.get(object)}`),
          standing.map((object) => `${object} ${versionsBefore.get(object)}`)
        )
        assert.isAbove(standing.length, 20)
        for (const object of standing) assert.strictEqual(yield* valueOf(cluster, object), "before")
      }))

    it.effect("nothing else came into being", () =>
      Effect.gen(function*() {
        const { cluster, versionsBefore } = yield* BadWorld
        const applied = Object.values(inputs).flatMap(({ applied = [] }) => applied)
        const now = yield* versions(cluster)
        const added = [...now.keys()].filter((object) => !versionsBefore.has(object)).toSorted()
        assert.deepStrictEqual(added, [...applied, "configmap/good-new"].toSorted())
        for (const object of applied) assert.strictEqual(yield* valueOf(cluster, object), "good", object)
        for (const object of Object.values(inputs).flatMap(({ absent = [] }) => absent))
          assert.strictEqual(yield* cluster.kubectlOk(["get", object, "-n", namespace, "--ignore-not-found"]), "")
      }))

    it.effect("ciphertext never came into the cluster", () =>
      Effect.gen(function*() {
        const { cluster } = yield* BadWorld
        const password = yield* cluster.kubectlOk([
          "get",
          "secret",
          "sops",
          "-n",
          namespace,
          "-o",
          "jsonpath={.data.password}"
        ])
        assert.strictEqual(Buffer.from(password, "base64").toString(), "plain-before")
        assert.notInclude(yield* cluster.kubectlOk(["get", "secrets", "-A", "-o", "json"]), "ENC[")
      }))

    it.effect("gitops-controller status prints what /status says, and nothing is said twice", () =>
      Effect.gen(function*() {
        const { status, url } = yield* BadWorld
        const { code, stdout } = yield* runCommand(["status", "--url", url], process.cwd())
        assert.strictEqual(code, 0)
        const lines = told(status)
        assert.strictEqual(new Set(lines).size, lines.length)
        assert.deepStrictEqual(lines.filter((line) => !stdout.split("\n").includes(`  ${line}`)), [])
      }))

    for (const [what, { afterwards, bad, mended, said }] of Object.entries(inputs)) {
      it.effect(`${what}: is told with its place, and once a commit mends it, it is applied`, () =>
        Effect.gen(function*() {
          const { cluster, controller, repository, status } = yield* BadWorld
          assert.deepStrictEqual(toldOf(status, bad), said)
          const commit = yield* repository.commit(mended)
          for (const object of afterwards)
            yield* eventually(`${object} is mended`, valueOf(cluster, object), (value) => value === "mended")
          const after = yield* controller.inStepWith(commit)
          assert.deepStrictEqual(toldOf(after, bad), [])
        }))
    }

    it.effect("with everything mended, nothing is left to say", () =>
      Effect.gen(function*() {
        const { controller } = yield* BadWorld
        const status = yield* controller.status
        assert.deepStrictEqual(told(status), [])
        assert.strictEqual(status.total.failed + status.total.waiting + status.total.pending, 0)
      }))
  }
)
