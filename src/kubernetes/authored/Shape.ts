/**
 * What the server's defaults of a field may depend on, as a text: which fields stand beside it, and those values that read like a choice
 * (`Recreate`, `true`, an image that is always the latest). Objects that have it in common get the same defaults. Pure.
 */
import type { JsonObject } from "../../manifest/Manifest.ts"
import { digestOf } from "../../manifest/ManifestDigest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import { type Leaf, type LeafPath, valueAt } from "./Leaf.ts"

/** A leaf with where it stands in which surroundings: equal ids get equal defaults. */
export interface Situated extends Leaf {
  readonly id: string
  /** The map that it stands in. */
  readonly beside: JsonObject
}

/** Of an image the server looks only at this. */
const tagOf = (image: string): string => {
  const name = image.slice(image.lastIndexOf("/") + 1)
  const [, tag = "latest"] = name.split(":")
  return name.includes("@") || tag !== "latest" ? "fixed" : "latest"
}

const choice = /^[A-Z][A-Za-z0-9]{0,39}$/

const trait = ({ general, value }: Leaf): string => {
  if (typeof value === "string") {
    if (general.endsWith("/image")) return tagOf(value)
    return choice.test(value) ? value : ""
  }
  return typeof value === "boolean" ? String(value) : ""
}

/** The list item, or else the object, in which it stands. */
const scopeOf = (path: LeafPath): LeafPath => path.slice(0, path.findLastIndex((step) => typeof step === "number") + 1)

const idOf = (path: LeafPath): string => JSON.stringify(path)

const mapAt = (form: JsonObject, path: LeafPath): JsonObject => {
  const map = valueAt(form, path)
  return isObject(map) ? map : {}
}

/** The leaves of this form with their surroundings. */
export const situated = (form: JsonObject, leaves: ReadonlyArray<Leaf>): ReadonlyArray<Situated> => {
  const traits = new Map<string, Set<string>>()
  for (const leaf of leaves) {
    const scope = idOf(scopeOf(leaf.path))
    traits.set(scope, (traits.get(scope) ?? new Set()).add(`${leaf.general}=${trait(leaf)}`))
  }
  const known = new Map<string, string>()
  const surroundings = (scope: LeafPath): string => {
    const id = idOf(scope)
    const outer = scope.length === 0 ? "" : surroundings(scopeOf(scope.slice(0, -1)))
    const made = known.get(id) ?? digestOf([outer, ...[...traits.get(id) ?? []].sort()].join("\n"))
    known.set(id, made)
    return made
  }
  return leaves.map((leaf) => ({
    ...leaf,
    id: `${surroundings(scopeOf(leaf.path))} ${leaf.general}`,
    beside: mapAt(form, leaf.path.slice(0, -1))
  }))
}
