/** What a manifest says although nobody set it, since without it the object would mean something else, or nothing. Pure. */
import type { JsonObject } from "../../manifest/Manifest.ts"
import { type GroupKind, type KindId, kindId } from "../../manifest/ObjectKey.ts"

/**
 * A controller that binds such an object writes parts of its spec anew, and so takes them over from who set them; and a class that one of
 * a pair names and the other doesn't may keep both from ever being ready.
 */
const withWholeSpec: ReadonlySet<KindId> = new Set([
  "VolumeSnapshot.snapshot.storage.k8s.io",
  "VolumeSnapshotContent.snapshot.storage.k8s.io"
])

/** @param form What somebody set of the portable form. */
export const withTold = (kind: GroupKind, form: JsonObject, portable: JsonObject): JsonObject => {
  const { spec } = portable
  return spec !== undefined && withWholeSpec.has(kindId(kind)) ? { ...form, spec } : form
}
