/** Which fields no rule can take, in whatever kind: what says which object it is, what the server sets, the status. */
import { nearest } from "../manifest/Nearest.ts"
import { quoted } from "../manifest/quoted.ts"
import { serverSet } from "../manifest/ServerFields.ts"
import type { Filter, Segment } from "./Filter.ts"

const identity: ReadonlySet<string> = new Set(["generateName", "name", "namespace"])

const syncedMetadata = ["labels", "annotations", "finalizers", "ownerReferences"]

const metadataProblem = (segment: Segment | undefined): string | undefined => {
  if (segment === undefined) return undefined
  if (segment._tag === "Any") return `it would take the name too: write "/metadata" for labels and annotations`
  if (segment._tag === "Keys") return `"/metadata" is no list: write "/metadata/labels" or "/metadata/annotations"`
  const { name } = segment
  if (syncedMetadata.includes(name)) return undefined
  if (identity.has(name)) return "it says which object it is, so no rule can take it: take this line out"
  if (serverSet.has(name)) return "only the API server sets it, so no rule can take it: take this line out"
  return `metadata has no field ${quoted(name)} that can be synced: write ${
    quoted(`/metadata/${nearest(name, syncedMetadata) ?? "labels"}`)
  }`
}

/** Why a filter asks for what nobody may decide, or `undefined`. */
export const scopeProblem = ({ segments: [first, second] }: Filter): string | undefined => {
  if (first?._tag === "Any")
    return `it would take the name and the status too: begin with a field such as "/spec", or leave "filters" out to take the whole object`
  if (first?._tag !== "Field") return `an object is no list: begin with a field such as "/spec"`
  switch (first.name) {
    case "apiVersion":
    case "kind":
      return "it says which object it is, so no rule can take it: take this line out"
    case "status":
      return "the status is the cluster's report and is never synced: take this line out"
    case "metadata":
      return metadataProblem(second)
    default:
      return undefined
  }
}
