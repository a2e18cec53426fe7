// Says in short what shall change in a file.
import { Result } from "effect"
import { composeFile } from "../../../src/manifest/edit/composeFile.ts"
import type { DocumentEdit, Patch } from "../../../src/manifest/edit/DocumentEdit.ts"
import type { FieldChange } from "../../../src/manifest/FieldChange.ts"
import { field, type FieldPath, type Step } from "../../../src/manifest/FieldPath.ts"
import type { Json } from "../../../src/manifest/Manifest.ts"
import { typed } from "./corpus.ts"

/** Of field names and, for items, of their keys. */
export const path = (...parts: ReadonlyArray<string | Step>): FieldPath =>
  parts.map((part) => typeof part === "string" ? field(part) : part)

export const item = (keys: Readonly<Record<string, Json>>): Step => ({ _tag: "Item", keys })

export const set = (path: FieldPath, value: Json, previous?: Json): FieldChange => ({
  _tag: "Set",
  path,
  value,
  previous
})

export const remove = (path: FieldPath, previous: Json): FieldChange => ({ _tag: "Remove", path, previous })

export const arrange = (path: FieldPath, ...order: ReadonlyArray<Step>): FieldChange => ({
  _tag: "Arrange",
  path,
  order
})

export const patchOf = (
  name: string,
  first: FieldChange,
  ...more: ReadonlyArray<FieldChange>
): Patch => ({
  _tag: "Patch",
  key: { group: "", kind: "ConfigMap", namespace: "default", name },
  changes: [first, ...more],
  type: typed
})

/** The file afterwards, or why not. */
export const composed = (text: string, ...edits: ReadonlyArray<DocumentEdit>): string => {
  const result = composeFile(Buffer.from(text), edits, "default")
  if (Result.isFailure(result)) return result.failure.message
  return result.success === undefined ? "gone" : Buffer.from(result.success).toString()
}

const head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"

/** What becomes of these lines in a manifest with the name `a`. */
export const patched = (lines: string, first: FieldChange, ...more: ReadonlyArray<FieldChange>): string => {
  const text = composed(head + lines, patchOf("a", first, ...more))
  return text.startsWith(head) ? text.slice(head.length) : text
}
