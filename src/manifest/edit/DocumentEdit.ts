/** What is asked of one file: changes of manifests, each by the key of its object. */
import type { Array } from "effect"
import type { FieldChange } from "../FieldChange.ts"
import type { FieldType } from "../FieldType.ts"
import type { JsonObject } from "../Manifest.ts"
import type { ObjectKey } from "../ObjectKey.ts"

export type DocumentEdit = Patch | WholeEdit

/** Of a manifest as a whole. */
export type WholeEdit =
  /** The file shall hold exactly this manifest for the object. */
  | { readonly _tag: "Put"; readonly key: ObjectKey; readonly manifest: JsonObject }
  /** The file shall hold no manifest for the object. */
  | { readonly _tag: "Remove"; readonly key: ObjectKey }

/** These fields of the manifest that is there shall change, and nothing else of the file. */
export interface Patch {
  readonly _tag: "Patch"
  readonly key: ObjectKey
  readonly changes: Array.NonEmptyReadonlyArray<FieldChange>
  /** Of the whole document: how the items of its lists are told apart. */
  readonly type: FieldType
}
