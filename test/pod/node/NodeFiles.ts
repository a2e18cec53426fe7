// What the servers of a one-node cluster read: certificates, kubeconfigs, and their configuration. All of it in one folder.
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { issueCertificate, makeAuthority, makeKey, type Subject } from "../../cluster/Certificates.ts"
import { kubeconfigText } from "../../cluster/Kubeconfig.ts"

/** Of everything in the namespace: the API server, the Service that leads to it, and what tests put beside it. */
export const nodeAddress = "10.96.0.1"
export const nodeName = "node1"
export const apiServer = `https://${nodeAddress}:443`
export const pauseImage = "localhost/pause:1"

const containerd = (folder: string, runc: string) =>
  `version = 3
root = "${folder}/containerd/root"
state = "/run/containerd/state"
oom_score = 0
[grpc]
address = "/run/containerd/containerd.sock"
[plugins.'io.containerd.cri.v1.images']
snapshotter = "overlayfs"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = "${pauseImage}"
[plugins.'io.containerd.cri.v1.runtime']
restrict_oom_score_adj = true
disable_apparmor = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = ["/usr/lib/cni"]
conf_dir = "${folder}/cni"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
BinaryName = "${runc}"
SystemdCgroup = false
`

const network = {
  cniVersion: "0.4.0",
  name: "pods",
  plugins: [{
    type: "ptp",
    ipam: { type: "host-local", subnet: "10.244.0.0/24", routes: [{ dst: "0.0.0.0/0" }], dataDir: "/run/cni-addresses" }
  }]
}

const kubelet = (folder: string) => ({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  authentication: { x509: { clientCAFile: `${folder}/ca.crt` }, webhook: { enabled: true } },
  authorization: { mode: "Webhook" },
  cgroupDriver: "cgroupfs",
  cgroupsPerQOS: false,
  containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
  enforceNodeAllocatable: [],
  // However full the disk of the machine is, nothing is thrown out for that.
  evictionHard: { "memory.available": "50Mi" },
  failCgroupV1: false,
  failSwapOn: false,
  imageGCHighThresholdPercent: 100,
  makeIPTablesUtilChains: false,
  oomScoreAdj: 0,
  podLogsDir: `${folder}/pod-logs`,
  resolvConf: `${folder}/resolv.conf`,
  // How soon a changed ConfigMap or Secret is seen in a pod. By default a minute.
  syncFrequency: "2s",
  tlsCertFile: `${folder}/kubelet.crt`,
  tlsPrivateKeyFile: `${folder}/kubelet.key`
})

export const writeNodeFiles = (folder: string, runc: string): void => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 })
  for (const name of ["cni", "containerd", "pod-logs"]) mkdirSync(join(folder, name))
  const authority = makeAuthority("test authority")
  const issue = (name: string, subject: Subject) => {
    const pair = issueCertificate(authority, subject)
    write(`${name}.crt`, pair.certificate)
    write(`${name}.key`, pair.key)
    return kubeconfigText({ server: apiServer, ca: authority.certificate, user: pair })
  }
  write("ca.crt", authority.certificate)
  write("service-accounts.key", makeKey())
  issue("server", { commonName: "kube-apiserver", hosts: ["127.0.0.1", nodeAddress] })
  write("admin.kubeconfig", issue("admin", { commonName: "admin", organizations: ["system:masters"] }))
  const node = { commonName: `system:node:${nodeName}`, organizations: ["system:nodes"] }
  write("kubelet.kubeconfig", issue("kubelet", { ...node, hosts: [nodeName, nodeAddress] }))
  write("kubelet.json", JSON.stringify(kubelet(folder)))
  write("containerd.toml", containerd(folder, runc))
  write("cni/pods.conflist", JSON.stringify(network))
  writeFileSync(join(folder, "resolv.conf"), "")
}
