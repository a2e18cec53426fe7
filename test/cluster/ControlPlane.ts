// A running control plane as tests see it: kubectl, namespaces, users with their own rights, the audit log.
// `StartedControlPlane` starts one; `sharedControlPlane` gives the one of the whole test run.
import { Context, Effect, type Scope } from "effect"
import { randomBytes } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { type AdminRequest, makeAdminRequest } from "./AdminRequest.ts"
import { type AuditLog, makeAuditLog } from "./AuditLog.ts"
import { issueCertificate, type KeyPair } from "./Certificates.ts"
import { kubeconfigText } from "./Kubeconfig.ts"
import { type Kubectl, type KubectlFailed, makeKubectl } from "./Kubectl.ts"

/** All it takes to use a control plane from another process. */
export interface ControlPlaneAddress {
  /** `https://127.0.0.1:<port>` */
  readonly server: string
  /** Ends with the control plane. */
  readonly folder: string
  /** The authority that signs the server's and all clients' certificates. */
  readonly authority: KeyPair
  readonly admin: KeyPair
  readonly kubectlPath: string
}

export interface ControlPlaneHandle extends Kubectl, AuditLog {
  readonly server: string
  /** PEM. */
  readonly ca: string
  readonly caFile: string
  /** The kubeconfig file of an admin (`O=system:masters`). */
  readonly kubeconfig: string
  /** The kubectl program that fits the server. */
  readonly kubectlPath: string
  /** A kubeconfig file for a user without any rights but those the test binds. */
  readonly kubeconfigFor: (user: string, groups?: ReadonlyArray<string>) => Effect.Effect<string, never, Scope.Scope>
  /** A new namespace of the test's own; it ends with the control plane. */
  readonly namespace: (prefix?: string) => Effect.Effect<string, KubectlFailed>
  /** GET as an admin, bare. */
  readonly request: AdminRequest
}

export const kubeconfigFileOf = (folder: string): string => join(folder, "admin.kubeconfig")
export const caFileOf = (folder: string): string => join(folder, "ca.crt")
export const auditFileOf = (folder: string): string => join(folder, "audit.log")

export class ControlPlane extends Context.Service<ControlPlane, ControlPlaneHandle>()("test/ControlPlane") {}

export const connectControlPlane = (address: ControlPlaneAddress): ControlPlaneHandle => {
  const { authority, folder, kubectlPath, server } = address
  const kubeconfig = kubeconfigFileOf(folder)
  const request = makeAdminRequest(server, { ca: authority.certificate, ...address.admin })
  const kubectl = makeKubectl({ path: kubectlPath, kubeconfig, cacheFolder: join(folder, "kubectl-cache") })
  return {
    ...kubectl,
    ...makeAuditLog(auditFileOf(folder), request),
    server,
    ca: authority.certificate,
    caFile: caFileOf(folder),
    kubeconfig,
    kubectlPath,
    request,
    kubeconfigFor: (commonName, organizations = []) =>
      Effect.gen(function*() {
        const file = join(yield* temporaryFolder("gitops-user-"), "kubeconfig")
        const user = issueCertificate(authority, { commonName, organizations })
        yield* Effect.sync(() =>
          writeFileSync(file, kubeconfigText({ server, ca: authority.certificate, user }), { mode: 0o600 })
        )
        return file
      }),
    namespace: (prefix = "test") => {
      const name = `${prefix}-${randomBytes(4).toString("hex")}`
      return kubectl.kubectlOk(["create", "namespace", name]).pipe(Effect.as(name))
    }
  }
}
