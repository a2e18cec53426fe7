/** What the control plane makes in every cluster, or keeps for itself: no rule has it written to Git. */
import { sameData } from "../edit/SameData.ts"
import type { Json, JsonObject } from "../Manifest.ts"
import { type GroupKind, type KindId, kindId } from "../ObjectKey.ts"
import { isObject } from "../ServerFields.ts"
import { portable } from "./portable.ts"
import { type Path, valueAt } from "./Row.ts"

/** All that is given must hold; at a path, any of the values, or any value at all where none is given. */
interface Nature {
  readonly namespace?: string
  readonly named?: ReadonlyArray<string>
  /** What the name begins with. */
  readonly nameBegins?: string
  readonly at?: Path
  readonly is?: ReadonlyArray<Json>
  /** Nothing is set but the name. */
  readonly isBare?: true
  /** The end of a sentence that begins with the object. */
  readonly reason: string
}

const label = (name: string): Path => ["metadata", "labels", name]
const annotation = (name: string): Path => ["metadata", "annotations", name]

const furniture = "is made by the control plane in every cluster"
const inEachNamespace = "is made by the control plane in every namespace"
const kept = "is kept up to date by the API server"
const fromService = "is made from a Service by the control plane"
const token = "holds a token that the control plane made"
const release = "is how Helm remembers a release"
const passing = "is a report, and not kept"
const state = "says how things are at the moment"

const ofAnyKind: ReadonlyArray<Nature> = [
  { at: annotation("control-plane.alpha.kubernetes.io/leader"), reason: "is how processes agree on a leader" },
  { at: label("kubernetes.io/bootstrapping"), is: ["rbac-defaults"], reason: furniture },
  { at: annotation("apf.kubernetes.io/autoupdate-spec"), is: ["true"], reason: kept }
]

const byKind: ReadonlyMap<KindId, ReadonlyArray<Nature>> = new Map<KindId, ReadonlyArray<Nature>>([
  ["ConfigMap", [
    { named: ["kube-root-ca.crt", "openshift-service-ca.crt"], reason: inEachNamespace },
    {
      namespace: "kube-system",
      named: ["extension-apiserver-authentication", "kube-apiserver-legacy-service-account-token-tracking"],
      reason: furniture
    },
    { nameBegins: "sh.helm.release.v1.", reason: release }
  ]],
  ["Secret", [
    { at: ["type"], is: ["kubernetes.io/service-account-token"], reason: token },
    { at: ["type"], is: ["helm.sh/release.v1"], reason: release }
  ]],
  ["ServiceAccount", [{ named: ["default"], isBare: true, reason: inEachNamespace }]],
  ["Namespace", [{ named: ["default", "kube-node-lease", "kube-public", "kube-system"], reason: furniture }]],
  ["Service", [{ namespace: "default", named: ["kubernetes"], reason: furniture }]],
  ["Endpoints", [
    { namespace: "default", named: ["kubernetes"], reason: furniture },
    { at: label("endpoints.kubernetes.io/managed-by"), is: ["endpoint-controller"], reason: fromService },
    { at: annotation("endpoints.kubernetes.io/last-change-trigger-time"), reason: fromService }
  ]],
  ["EndpointSlice.discovery.k8s.io", [
    { namespace: "default", named: ["kubernetes"], reason: furniture },
    {
      at: label("endpointslice.kubernetes.io/managed-by"),
      is: ["endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io"],
      reason: fromService
    }
  ]],
  ["IPAddress.networking.k8s.io", [
    { at: label("ipaddress.kubernetes.io/managed-by"), is: ["ipallocator.k8s.io"], reason: fromService }
  ]],
  ["ServiceCIDR.networking.k8s.io", [{ named: ["kubernetes"], reason: furniture }]],
  ["Lease.coordination.k8s.io", [{ at: ["spec", "renewTime"], reason: "is how a process shows that it lives" }]],
  ["LeaseCandidate.coordination.k8s.io", [{ reason: "is how processes agree on a leader" }]],
  ["Pod", [{
    at: annotation("kubernetes.io/config.mirror"),
    reason: "is made by the kubelet from a file of its node"
  }]],
  ["PriorityClass.scheduling.k8s.io", [{ nameBegins: "system-", reason: furniture }]],
  ["APIService.apiregistration.k8s.io", [{ at: label("kube-aggregator.kubernetes.io/automanaged"), reason: kept }]],
  ["ClusterTrustBundle.certificates.k8s.io", [{ nameBegins: "kubernetes.io:", reason: furniture }]],
  ["CSINode.storage.k8s.io", [{ reason: "is made by the kubelet" }]],
  ["CSIStorageCapacity.storage.k8s.io", [{ reason: state }]],
  ["VolumeAttachment.storage.k8s.io", [{ reason: state }]],
  ["ResourceSlice.resource.k8s.io", [{ reason: state }]],
  ["StorageVersion.internal.apiserver.k8s.io", [{ reason: kept }]],
  ["ComponentStatus", [{ reason: state }]],
  ["Event", [{ reason: passing }]],
  ["Event.events.k8s.io", [{ reason: passing }]],
  ["NodeMetrics.metrics.k8s.io", [{ reason: passing }]],
  ["PodMetrics.metrics.k8s.io", [{ reason: passing }]]
])

const isIdentity = (value: Json | undefined) =>
  isObject(value) && Object.keys(value).every((name) => name === "name" || name === "namespace")

const isBare = (kind: GroupKind, object: JsonObject) =>
  Object.entries(portable(kind, object)).every(([name, value]) =>
    name === "metadata" ? isIdentity(value) : name === "apiVersion" || name === "kind"
  )

const holds = (nature: Nature, kind: GroupKind, object: JsonObject): boolean => {
  const name = valueAt(object, ["metadata", "name"])
  if (nature.namespace !== undefined && valueAt(object, ["metadata", "namespace"]) !== nature.namespace) return false
  if (nature.named !== undefined && !(typeof name === "string" && nature.named.includes(name))) return false
  if (nature.nameBegins !== undefined && !(typeof name === "string" && name.startsWith(nature.nameBegins))) return false
  if (nature.at !== undefined) {
    const value = valueAt(object, nature.at)
    if (value === undefined || !(nature.is?.some((wanted) => sameData(wanted, value)) ?? true)) return false
  }
  return nature.isBare === undefined || isBare(kind, object)
}

const none: ReadonlyArray<Nature> = []

/** Why a live object is none that anybody would keep in Git, as the end of a sentence that begins with it; `undefined`: it may be. */
export const notMirrored = (kind: GroupKind, object: JsonObject): string | undefined =>
  [...ofAnyKind, ...byKind.get(kindId(kind)) ?? none].find((nature) => holds(nature, kind, object))?.reason
