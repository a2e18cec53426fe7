/** Field managers of Kubernetes itself and of what runs a cluster's storage: what they set, no person or tool asked for. */

const names: ReadonlySet<string> = new Set([
  "cloud-controller-manager",
  "clusterrole-aggregation-controller",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "openshift-controller-manager",
  "snapshot-controller",
  // distributions in which one process is all of them
  "hyperkube",
  "k3s",
  "kubelite"
])

/** `csi-provisioner`, `external-attacher` and their like. */
const sidecar = /^(?:csi|external)-(?:attacher|provisioner|resizer|snapshotter)$/

export const isControlPlane = (fieldManager: string): boolean => names.has(fieldManager) || sidecar.test(fieldManager)
