/** What `kubectl apply` was given, as it notes it on the object itself. Pure. */
import { decodeObject } from "../../manifest/JsonText.ts"
import type { JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import type { KubernetesObject } from "../KubernetesObject.ts"

const annotation = "kubectl.kubernetes.io/last-applied-configuration"

const read = (text: string): JsonObject | undefined => {
  try {
    return decodeObject(text)
  } catch {
    return undefined
  }
}

/** `undefined` when there is none, or it is of another object (copied along with it), or in another version of the kind. */
export const lastApplied = ({ apiVersion, kind, metadata }: KubernetesObject): JsonObject | undefined => {
  const text = metadata.annotations?.[annotation]
  const applied = text === undefined ? undefined : read(text)
  const meant = applied?.["metadata"]
  const isOurs = isObject(meant) && meant["name"] === metadata.name
  return isOurs && applied?.["kind"] === kind && applied["apiVersion"] === apiVersion ? applied : undefined
}
