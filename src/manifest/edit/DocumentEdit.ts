/** What is asked of one file: changes of whole manifests, each by the key of its object. */
import type { JsonObject } from "../Manifest.ts"
import type { ObjectKey } from "../ObjectKey.ts"

export type DocumentEdit =
  /** The file shall hold exactly this manifest for the object. */
  | { readonly _tag: "Put"; readonly key: ObjectKey; readonly manifest: JsonObject }
  /** The file shall hold no manifest for the object. */
  | { readonly _tag: "Remove"; readonly key: ObjectKey }
