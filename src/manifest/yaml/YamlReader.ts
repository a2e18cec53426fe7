/**
 * Makes values of YAML tokens, by the grammar that libyaml and kubectl follow. Throws a {@link YamlFault} where they
 * don't fit.
 */
import type { Json } from "../Manifest.ts"
import { shortened } from "../quoted.ts"
import { isRefusal, keyText, readPlain, readTagged, type Refusal } from "./ScalarValue.ts"
import { YamlFault } from "./YamlCursor.ts"
import { YamlMap, type YamlPlaces } from "./YamlMap.ts"
import { YamlScanner } from "./YamlScanner.ts"
import type { YamlToken, YamlTokenType } from "./YamlToken.ts"

export interface YamlDocument {
  readonly value: Json
  /** Where its content begins in the text. */
  readonly offset: number
}

interface Anchor {
  readonly value: Json
  /** Roughly the length of its text, with all aliases in it filled in. */
  readonly size: number
  /** What it is as a key; `undefined` for a map or list. */
  readonly key: string | Refusal | undefined
}

const maxDepth = 1000
const maxAliased = 4 * 1024 * 1024
const mergeTag = "tag:yaml.org,2002:merge"

/** What can't follow where a value may be left out: there it is null. */
const noBlockValue: ReadonlySet<YamlTokenType> = new Set(["Key", "Value", "BlockEnd"])
const noFlowValue: ReadonlySet<YamlTokenType> = new Set(["Value", "FlowEntry", "FlowListEnd", "FlowMapEnd"])
const noContent: ReadonlySet<YamlTokenType> = new Set(["DocumentStart", "DocumentEnd", "StreamEnd"])

export class YamlReader {
  readonly #documents: Array<YamlDocument> = []
  readonly #text: string
  readonly #scanner: YamlScanner
  readonly #places: YamlPlaces | undefined
  #anchors = new Map<string, Anchor | undefined>()
  #expanded = 0
  #aliased = 0
  /** What the last node is as a key; `undefined` for a map or list. */
  #asKey: string | Refusal | undefined
  /** Whether the last node is `<<`. */
  #merges = false

  constructor(text: string, places: YamlPlaces | undefined) {
    this.#text = text
    this.#scanner = new YamlScanner(text)
    this.#places = places
  }

  read(): ReadonlyArray<YamlDocument> {
    for (let token = this.#scanner.peek(); token.type !== "StreamEnd"; token = this.#scanner.peek()) {
      if (token.type === "DocumentStart") {
        this.#scanner.skip()
        token = this.#scanner.peek()
      } else if (this.#documents.length > 0) {
        const message =
          "this doesn't belong to the document above; check the indentation, or begin a new document with ---"
        throw new YamlFault(message, token.start)
      }
      this.#anchors = new Map()
      const value = noContent.has(token.type) ? null : this.#node(true, false, 0)
      this.#documents.push({ value, offset: token.start })
      while (this.#scanner.peek().type === "DocumentEnd") this.#scanner.skip()
    }
    return this.#documents
  }

  /**
   * @param block Whether collections may be written with indentation.
   * @param bare Whether a list may stand in the column of its key.
   */
  #node(block: boolean, bare: boolean, depth: number): Json {
    const scanner = this.#scanner
    let token = scanner.peek()
    const { start } = token
    if (depth > maxDepth) throw new YamlFault(`maps and lists are nested deeper than ${maxDepth} levels here`, start)
    if (token.type === "Alias") return this.#alias(token)
    let anchor: string | undefined
    let tag: string | undefined
    while ((token.type === "Anchor" && anchor === undefined) || (token.type === "Tag" && tag === undefined)) {
      if (token.type === "Anchor") anchor = token.value
      else tag = token.value
      scanner.skip()
      token = scanner.peek()
    }
    if (token.type === "Scalar") {
      scanner.skip()
      return this.#scalar(token.value, token.plain, tag, anchor, start)
    }
    const before = this.#expanded
    if (anchor !== undefined) this.#anchors.set(anchor, undefined)
    const value = this.#collection(token, block, bare, depth + 1)
    if (value === undefined) {
      if (anchor !== undefined || tag !== undefined) return this.#scalar("", true, tag, anchor, start)
      throw new YamlFault("a value is missing here", token.start)
    }
    if (anchor !== undefined) this.#anchors.set(anchor, { value, size: this.#expanded - before, key: undefined })
    this.#asKey = undefined
    this.#merges = false
    return value
  }

