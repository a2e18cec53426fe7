/** Objects as the watch has shown them last, within a bound: what is due soon need not be asked for again. */
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { encodeJson } from "../../manifest/JsonText.ts"
import type { ObjectId } from "../../manifest/ObjectKey.ts"

/** Characters of all of them as JSON. */
const most = 32 * 1024 * 1024

export interface ShownObjects {
  /** Unless there is no room. */
  readonly keep: (id: ObjectId, object: KubernetesObject) => void
  readonly drop: (id: ObjectId) => void
  readonly clear: () => void
  /** In this version alone; it is kept no longer. */
  readonly take: (id: ObjectId, resourceVersion: string | undefined) => KubernetesObject | undefined
}

export const makeShownObjects = (): ShownObjects => {
  const objects = new Map<ObjectId, { readonly object: KubernetesObject; readonly size: number }>()
  let total = 0
  const drop = (id: ObjectId): void => {
    total -= objects.get(id)?.size ?? 0
    objects.delete(id)
  }
  return {
    drop,
    clear: () => {
      objects.clear()
      total = 0
    },
    keep: (id, object) => {
      drop(id)
      if (total >= most) return
      const size = encodeJson(object).length
      objects.set(id, { object, size })
      total += size
    },
    take: (id, resourceVersion) => {
      const kept = objects.get(id)
      drop(id)
      return kept?.object.metadata.resourceVersion === resourceVersion ? kept?.object : undefined
    }
  }
}
