import { assert, layer } from "@effect/vitest"
import { Effect, Semaphore } from "effect"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { startController } from "./Controller.ts"
import { type Edit, first, manifestOf, storm } from "./editStorm.ts"

const edits = Number(process.env["GITOPS_EDITS"] ?? "1000")
const seed = process.env["GITOPS_SEED"] ?? "image and replicas"

const rules = [
  {
    resources: ["deployments"],
    filters: ["/spec/replicas", "/spec/template/spec/containers/*/image"],
    syncTo: "ignore"
  },
  { syncTo: "kubernetes" }
]

interface Live {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> }
  readonly spec: {
    readonly minReadySeconds?: number
    readonly replicas: number
    readonly template: {
      readonly spec: {
        readonly containers: ReadonlyArray<{
          readonly name: string
          readonly image: string
          readonly env?: ReadonlyArray<{ readonly name: string; readonly value: string }>
        }>
      }
    }
  }
}

/** The object of a watch event, a line of JSON. */
const objectOf = (line: string): Live => {
  const { object }: { readonly object: Live } = JSON.parse(line)
  return object
}

const imageOf = ({ spec }: Live) => spec.template.spec.containers.find(({ name }) => name === "app")?.image

/** Without repetitions. */
const steps = <A>(values: ReadonlyArray<A>) =>
  values.filter((value, index) => index === 0 || value !== values[index - 1])

/** What commits state; an annotation of people's begins with `own-`. */
const notesOf = ({ metadata }: Live) =>
  Object.fromEntries(Object.entries(metadata.annotations).filter(([key]) => key === "team" || /^k\d$/.test(key)))

/** A Deployment under the controller, and every version of it that the API server shows. */
const setUp = Effect.gen(function*() {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("storm")
  const repository = yield* bareRepository()
  const commit = (stated: typeof first) => repository.commit({ "web.json": manifestOf(namespace, stated) })
  const begin = yield* commit(first)
  const config = { gitUrl: repository.url, stateNamespace: `${namespace}-state`, rules }
  const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config })
  yield* controller.inStepWith(begin)
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`
  const watch = yield* startProcess({
    command: cluster.kubectlPath,
    args: ["--kubeconfig", cluster.kubeconfig, "get", "--raw", `${path}?watch=1&timeoutSeconds=1000`],
    folder: yield* temporaryFolder("gitops-storm-"),
    name: "watch"
  })
  const versions = Effect.map(watch.stdout, (text) => text.split("\n").slice(0, -1).map(objectOf))
  yield* eventually("the watch is there", versions, (seen) => seen.length === 1)
  const patch = (where: string, manager: string, body: unknown) =>
    cluster.request(`${path}/web${where}?fieldManager=${manager}`, {
      contentType: where === "" ? "application/strategic-merge-patch+json" : "application/merge-patch+json",
      body: JSON.stringify(body)
    }).pipe(Effect.map(({ body, status }) => assert.strictEqual(status, 200, body)))
  const kubectl = (...args: ReadonlyArray<string>) => Effect.asVoid(cluster.kubectlOk(["-n", namespace, ...args]))
  return { cluster, namespace, commit, begin, controller, versions, patch, kubectl }
})

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("a Deployment of many masters", (it) => {
  it.effect(
    `keeps each one's fields over ${edits} random edits, and nothing is written in vain`,
    () =>
      Effect.gen(function*() {
        const { begin, cluster, commit, controller, kubectl, namespace, patch, versions } = yield* setUp
        const mark = yield* cluster.auditMark
        const turns = {
          Commit: yield* Semaphore.make(1),
          Scale: yield* Semaphore.make(1),
          SetImage: yield* Semaphore.make(1),
          Annotate: yield* Semaphore.make(1)
        }
        let last = begin
        const carryOut = Effect.fnUntraced(function*(edit: Edit, index: number) {
          switch (edit._tag) {
            case "Commit":
              last = yield* commit(edit.stated)
              return
            case "Scale":
              return yield* patch("/scale", "horizontal-pod-autoscaler", { spec: { replicas: edit.replicas } })
            case "Annotate":
              return yield* kubectl("annotate", "--overwrite", "deployment/web", `${edit.key}=${edit.value}`)
            case "SetImage":
              if (index % 3 === 0) return yield* kubectl("set", "image", "deployment/web", `app=${edit.image}`)
              return yield* patch("", "keel", {
                spec: { template: { spec: { containers: [{ name: "app", image: edit.image }] } } }
              })
          }
        })
        const all = storm(edits, seed)
        yield* Effect.forEach(all, (edit, index) => turns[edit._tag].withPermit(carryOut(edit, index)), {
          concurrency: 3,
          discard: true
        })
        yield* controller.inStepWith(last, { within: 60_000 })

        const tagged = <T extends Edit["_tag"]>(tag: T) =>
          all.filter((edit): edit is Extract<Edit, { readonly _tag: T }> => edit._tag === tag)
        const [commits, scales, images, annotations] = [
          tagged("Commit"),
          tagged("Scale"),
          tagged("SetImage"),
          tagged("Annotate")
        ]
        const wanted = commits.at(-1)?.stated ?? first
        const live = yield* cluster.kubectlJson<Live>(["get", "deployment", "web", "-n", namespace])
        const [app, ...sidecars] = live.spec.template.spec.containers
        assert.strictEqual(live.spec.minReadySeconds ?? 0, wanted.minReadySeconds)
        assert.deepStrictEqual(notesOf(live), { ...wanted.notes })
        assert.deepStrictEqual(Object.fromEntries((app?.env ?? []).map(({ name, value }) => [name, value])), wanted.env)
        assert.deepStrictEqual(sidecars.map(({ name }) => name).toSorted(), wanted.sidecars.toSorted())
        assert.deepInclude(
          live.metadata.annotations,
          Object.fromEntries(annotations.map(({ key, value }) => [key, value]))
        )

        const ours = (yield* cluster.auditSince(mark)).filter((request) =>
          request.write && request.code === 200 && request.resource === "deployments" &&
          request.namespace === namespace && request.userAgent.startsWith("gitops-controller")
        ).length
        assert.isAbove(ours, 0)
        const written = scales.length + images.length + annotations.length + ours
        yield* kubectl("annotate", "deployment/web", "the-end=true")
        const isLast = (seen: ReadonlyArray<Live>) => seen.at(-1)?.metadata.annotations["the-end"] !== undefined
        const seen = (yield* eventually("the watch has shown all", versions, isLast)).slice(0, -1)
        assert.strictEqual(seen.length, 1 + written, "each write makes a version of its own")
        const replicas = seen.map(({ spec }) => spec.replicas)
        assert.deepStrictEqual(steps(replicas), steps([first.replicas, ...scales.map((edit) => edit.replicas)]))
        assert.deepStrictEqual(steps(seen.map(imageOf)), steps([first.image, ...images.map(({ image }) => image)]))
      }),
    600_000
  )
})