  #collection({ start, type }: YamlToken, block: boolean, bare: boolean, depth: number): Json | undefined {
    switch (type) {
      case "FlowList":
        return this.#flowList(start, depth)
      case "FlowMap":
        return this.#flowMap(start, depth)
      case "BlockList":
        return block ? this.#blockList(start, depth) : undefined
      case "BlockMap":
        return block ? this.#blockMap(start, depth) : undefined
      case "BlockEntry":
        return bare ? this.#bareList(depth) : undefined
      default:
        return undefined
    }
  }

  #scalar(text: string, plain: boolean, tag: string | undefined, anchor: string | undefined, start: number): Json {
    const size = text.length + 2
    this.#expanded += size
    const value = tag !== undefined ? readTagged(tag, text) : plain ? readPlain(text) : text
    if (isRefusal(value)) throw new YamlFault(value.refused, start)
    this.#asKey = keyText(value, text)
    this.#merges = text === "<<" && (tag === undefined ? plain : tag === mergeTag)
    if (anchor !== undefined) this.#anchors.set(anchor, { value, size, key: this.#asKey })
    return value
  }

  #alias({ start, value: name }: YamlToken): Json {
    const anchor = this.#anchors.get(name)
    if (anchor === undefined) {
      const inside = this.#anchors.has(name)
      throw new YamlFault(
        inside
          ? `*${shortened(name)} stands inside of what it repeats`
          : "no anchor of this name stands before this alias; put it in quotes if it is text",
        start
      )
    }
    this.#scanner.skip()
    this.#expanded += anchor.size
    this.#aliased += anchor.size
    if (this.#aliased > maxAliased) {
      throw new YamlFault(
        `with *${shortened(name)} filled in, aliases alone would make more than 4 MiB; use fewer of them`,
        start
      )
    }
    this.#asKey = anchor.key
    this.#merges = false
    return anchor.value
  }

  /** A value that is null where none stands. */
  #optional(none: ReadonlySet<YamlTokenType>, block: boolean, depth: number): Json {
    return none.has(this.#scanner.peek().type) ? null : this.#node(block, block, depth)
  }

  /** The value of a key, after a `:` or not at all. */
  #value(none: ReadonlySet<YamlTokenType>, block: boolean, depth: number): Json {
    if (this.#scanner.peek().type !== "Value") return null
    this.#scanner.skip()
    return this.#optional(none, block, depth)
  }

  /** One entry, from its key on; `alone`: no value may follow. */
  #entry(map: YamlMap, block: boolean, alone: boolean, depth: number): void {
    const none = block ? noBlockValue : noFlowValue
    const { start } = this.#scanner.peek()
    this.#asKey = { refused: "a key is missing here" }
    this.#merges = false
    this.#optional(none, block, depth)
    const key = this.#asKey
    if (this.#merges) return map.merge(this.#value(none, block, depth), start)
    if (key === undefined) throw new YamlFault("a map or list can't be a key", start)
    if (typeof key !== "string") throw new YamlFault(key.refused, start)
    map.key(key, start)
    map.set(key, alone ? null : this.#value(none, block, depth))
  }

  #lineOf(offset: number): number {
    return this.#text.slice(0, offset).split("\n").length
  }

  #blockMap(start: number, depth: number): Json {
    const map = new YamlMap(this.#places)
    this.#scanner.skip()
    for (let token = this.#scanner.peek(); token.type !== "BlockEnd"; token = this.#scanner.peek()) {
      if (token.type === "Value") throw new YamlFault("a key is missing here", token.start)
      if (token.type !== "Key") {
        const message = `this is no key of the map that begins in line ${this.#lineOf(start)}; check the indentation`
        throw new YamlFault(message, token.start)
      }
      this.#scanner.skip()
      this.#entry(map, true, false, depth)
    }
    this.#scanner.skip()
    return map.done()
  }

  /** What follows a dash, which is nothing before another dash or the end of the list. */
  #item(index: number, dash: number, places: Map<number, number>, depth: number): Json {
    const next = this.#scanner.peek()
    const missing = next.type === "BlockEntry" || noBlockValue.has(next.type)
    places.set(index, missing ? dash : next.start)
    return missing ? null : this.#node(true, false, depth)
  }

  #blockList(start: number, depth: number): Json {
    const list: Array<Json> = []
    const places = new Map<number, number>()
    this.#scanner.skip()
    for (let token = this.#scanner.peek(); token.type !== "BlockEnd"; token = this.#scanner.peek()) {
      if (token.type !== "BlockEntry") {
        const message = `this is no item of the list that begins in line ${this.#lineOf(start)}; check the indentation`
        throw new YamlFault(message, token.start)
      }
      this.#scanner.skip()
      list.push(this.#item(list.length, token.start, places, depth))
    }
    this.#scanner.skip()
    this.#places?.set(list, places)
    return list
  }

  /** A list whose dashes stand in the column of the key it belongs to. */
  #bareList(depth: number): Json {
    const list: Array<Json> = []
    const places = new Map<number, number>()
    for (let token = this.#scanner.peek(); token.type === "BlockEntry"; token = this.#scanner.peek()) {
      this.#scanner.skip()
      list.push(this.#item(list.length, token.start, places, depth))
    }
    this.#places?.set(list, places)
    return list
  }

  /** Steps over the comma between two entries. */
  #separator(first: boolean, end: string, what: string, start: number): void {
    const token = this.#scanner.peek()
    if (noContent.has(token.type)) throw new YamlFault(`this ${what} is never closed; a "${end}" is missing`, start)
    if (first) return
    if (token.type !== "FlowEntry") {
      throw new YamlFault(
        `"," or "${end}" is missing here, in the ${what} that begins in line ${this.#lineOf(start)}`,
        token.start
      )
    }
    this.#scanner.skip()
  }

  #flowMap(start: number, depth: number): Json {
    const map = new YamlMap(this.#places)
    this.#scanner.skip()
    for (let first = true; this.#scanner.peek().type !== "FlowMapEnd"; first = false) {
      this.#separator(first, "}", "map", start)
      const next = this.#scanner.peek()
      if (next.type === "FlowMapEnd") break
      if (next.type === "Key") this.#scanner.skip()
      else if (noFlowValue.has(next.type)) throw new YamlFault("a key is missing here", next.start)
      this.#entry(map, false, next.type !== "Key", depth)
    }
    this.#scanner.skip()
    return map.done()
  }

  #flowList(start: number, depth: number): Json {
    const list: Array<Json> = []
    const places = new Map<number, number>()
    this.#scanner.skip()
    for (let first = true; this.#scanner.peek().type !== "FlowListEnd"; first = false) {
      this.#separator(first, "]", "list", start)
      const next = this.#scanner.peek()
      if (next.type === "FlowListEnd") break
      places.set(list.length, next.start)
      if (next.type !== "Key") list.push(this.#node(false, false, depth))
      else {
        const pair = new YamlMap(this.#places)
        this.#scanner.skip()
        this.#entry(pair, false, false, depth + 1)
        list.push(pair.done())
      }
    }
    this.#scanner.skip()
    this.#places?.set(list, places)
    return list
  }
}
