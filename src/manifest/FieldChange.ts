/**
 * How a document shall change, field by field. Each change says what it was based on: if that is no longer so, whoever asked for it
 * decides again.
 */
import type { FieldPath, Step } from "./FieldPath.ts"
import type { Json } from "./Manifest.ts"

export type FieldChange =
  /**
   * This value shall stand at the path, whole. `previous` is what stood there, `undefined` when nothing did: then what leads there is made
   * too, as far as it are maps. A path that ends with an `Item` or `Value` is an item of a list; a new one comes last.
   */
  | { readonly _tag: "Set"; readonly path: FieldPath; readonly value: Json; readonly previous: Json | undefined }
  /** Nothing shall stand at the path. */
  | { readonly _tag: "Remove"; readonly path: FieldPath; readonly previous: Json }
  /** The items of the list at the path shall stand in this order, which names all that it holds after the other changes. */
  | { readonly _tag: "Arrange"; readonly path: FieldPath; readonly order: ReadonlyArray<Step> }
