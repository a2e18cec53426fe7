/** A value with nothing of its own below it, and where it stands in an object. Pure. */
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import { isList } from "../fields/JsonValue.ts"

/** Names of fields and indexes of lists. */
export type LeafPath = ReadonlyArray<string | number>

export interface Leaf {
  readonly path: LeafPath
  /** The path with `*` for keys of free maps and for list items. */
  readonly general: string
  readonly value: Json
  /** Whether it may be a default that nobody wrote. */
  readonly isUnclear: boolean
}

/** As the API server writes it in its complaints: `spec.ports[0].port`. */
export const placeOf = (path: LeafPath): string =>
  path.map((step) => typeof step === "number" ? `[${step}]` : `.${step}`).join("").slice(1)

const step = (value: Json | undefined, at: string | number): Json | undefined => {
  if (typeof at === "number") return isList(value) ? value[at] : undefined
  return isObject(value) && Object.hasOwn(value, at) ? value[at] : undefined
}

export const valueAt = (object: Json | undefined, path: LeafPath): Json | undefined => path.reduce(step, object)

interface Dropped {
  isLeaf: boolean
  /** Whether it is an item of a list, or an entry of a free map: it stays when nothing is left in it. */
  readonly isItem: boolean
  readonly below: Map<string | number, Dropped>
}

const emptyNode = (isItem: boolean): Dropped => ({ isLeaf: false, isItem, below: new Map() })

/** The path as text, with `*` for what may have any name. */
export const generalPath = (above: string, name: string | undefined): string =>
  `${above}/${name === undefined ? "*" : name.replaceAll("/", "~1")}`

const treeOf = (leaves: ReadonlyArray<Leaf>): Dropped => {
  const root = emptyNode(false)
  for (const { general, path } of leaves) {
    const names = general.split("/")
    let node = root
    for (const [index, at] of path.entries()) {
      const next = node.below.get(at) ?? emptyNode(names[index + 1] === "*")
      node.below.set(at, next)
      node = next
    }
    node.isLeaf = true
  }
  return root
}

/** `undefined`: nothing is left of it. */
const dropping = (value: Json, node: Dropped): Json | undefined => {
  if (node.isLeaf) return undefined
  if (isList(value)) {
    return value.map((item, index) => {
      const inside = node.below.get(index)
      return inside === undefined ? item : dropping(item, inside) ?? item
    })
  }
  if (!isObject(value)) return value
  const kept = Object.entries(value).flatMap(([key, entry]) => {
    const inside = node.below.get(key)
    const left = inside === undefined ? entry : dropping(entry, inside)
    return left === undefined ? [] : [[key, left] as const]
  })
  return kept.length === 0 && !node.isItem ? undefined : Object.fromEntries(kept)
}

/** The object without these leaves, and without the maps that they leave empty. */
export const withoutLeaves = (object: JsonObject, leaves: ReadonlyArray<Leaf>): JsonObject => {
  if (leaves.length === 0) return object
  const left = dropping(object, treeOf(leaves))
  return isObject(left) ? left : {}
}
