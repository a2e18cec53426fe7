// A cluster whose volumes and snapshots are real: a control plane with all its controllers, the snapshot controllers,
// the provisioner and the tests' own CSI driver, all as plain processes. They end with the scope, the last one first.
import { Effect, type Scope } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { ControlPlaneNotReady } from "../cluster/ApiServerProcess.ts"
import type { BinariesMissing } from "../cluster/BinariesMissing.ts"
import type { KubectlFailed } from "../cluster/Kubectl.ts"
import { snapshotCrds } from "../cluster/SnapshotCrds.ts"
import { startControlPlane, type StartedControlPlane } from "../cluster/StartedControlPlane.ts"
import { eventually, type NeverHappened } from "../process/Eventually.ts"
import { type ProcessNotStarted, startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { type CsiProgramName, findCsiPrograms } from "./CsiPrograms.ts"
import type { CsiProgramsMissing } from "./CsiProgramsMissing.ts"

export interface CsiOptions {
  /**
   * The storage: the driver's volumes and snapshots, made if missing. Two clusters with the same one play two clusters in one
   * cloud. Default: one of this cluster's own.
   */
  readonly cloud?: string
  /** Where etcd keeps everything, if that is to outlive the cluster, or comes from another one that has ended. */
  readonly data?: string
  /** Volumes can be used on some nodes only. Default: false. */
  readonly topology?: boolean
  /** The driver can say of a snapshot whether it is there, how large and how old. Default: true. */
  readonly listSnapshots?: boolean
  /** How long it takes until a snapshot is ready, as Go says it. Default: `0s`. */
  readonly readyAfter?: string
}

/** A call that the driver was asked for in this cluster. */
export interface CsiCall {
  readonly method: string
  readonly request: Readonly<Record<string, unknown>>
  /** `OK`, or the name of gRPC's code. */
  readonly code: string
}

export interface CsiCluster extends StartedControlPlane {
  readonly cloud: string
  /** Of these methods, the oldest first; what was asked again in the same words counts once. */
  readonly calls: (...methods: readonly [string, ...ReadonlyArray<string>]) => Effect.Effect<ReadonlyArray<CsiCall>>
}

export type CsiFailure =
  | BinariesMissing
  | CsiProgramsMissing
  | ControlPlaneNotReady
  | ProcessNotStarted
  | KubectlFailed
  | NeverHappened

/** The driver's own name, as StorageClasses call it. */
export const driverName = "directories.csi.test"

const patient = ["--retry-interval-max=5s", "--kube-api-qps=100", "--kube-api-burst=200"]

/** The sidecars repeat a call until they know what came of it. */
const callsIn = (log: string): ReadonlyArray<CsiCall> =>
  [...new Set(readFileSync(log, "utf8").split("\n"))].filter((line) => line !== "").map((line): CsiCall =>
    JSON.parse(line)
  )

/** Ready in about 7 s: without classes, volumes or anything else but the snapshot CRDs, unless `data` has them. */
export const startCsiCluster = (options: CsiOptions = {}): Effect.Effect<CsiCluster, CsiFailure, Scope.Scope> =>
  Effect.gen(function*() {
    const programs = yield* findCsiPrograms()
    const crds = yield* snapshotCrds()
    const plane = yield* startControlPlane({
      controllerManager: true,
      controllerManagerArguments: ["--pvclaimbinder-sync-period=5s"],
      ...(options.data === undefined ? {} : { data: options.data })
    })
    yield* plane.kubectlOk(["apply", "--server-side", "-f", crds])
    yield* plane.kubectlOk(["wait", "--for=condition=Established", "--timeout=30s", "-f", crds])

    const folder = yield* temporaryFolder("csi-") // short: the path of a socket has at most 107 bytes
    const cloud = options.cloud ?? join(folder, "cloud")
    const [socket, log] = [join(folder, "csi.sock"), join(folder, "calls.log")]
    const start = (name: CsiProgramName, args: ReadonlyArray<string>) =>
      startProcess({ command: programs[name], args, folder, name, graceMillis: 2000 })
    const controller = (name: CsiProgramName, ...args: ReadonlyArray<string>) =>
      start(name, [`--kubeconfig=${plane.kubeconfig}`, ...patient, ...args])

    yield* start("csi-driver", [
      `--socket=${socket}`,
      `--state=${cloud}`,
      `--name=${driverName}`,
      `--log=${log}`,
      `--topology=${options.topology ?? false}`,
      `--list-snapshots=${options.listSnapshots ?? true}`,
      `--ready-after=${options.readyAfter ?? "0s"}`
    ])
    yield* eventually("the CSI driver listens", Effect.sync(() => existsSync(socket)), (there) => there)
    const atDriver = [`--csi-address=${socket}`, "--extra-create-metadata"]
    yield* controller("snapshot-controller")
    yield* controller("csi-snapshotter", ...atDriver)
    yield* controller("csi-provisioner", ...atDriver)
    return {
      ...plane,
      cloud,
      calls: (...methods) => Effect.sync(() => callsIn(log).filter(({ method }) => methods.includes(method)))
    }
  })
