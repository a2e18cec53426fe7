// One repository in which everything is right, and then goes wrong at once beside what stays right; a controller that syncs it.
import { Context, Effect, Layer } from "effect"
import type { Status } from "../../../src/http/Status.ts"
import type { AuditedRequest } from "../../cluster/AuditLog.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import type { KubectlFailed } from "../../cluster/Kubectl.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import type { NeverHappened } from "../../process/Eventually.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import type { Changes } from "../../remote/Changes.ts"
import { type Controller, startController } from "../Controller.ts"
import { type BadInput, configMap, namespace } from "./BadInput.ts"
import { brokenFiles } from "./BrokenFiles.ts"
import { foreignFiles } from "./ForeignFiles.ts"
import { refusedObjects } from "./RefusedObjects.ts"

/** By what is wrong, as a sentence of the tests. */
export const inputs: Readonly<Record<string, BadInput>> = { ...brokenFiles, ...foreignFiles, ...refusedObjects }

export const merged = (changes: ReadonlyArray<Changes | undefined>): Changes => Object.assign({}, ...changes)

export interface World {
  readonly repository: BareRepository
  readonly controller: Controller
  /** What stood in the cluster before it all went wrong: versions by object (`configmap/a`). */
  readonly versionsBefore: ReadonlyMap<string, string>
  readonly versions: Effect.Effect<ReadonlyMap<string, string>, KubectlFailed>
  /** The value that an object carries; `""` where there is no such object. */
  readonly value: (object: string) => Effect.Effect<string, KubectlFailed>
  /** What the cluster was asked since the commit that got everything wrong. */
  readonly requests: Effect.Effect<ReadonlyArray<AuditedRequest>, NeverHappened>
  /** In step with the commit that got everything wrong. */
  readonly status: Status
}

const everyVersion = "{range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}"

const versionsIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.trim().split("\n").map((line) => {
      const [object = "", version = ""] = line.split(" ")
      return [object.toLowerCase(), version]
    })
  )

export class BadWorld extends Context.Service<BadWorld, World>()("test/BadWorld") {
  static readonly layer = Layer.effect(
    BadWorld,
    Effect.gen(function*() {
      const { auditMark, auditSince, kubeconfig, kubectlOk } = yield* ControlPlane
      yield* kubectlOk(["create", "namespace", namespace])
      const here = (...args: ReadonlyArray<string>) => kubectlOk(["-n", namespace, ...args])
      const versions = here("get", "configmaps,secrets,services,deployments", "-o", `jsonpath=${everyVersion}`).pipe(
        Effect.map(versionsIn)
      )
      const repository = yield* bareRepository()
      const all = Object.values(inputs)
      const right = { "good/old.yaml": configMap("good-old", "before") }
      const first = yield* repository.commit(merged([right, ...all.map(({ before }) => before)]))
      const rules = [{ namespaces: [namespace, `${namespace}-*`], syncTo: "kubernetes" }]
      const controller = yield* startController({
        kubeconfig,
        config: { gitUrl: repository.url, stateNamespace: `${namespace}-state`, rules }
      })
      yield* controller.inStepWith(first, { within: 60_000 })
      const versionsBefore = yield* versions
      const stillRight = {
        "good/old.yaml": configMap("good-old", "good"),
        "good/new.yaml": configMap("good-new", "good")
      }
      const mark = yield* auditMark
      const second = yield* repository.commit(merged([stillRight, ...all.map(({ bad }) => bad)]))
      const status = yield* controller.inStepWith(second, { within: 60_000 })
      return {
        repository,
        controller,
        versionsBefore,
        versions,
        value: (object) => here("get", object, "--ignore-not-found", "-o", "jsonpath={.metadata.annotations.value}"),
        requests: auditSince(mark),
        status
      }
    })
  ).pipe(Layer.provideMerge(sharedControlPlane))
}
