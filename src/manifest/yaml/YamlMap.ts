/** A map as it is read: merges, keys that stand twice, and in the end the entries sorted by key. */
import type { Json } from "../Manifest.ts"
import { quoted } from "../quoted.ts"
import { YamlFault } from "./YamlCursor.ts"

/** For each map and list: where its entries (their keys) and items begin in the text. */
export type YamlPlaces = Map<object, ReadonlyMap<string | number, number>>

const put = (entries: Record<string, Json>, key: string, value: Json): void => {
  if (key !== "__proto__") entries[key] = value
  else Object.defineProperty(entries, key, { value, enumerable: true, configurable: true, writable: true })
}

export class YamlMap {
  readonly #entries: Record<string, Json> = {}
  readonly #all: YamlPlaces | undefined
  readonly #places: Map<string, number> | undefined
  /** The keys that so far only a merge gave: writing one of them is no repetition. */
  #merged: Set<string> | undefined
  #last = ""
  #sorted = true

  /** @param places Where the positions of its entries are recorded. */
  constructor(places: YamlPlaces | undefined) {
    this.#all = places
    this.#places = places === undefined ? undefined : new Map()
  }

  /** Announces an entry before its value is read. */
  key(key: string, offset: number): void {
    if (Object.hasOwn(this.#entries, key) && this.#merged?.delete(key) !== true)
      throw new YamlFault(`the key ${quoted(key)} stands twice in this map; keep one of them`, offset)
    this.#places?.set(key, offset)
  }

  set(key: string, value: Json): void {
    if (key <= this.#last) this.#sorted = false
    this.#last = key
    put(this.#entries, key, value)
  }

  /** As kubectl does it: a merge wins over the entries before it, and of several maps the first wins. */
  merge(value: Json, offset: number): void {
    const sources: ReadonlyArray<Json> = Array.isArray(value) ? value.toReversed() : [value]
    for (const source of sources) {
      if (typeof source !== "object" || source === null || Array.isArray(source))
        throw new YamlFault("<< needs a map, or a list of maps", offset)
      for (const [key, entry] of Object.entries(source)) {
        if (!Object.hasOwn(this.#entries, key)) (this.#merged ??= new Set()).add(key)
        this.set(key, entry)
      }
    }
  }

  done(): Json {
    let entries = this.#entries
    if (!this.#sorted) {
      entries = {}
      for (const key of Object.keys(this.#entries).sort()) put(entries, key, this.#entries[key] ?? null)
    }
    if (this.#places !== undefined) this.#all?.set(entries, this.#places)
    return entries
  }
}
