/** What a kind remembers of a live object for its way to Git: whether it can go there, and a digest that tells when that changes. Pure. */
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import type { GroupKind } from "../../manifest/ObjectKey.ts"
import { kindId } from "../../manifest/ObjectKey.ts"
import { notMirrored } from "../../manifest/portable/notMirrored.ts"
import { portable } from "../../manifest/portable/portable.ts"
import { unportable } from "../../manifest/portable/unportable.ts"
import * as KindScope from "../../rules/KindScope.ts"
import type { Live } from "../Tracked.ts"
import { portableDigest } from "./diff/PortableDigest.ts"

export type MirrorView = Pick<Live, "portable" | "unmirrored">

export const noView: MirrorView = { portable: undefined, unmirrored: undefined }

const because = (reason: string, isNatural: boolean): MirrorView => ({
  portable: undefined,
  unmirrored: { reason: `not written to Git: ${reason}`, isNatural }
})

const secret = "it is a Secret and needs encryption, which is not configured; nothing of it is ever written in clear"

/** Why an object must not be looked at further: it never goes to Git, whatever the rules say. */
export const neverMirrored = (
  kind: GroupKind,
  object: KubernetesObject,
  own: KindScope.Own
): MirrorView | undefined => {
  const { name, namespace = "" } = object.metadata
  const isOurs = kindId(kind) === "Namespace" && name === own.stateNamespace
  const belongs = isOurs
    ? "it belongs to the controller itself"
    : KindScope.neverSynced(kindId(kind), namespace, name, own)
  const natural = belongs ?? notMirrored(kind, object)
  if (natural !== undefined) return because(natural, true)
  return kindId(kind) === "Secret" ? because(secret, false) : undefined
}

/** The view of an object as the watch shows it. */
export const mirrorView = (kind: GroupKind, object: KubernetesObject, own: KindScope.Own): MirrorView => {
  const never = neverMirrored(kind, object, own)
  if (never !== undefined) return never
  const wait = unportable(kind, object)
  return wait === undefined
    ? { portable: portableDigest(portable(kind, object)), unmirrored: undefined }
    : because(wait, false)
}
