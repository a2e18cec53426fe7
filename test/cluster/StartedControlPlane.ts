// etcd, kube-apiserver and, if asked for, kube-controller-manager as plain processes on loopback, RBAC on,
// certificates made afresh. Ends with its scope, or with this process.
import { Effect, type Scope } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { type ProcessNotStarted, startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { makeAdminRequest } from "./AdminRequest.ts"
import { awaitReady, type ControlPlaneNotReady, isPortTaken, makeApiServer } from "./ApiServerProcess.ts"
import { apiServerArguments, controllerManagerArguments, etcdArguments } from "./Arguments.ts"
import { auditPolicy } from "./AuditLog.ts"
import { type BinaryName, findBinaries } from "./Binaries.ts"
import type { BinariesMissing } from "./BinariesMissing.ts"
import { issueCertificate, makeAuthority, makeKey } from "./Certificates.ts"
import {
  connectControlPlane,
  type ControlPlaneAddress,
  type ControlPlaneHandle,
  kubeconfigFileOf
} from "./ControlPlane.ts"
import { freePort } from "./FreePort.ts"
import { kubeconfigText } from "./Kubeconfig.ts"

export interface ControlPlaneOptions {
  /** Namespaces and owners are cleaned up, ServiceAccounts are made, ReplicaSets appear. Default: false. */
  readonly controllerManager?: boolean
  /** Default: true. */
  readonly audit?: boolean
  /** Added to kube-apiserver's. */
  readonly apiServerArguments?: ReadonlyArray<string>
  /** Added to kube-controller-manager's. */
  readonly controllerManagerArguments?: ReadonlyArray<string>
  /** Where etcd keeps everything, if that is to outlive the control plane, or comes from another one that has ended. */
  readonly data?: string
}

export interface StartedControlPlane extends ControlPlaneHandle {
  readonly address: ControlPlaneAddress
  /** SIGTERM, as an orderly shutdown. Returns once it has ended. */
  readonly stopApiServer: Effect.Effect<void>
  /** SIGKILL: connections just break. */
  readonly killApiServer: Effect.Effect<void>
  /** On the same port, with everything it had stored. Returns once it is ready. */
  readonly startApiServer: Effect.Effect<void, ControlPlaneNotReady | ProcessNotStarted>
}

/** Starts a control plane of the caller's own. Ready in about 4 s. */
export const startControlPlane = (
  options: ControlPlaneOptions = {}
): Effect.Effect<StartedControlPlane, BinariesMissing | ControlPlaneNotReady | ProcessNotStarted, Scope.Scope> =>
  Effect.gen(function*() {
    const names: ReadonlyArray<BinaryName> = ["etcd", "kube-apiserver", "kubectl"]
    const binaries = yield* findBinaries<BinaryName>(
      options.controllerManager === true ? [...names, "kube-controller-manager"] : names
    )
    const folder = yield* temporaryFolder("gitops-cluster-")
    const authority = makeAuthority("test authority")
    const admin = issueCertificate(authority, { commonName: "admin", organizations: ["system:masters"] })
    const serving = issueCertificate(authority, { commonName: "kube-apiserver", hosts: ["127.0.0.1", "localhost"] })
    const write = (file: string, text: string) =>
      Effect.sync(() => writeFileSync(join(folder, file), text, { mode: 0o600 }))
    yield* write("ca.crt", authority.certificate)
    yield* write("server.crt", serving.certificate)
    yield* write("server.key", serving.key)
    yield* write("service-accounts.key", makeKey())
    yield* write("audit-policy.json", auditPolicy)

    yield* startProcess({
      command: binaries.etcd,
      args: etcdArguments(folder, options.data),
      folder,
      graceMillis: 2000
    })

    const tls = { ca: authority.certificate, ...admin }
    const apiServer = yield* makeApiServer({
      command: binaries["kube-apiserver"],
      args: (port) => apiServerArguments(folder, port, options),
      folder,
      tls
    })
    const port = yield* Effect.tap(freePort, apiServer.start).pipe(Effect.retry({ times: 5, while: isPortTaken }))
    const server = `https://127.0.0.1:${port}`
    const address = { server, folder, authority, admin, kubectlPath: binaries.kubectl }
    const kubeconfig = kubeconfigText({ server, ca: authority.certificate, user: admin })
    yield* Effect.sync(() => writeFileSync(kubeconfigFileOf(folder), kubeconfig, { mode: 0o600 }))

    if (options.controllerManager === true) {
      const manager = yield* startProcess({
        command: binaries["kube-controller-manager"],
        args: [
          ...controllerManagerArguments(folder, kubeconfigFileOf(folder)),
          ...options.controllerManagerArguments ?? []
        ],
        folder
      })
      const request = makeAdminRequest(server, tls)
      const made = request("/api/v1/namespaces/default/serviceaccounts/default")
      yield* awaitReady(server, manager, Effect.map(made, ({ status }) => status === 200))
    }
    return {
      ...connectControlPlane(address),
      address,
      stopApiServer: apiServer.stop,
      killApiServer: apiServer.kill,
      startApiServer: apiServer.start(port).pipe(Effect.retry({ times: 20, while: isPortTaken }))
    }
  })
