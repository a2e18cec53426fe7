// What the three servers are started with. Files are named relative to the control plane's folder, where they work:
// etcd listens on sockets in it, so only kube-apiserver needs a port.
import { auditFileOf, caFileOf } from "./ControlPlane.ts"

const etcdUrl = "unix://etcd:0"
const peerUrl = "unix://etcd-peer:0"

export const etcdArguments = (folder: string, data = `${folder}/etcd`): ReadonlyArray<string> => [
  "--name=test",
  `--data-dir=${data}`,
  `--listen-client-urls=${etcdUrl}`,
  `--advertise-client-urls=${etcdUrl}`,
  `--listen-peer-urls=${peerUrl}`,
  `--initial-advertise-peer-urls=${peerUrl}`,
  `--initial-cluster=test=${peerUrl}`,
  "--unsafe-no-fsync",
  "--log-level=warn"
]

export const apiServerArguments = (
  folder: string,
  port: number,
  options: {
    readonly controllerManager?: boolean
    readonly audit?: boolean
    readonly apiServerArguments?: ReadonlyArray<string>
  }
): ReadonlyArray<string> => [
  `--etcd-servers=unix://${folder}/etcd:0`,
  "--bind-address=127.0.0.1",
  `--secure-port=${port}`,
  "--advertise-address=192.0.2.1", // needed where there is no network; nothing uses it
  "--endpoint-reconciler-type=none",
  "--tls-cert-file=server.crt",
  "--tls-private-key-file=server.key",
  "--client-ca-file=ca.crt",
  "--service-account-key-file=service-accounts.key",
  "--service-account-signing-key-file=service-accounts.key",
  "--service-account-issuer=https://kubernetes.default.svc",
  "--service-cluster-ip-range=10.0.0.0/24",
  "--authorization-mode=RBAC",
  "--allow-privileged",
  "--profiling=false",
  // Nobody makes ServiceAccounts without kube-controller-manager, and then no Pod could be created.
  ...(options.controllerManager === true ? [] : ["--disable-admission-plugins=ServiceAccount"]),
  ...(options.audit === false
    ? []
    : ["--audit-policy-file=audit-policy.json", `--audit-log-path=${auditFileOf(folder)}`, "--audit-log-maxsize=0"]),
  ...(options.apiServerArguments ?? [])
]

export const controllerManagerArguments = (folder: string, kubeconfig: string): ReadonlyArray<string> => [
  `--kubeconfig=${kubeconfig}`,
  "--secure-port=0",
  `--root-ca-file=${caFileOf(folder)}`,
  "--service-account-private-key-file=service-accounts.key",
  "--kube-api-qps=1000",
  "--kube-api-burst=1000",
  "--leader-elect=false"
]
