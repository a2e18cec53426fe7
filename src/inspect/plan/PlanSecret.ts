/** Values of Secrets are never told, only that they change. What an object of any other kind holds is told as it is. Pure. */
import type { FieldPath } from "../../manifest/FieldPath.ts"
import type { Json } from "../../manifest/Manifest.ts"
import type { KindId } from "../../manifest/ObjectKey.ts"
import type { FieldChange } from "./FieldDiff.ts"

const open = ["labels", "type", "immutable"]

/** Annotations too: tools keep whole manifests in them. */
const isOpen = (path: FieldPath): boolean => {
  const [first, second] = path.map((step) => step._tag === "Field" ? step.name : "")
  const name = first === "metadata" ? second : first
  return name !== undefined && open.includes(name)
}

/** In place of a value. */
export const hidden = "(hidden)"

/** Whether the value of this field must not be told. */
export const isHidden = (kind: KindId, path: FieldPath): boolean => kind === "Secret" && !isOpen(path)

/** The change without its values. */
export const withoutValues = (change: FieldChange): FieldChange => {
  switch (change._tag) {
    case "Added":
      return { ...change, after: hidden }
    case "Removed":
      return { ...change, before: hidden }
    case "Changed":
      return { ...change, before: hidden, after: hidden }
    case "Ordered":
      return { ...change, order: [] }
  }
}

/** The value, or what stands in its place. */
export const shownValue = (kind: KindId, path: FieldPath, value: Json | undefined): Json | undefined =>
  value === undefined || !isHidden(kind, path) ? value : hidden
