/** Which claims what makes pods uses: by volume, and by the templates of a StatefulSet. Pure. */
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { type KindId, type ObjectId, objectId } from "../../manifest/ObjectKey.ts"
import { type Path, valueAt } from "../../manifest/portable/Row.ts"
import { isObject } from "../../manifest/ServerFields.ts"

const inTemplate: Path = ["spec", "template", "spec"]

/** Where the spec of the pods stands. */
const podSpecs: ReadonlyMap<KindId, Path> = new Map([
  ["CronJob.batch", ["spec", "jobTemplate", ...inTemplate]],
  ["DaemonSet.apps", inTemplate],
  ["Deployment.apps", inTemplate],
  ["Job.batch", inTemplate],
  ["Pod", ["spec"]],
  ["ReplicaSet.apps", inTemplate],
  ["ReplicationController", inTemplate],
  ["StatefulSet.apps", inTemplate]
])

const listAt = (object: JsonObject, path: Path): ReadonlyArray<Json> => {
  const value = valueAt(object, path)
  return Array.isArray(value) ? value : []
}

const textAt = (value: Json, path: Path): string | undefined => {
  const found = isObject(value) ? valueAt(value, path) : undefined
  return typeof found === "string" ? found : undefined
}

const byVolume = (manifest: JsonObject, podSpec: Path): ReadonlyArray<string> =>
  listAt(manifest, [...podSpec, "volumes"]).flatMap((volume) => {
    const name = textAt(volume, ["persistentVolumeClaim", "claimName"])
    return name === undefined ? [] : [name]
  })

const isOrdinal = (text: string) => /^\d+$/.test(text)

/** Those of its replicas, and any other that Git knows under such a name: a larger replica count would find it. */
const byTemplate = (manifest: JsonObject, name: string, known: ReadonlyArray<string>): ReadonlyArray<string> => {
  const replicas = valueAt(manifest, ["spec", "replicas"])
  const start = valueAt(manifest, ["spec", "ordinals", "start"])
  const [count, first] = [typeof replicas === "number" ? replicas : 1, typeof start === "number" ? start : 0]
  return listAt(manifest, ["spec", "volumeClaimTemplates"]).flatMap((template) => {
    const templateName = textAt(template, ["metadata", "name"])
    if (templateName === undefined) return []
    const prefix = `${templateName}-${name}-`
    return [
      ...Array.from({ length: Math.min(count, 1000) }, (_, at) => `${prefix}${first + at}`),
      ...known.filter((claim) => claim.startsWith(prefix) && isOrdinal(claim.slice(prefix.length)))
    ]
  })
}

/** @param known Claims that Git can bring back. */
export const claimsUsed = (
  kind: KindId,
  { name, namespace }: { readonly namespace: string; readonly name: string },
  manifest: JsonObject,
  known: Iterable<ObjectId>
): ReadonlySet<ObjectId> => {
  const podSpec = podSpecs.get(kind)
  if (podSpec === undefined) return new Set()
  const prefix = `${namespace}/`
  const here = [...known].flatMap((id) => id.startsWith(prefix) ? [id.slice(prefix.length)] : [])
  const names = [...byVolume(manifest, podSpec), ...byTemplate(manifest, name, here)]
  return new Set(names.map((claim) => objectId(namespace, claim)))
}

/** Whether objects of a kind make pods. */
export const makesPods = (kind: KindId): boolean => podSpecs.has(kind)
