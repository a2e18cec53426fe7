// What an API server and controllers set by themselves, and so may be another in another cluster. Stated here a second time, by hand:
// what is under test must not judge itself.
import type { Json, JsonObject } from "../../../../src/manifest/Manifest.ts"
import { isObject } from "../../../../src/manifest/ServerFields.ts"

/** By kind, `*` for all; `*` in a path is every item. A dot in a name is written `·`. */
const paths: Readonly<Record<string, ReadonlyArray<string>>> = {
  "*": [
    "status",
    "metadata.uid",
    "metadata.resourceVersion",
    "metadata.generation",
    "metadata.creationTimestamp",
    "metadata.managedFields",
    "metadata.annotations.kubectl·kubernetes·io/last-applied-configuration"
  ],
  Deployment: [
    "metadata.annotations.deployment·kubernetes·io/revision",
    "spec.template.metadata.annotations.kubectl·kubernetes·io/restartedAt"
  ],
  DaemonSet: [
    "metadata.annotations.deprecated·daemonset·template·generation",
    "spec.template.metadata.annotations.kubectl·kubernetes·io/restartedAt"
  ],
  Job: [
    "spec.selector.matchLabels.batch·kubernetes·io/controller-uid",
    ...["metadata", "spec.template.metadata"].flatMap((where) => [
      `${where}.labels.controller-uid`,
      `${where}.labels.batch·kubernetes·io/controller-uid`
    ])
  ],
  Service: ["spec.clusterIP", "spec.clusterIPs", "spec.ports.*.nodePort", "spec.healthCheckNodePort"],
  PersistentVolumeClaim: [
    "spec.volumeName",
    "metadata.annotations.pv·kubernetes·io/bind-completed",
    "metadata.annotations.pv·kubernetes·io/bound-by-controller",
    "metadata.annotations.volume·kubernetes·io/storage-provisioner",
    "metadata.annotations.volume·beta·kubernetes·io/storage-provisioner"
  ],
  PersistentVolume: ["spec.claimRef", "metadata.annotations.pv·kubernetes·io/bound-by-controller"],
  ServiceCIDR: ["metadata.finalizers"],
  ClusterRole: ["rules"]
}

const without = (value: Json, [first, ...rest]: ReadonlyArray<string>): Json | undefined => {
  if (first === undefined) return undefined
  if (Array.isArray(value)) return value.flatMap((item: Json) => without(item, rest) ?? [])
  if (!isObject(value) || !Object.hasOwn(value, first)) return value
  const { [first]: gone, ...others } = value
  const left = without(gone ?? null, rest)
  // A map in which nothing is left is not there without what the server set in it.
  const isGone = left === undefined || (rest.length > 0 && isObject(left) && Object.keys(left).length === 0)
  return isGone ? others : { ...others, [first]: left }
}

export const withoutServerSet = (object: JsonObject): JsonObject => {
  const kind = String(object["kind"])
  const isGathered = kind !== "ClusterRole" || object["aggregationRule"] !== undefined
  return [...paths["*"] ?? [], ...isGathered ? paths[kind] ?? [] : []].reduce<JsonObject>((left, path) => {
    const next = without(left, path.split(".").map((name) => name.replaceAll("·", ".")))
    return isObject(next) ? next : left
  }, object)
}
