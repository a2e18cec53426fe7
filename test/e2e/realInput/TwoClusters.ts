// Two fresh clusters that were given the same manifests: one by kubectl, one by the controller.
import { Context, Effect, Layer } from "effect"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Status } from "../../../src/http/Status.ts"
import { startControlPlane, type StartedControlPlane } from "../../cluster/StartedControlPlane.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { startController } from "../Controller.ts"
import { type ManifestFile, type ManifestSets, manifestSets } from "./ManifestSets.ts"
import { type RawObject, type StoredObject, storedObject } from "./StoredObject.ts"

/** Both write under this name, so that what they own can be compared. */
const fieldManager = "gitops-controller"

/** Kinds that only a rule that names them covers. */
const rules = [{ resources: ["pods", "replicasets"], syncTo: "kubernetes" }, { syncTo: "kubernetes" }]

const describes = ({ keys }: ManifestFile, kind: RegExp) => keys.some((key) => kind.test(key))

/** kubectl takes the files as they come: what others need has to come in a command before. */
const inOrder = (files: ReadonlyArray<ManifestFile>): ReadonlyArray<ReadonlyArray<ManifestFile>> => {
  const step = (file: ManifestFile) =>
    describes(file, /^(CustomResourceDefinition|Namespace)\b/) ? 0 : describes(file, /^\w+Class\b/) ? 1 : 2
  return [0, 1, 2].map((at) => files.filter((file) => step(file) === at))
}

const writeFiles = (files: ReadonlyArray<ManifestFile>) =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-manifests-")
    for (const { bytes, path } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), bytes)
    }
    return folder
  })

const applyByKubectl = (cluster: StartedControlPlane, files: ReadonlyArray<ManifestFile>) =>
  Effect.gen(function*() {
    const options = ["--server-side", "--force-conflicts", `--field-manager=${fieldManager}`, "--recursive"]
    for (const step of inOrder(files)) {
      yield* cluster.kubectlOk(["apply", ...options, "-f", yield* writeFiles(step)])
      yield* cluster.kubectlOk(["wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"])
    }
  })

/** Starts a controller, waits until it is in step with all of it, and stops it. */
const applyByController = Effect.fnUntraced(
  function*(cluster: StartedControlPlane, files: ReadonlyArray<ManifestFile>) {
    const repository = yield* bareRepository()
    const commit = yield* repository.commit(Object.fromEntries(files.map(({ bytes, path }) => [path, bytes])))
    const config = { gitUrl: repository.url, rules, fieldManager }
    return yield* Effect.gen(function*() {
      const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config })
      return yield* controller.inStepWith(commit, { within: 120_000, every: 250 })
    }).pipe(Effect.scoped, (once) => Effect.map(once, (status) => ({ status, again: once })))
  }
)

/** All objects that the files describe and the cluster has, by key. */
const stored = (cluster: StartedControlPlane, folder: string) =>
  cluster.kubectlJson<{ readonly items: ReadonlyArray<RawObject> }>([
    "get",
    "--recursive",
    "-f",
    folder,
    "--ignore-not-found",
    "--show-managed-fields"
  ]).pipe(
    Effect.map(({ items }) => items.map((item) => storedObject(item, fieldManager))),
    Effect.map((objects): ReadonlyMap<string, StoredObject> => new Map(objects.map((object) => [object.key, object])))
  )

export interface BothStored {
  readonly byKubectl: ReadonlyMap<string, StoredObject>
  readonly byController: ReadonlyMap<string, StoredObject>
}

export class TwoClusters extends Context.Service<TwoClusters, {
  readonly sets: ManifestSets
  /** The cluster that kubectl filled. */
  readonly theirs: StartedControlPlane
  /** The cluster that the controller filled. */
  readonly ours: StartedControlPlane
  /** Of the controller, in step with all of it; then it was stopped. */
  readonly status: Status
  /** The same from another run of the controller. */
  readonly again: Effect.Effect<Status>
  /** What both have now of the objects that these files describe. */
  readonly read: (files: ReadonlyArray<ManifestFile>) => Effect.Effect<BothStored>
}>()("test/TwoClusters") {
  static readonly layer = Layer.effect(
    TwoClusters,
    Effect.gen(function*() {
      const sets = yield* manifestSets
      const [theirs, ours] = yield* Effect.all([startControlPlane({ audit: false }), startControlPlane()], {
        concurrency: 2
      })
      const [, { again, status }] = yield* Effect.all(
        [applyByKubectl(theirs, sets.files), applyByController(ours, sets.files)],
        { concurrency: 2 }
      )
      const read = (files: ReadonlyArray<ManifestFile>) =>
        Effect.gen(function*() {
          const folder = yield* writeFiles(files)
          const [byKubectl, byController] = yield* Effect.all([stored(theirs, folder), stored(ours, folder)], {
            concurrency: 2
          })
          return { byKubectl, byController }
        }).pipe(Effect.scoped, Effect.orDie)
      return { sets, theirs, ours, status, again: Effect.orDie(again), read }
    })
  )
}
