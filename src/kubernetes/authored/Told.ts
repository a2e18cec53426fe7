/** What a manifest says although nobody set it, since without it the object would mean something else elsewhere. Pure. */
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { type GroupKind, type KindId, kindId } from "../../manifest/ObjectKey.ts"
import { isObject } from "../../manifest/ServerFields.ts"

/** Fields of `spec`. */
const fields: ReadonlyMap<KindId, string> = new Map([
  // Its content names the class too: one of them alone may never become ready.
  ["VolumeSnapshot.snapshot.storage.k8s.io", "volumeSnapshotClassName"]
])

const inSpec = ({ spec }: JsonObject, name: string): Json | undefined => isObject(spec) ? spec[name] : undefined

/** @param form What somebody set of the portable form. */
export const withTold = (kind: GroupKind, form: JsonObject, portable: JsonObject): JsonObject => {
  const name = fields.get(kindId(kind))
  const value = name === undefined ? undefined : inSpec(portable, name)
  if (name === undefined || value === undefined || inSpec(form, name) !== undefined) return form
  return { ...form, spec: { ...isObject(form["spec"]) ? form["spec"] : {}, [name]: value } }
}
