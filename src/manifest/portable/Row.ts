/**
 * One thing that a server, a controller or a tool puts into objects and that no manifest should say: where it stands, when it is
 * that, and why it goes. The tables of this folder are lists of such rows.
 */
import type { Json, JsonObject } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"

/**
 * Names of fields. `*` is any field and any item of a list, `name*` any field that begins so. What is left empty because of a row
 * goes too, up to the object itself.
 */
export type Path = ReadonlyArray<string>

export type Condition =
  | { readonly _tag: "Is"; readonly value: Json }
  | { readonly _tag: "IsNot"; readonly value: Json }
  /** Text with this beginning. */
  | { readonly _tag: "Begins"; readonly with: string }
  /** `managedFields` name nobody for it, as for what is allocated or filled in at admission. Never so of a manifest. */
  | { readonly _tag: "NobodySet" }
  /** `managedFields` name at most the control plane for it, or whoever writes the object's status. Never so of a manifest. */
  | { readonly _tag: "NobodyAsked" }
  /** The object has one of these annotations. */
  | { readonly _tag: "Annotated"; readonly names: ReadonlyArray<string> }
  /** Something stands at that path of the object. */
  | { readonly _tag: "Beside"; readonly path: Path }
  /** Nothing, or something else than the value, stands at that path of the object. */
  | { readonly _tag: "Unless"; readonly path: Path; readonly value: Json }

export interface Row {
  readonly path: Path
  /** All of them must hold. */
  readonly when: ReadonlyArray<Condition>
  /** The end of a sentence that begins with the field. */
  readonly why: string
}

export const nobodySet: Condition = { _tag: "NobodySet" }
export const nobodyAsked: Condition = { _tag: "NobodyAsked" }
export const is = (value: Json): Condition => ({ _tag: "Is", value })
export const isNot = (value: Json): Condition => ({ _tag: "IsNot", value })
export const annotated = (...names: ReadonlyArray<string>): Condition => ({ _tag: "Annotated", names })
export const beside = (path: string): Condition => ({ _tag: "Beside", path: path.split("/") })
export const unless = (path: string, value: Json): Condition => ({ _tag: "Unless", path: path.split("/"), value })

/** @param path With slashes, so for names that have none. */
export const field = (path: string, why: string, ...when: ReadonlyArray<Condition>): Row => ({
  path: path.split("/"),
  when,
  why
})

/** @param where The path of the `metadata` that holds them. */
const inMetadata =
  (kind: "annotations" | "labels") =>
  (names: ReadonlyArray<string>, why: string, where: string = "metadata", ...when: ReadonlyArray<Condition>) =>
    names.map((name): Row => ({ path: [...where.split("/"), kind, name], when, why }))

export const annotations = inMetadata("annotations")
export const labels = inMetadata("labels")

/** A name that ends in `*` is the beginning of many. */
export const finalizers = (names: ReadonlyArray<string>, why: string): ReadonlyArray<Row> =>
  names.map((name) => ({
    path: ["metadata", "finalizers", "*"],
    when: [name.endsWith("*") ? { _tag: "Begins", with: name.slice(0, -1) } : is(name)],
    why
  }))

/** What stands at a path without wildcards. */
export const valueAt = (object: JsonObject, path: Path): Json | undefined => {
  let value: Json | undefined = object
  for (const name of path) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
  return value
}
