// Two clusters and one repository: the first is backed up, and lost; the second is empty, and is restored from Git.
import { Context, Effect, Layer, type Scope } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { ControlPlane, ControlPlaneHandle } from "../../cluster/ControlPlane.ts"
import type { KubectlFailed } from "../../cluster/Kubectl.ts"
import { startControlPlane } from "../../cluster/StartedControlPlane.ts"
import type { NeverHappened, Patience } from "../../process/Eventually.ts"
import type { ProcessNotStarted } from "../../process/RunningProcess.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { type Controller, runCommand } from "../Controller.ts"
import { type LifeOptions, type Mirroring, mirroring, type MirroringOptions } from "../mirroring/mirroring.ts"

/** Another cluster than the one that all tests share. */
export class NewCluster extends Context.Service<NewCluster, ControlPlaneHandle>()("test/NewCluster") {
  static readonly layer = Layer.effect(NewCluster, startControlPlane())
}

export const idFile = ".gitops-controller.yaml"

export const idOf = (cluster: ControlPlaneHandle) =>
  cluster.kubectlOk(["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"])

export interface Restoring extends Mirroring {
  readonly second: ControlPlaneHandle
  /** The controller in the new cluster. */
  readonly restore: (life?: LifeOptions) => Effect.Effect<Controller, ProcessNotStarted | NeverHappened, Scope.Scope>
  /** The command `restore`, about the new cluster. */
  readonly command: (...args: ReadonlyArray<string>) => ReturnType<typeof runCommand>
  /** The names of objects of a kind in the test's namespace of the new cluster. */
  readonly there: (kind: string) => Effect.Effect<ReadonlyArray<string>, KubectlFailed>
  /** In the test's namespace of the new cluster. */
  readonly inSecond: (...args: ReadonlyArray<string>) => Effect.Effect<string, KubectlFailed>
}

/** Who was killed is waited for so long. */
const lease = { duration: "2s", renew: "1s", retry: "200ms" }

export const restoring = (
  options: MirroringOptions = {}
): Effect.Effect<Restoring, KubectlFailed, ControlPlane | NewCluster | Scope.Scope> =>
  Effect.gen(function*() {
    const second = yield* NewCluster
    const bed = yield* mirroring({ ...options, config: { restore: "auto", lease, ...options.config } })
    const inSecond: Restoring["inSecond"] = (...args) => second.kubectlOk(["-n", bed.namespace, ...args])
    return {
      ...bed,
      second,
      restore: (life = {}) => bed.start({ kubeconfig: second.kubeconfig, ...life }),
      inSecond,
      command: (...args) =>
        Effect.gen(function*() {
          const folder = yield* temporaryFolder("gitops-restore-")
          yield* Effect.sync(() => writeFileSync(join(folder, "config.yaml"), JSON.stringify(bed.config())))
          return yield* runCommand(["restore", ...args, "--kubeconfig", second.kubeconfig], folder)
        }),
      there: (kind) =>
        Effect.map(
          inSecond("get", kind, "-o", "jsonpath={.items[*].metadata.name}"),
          (names) => names.split(" ").filter((name) => name !== "" && name !== "kube-root-ca.crt")
        )
    }
  })

/** Waits until it is done, and says so. */
export const isRestored = (controller: Controller, patience?: Patience) =>
  controller.until("it says so", ({ phase, settled }) => phase === "restored, syncing" && settled, patience)

/** The first cluster is lost: its controller is killed and never comes back. */
export const lose = ({ process }: Controller) => Effect.andThen(process.signal("SIGKILL"), process.exit)
