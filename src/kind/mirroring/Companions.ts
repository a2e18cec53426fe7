/** Objects that are of no use in Git one without the other: a snapshot and its content go there in one commit. Pure. */
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import type { Json } from "../../manifest/Manifest.ts"
import { type GroupKind, type KindId, kindId, type ObjectKey } from "../../manifest/ObjectKey.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import * as Ruleset from "../../rules/Ruleset.ts"
import { mirrorsLife } from "./MirrorScope.ts"

const group = "snapshot.storage.k8s.io"
const snapshots: Ruleset.KindNames = {
  group,
  kind: "VolumeSnapshot",
  plural: "volumesnapshots",
  singular: "volumesnapshot",
  shortNames: ["vs"]
}
const contents: Ruleset.KindNames = {
  group,
  kind: "VolumeSnapshotContent",
  plural: "volumesnapshotcontents",
  singular: "volumesnapshotcontent",
  shortNames: ["vsc", "vscs"]
}

interface Companion {
  readonly names: Ruleset.KindNames
  readonly namespace: string
  readonly name: string
}

const at = (value: Json | undefined, ...path: ReadonlyArray<string>): string | undefined => {
  const found = path.reduce<Json | undefined>((node, name) => isObject(node) ? node[name] : undefined, value)
  return typeof found === "string" ? found : undefined
}

const named = (names: Ruleset.KindNames, namespace: string | undefined, name: string | undefined) =>
  namespace === undefined || name === undefined ? undefined : { names, namespace, name }

const companions: Readonly<Record<KindId, (object: KubernetesObject) => Companion | undefined>> = {
  [kindId(snapshots)]: (object) => named(contents, "", at(object, "status", "boundVolumeSnapshotContentName")),
  [kindId(contents)]: (object) =>
    named(
      snapshots,
      at(object, "spec", "volumeSnapshotRef", "namespace"),
      at(object, "spec", "volumeSnapshotRef", "name")
    )
}

/** What has to be in Git with an object, as far as the rules send it there. */
export const companionsOf = (
  kind: GroupKind,
  object: KubernetesObject,
  ruleset: Ruleset.Ruleset
): ReadonlyArray<ObjectKey> => {
  const companion = companions[kindId(kind)]?.(object)
  if (companion === undefined) return []
  const { name, namespace, names } = companion
  const ownership = Ruleset.ownership(Ruleset.forKind(ruleset, names), {
    namespace,
    name,
    git: undefined,
    live: object.metadata.labels
  })
  return mirrorsLife(ownership) ? [{ group, kind: names.kind, namespace, name }] : []
}
