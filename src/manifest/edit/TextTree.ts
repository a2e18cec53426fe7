/** Finds the places of all values of a document whose text is known to be readable. */
import { isRefusal, keyText, readPlain } from "../yaml/ScalarValue.ts"
import { isBlank, isBreak } from "../yaml/YamlCursor.ts"
import { YamlScanner } from "../yaml/YamlScanner.ts"
import type { YamlToken, YamlTokenType } from "../yaml/YamlToken.ts"
import { lineEnd, lineStart } from "./FileLayout.ts"
import type { Entry, Item, ScalarStyle, TextNode } from "./TextNode.ts"

const noValue: ReadonlySet<YamlTokenType> = new Set([
  "Key",
  "Value",
  "BlockEnd",
  "FlowEntry",
  "FlowListEnd",
  "FlowMapEnd",
  "DocumentStart",
  "DocumentEnd",
  "StreamEnd"
])

interface Properties {
  readonly anchor: boolean
  readonly tag: boolean
}

const bare: Properties = { anchor: false, tag: false }

const nameOf = ({ plain, type, value }: YamlToken): string | undefined => {
  if (type !== "Scalar" || !plain) return type === "Scalar" ? value : undefined
  const scalar = readPlain(value)
  const text = value === "<<" || isRefusal(scalar) ? undefined : keyText(scalar, value)
  return typeof text === "string" ? text : undefined
}

/** Without the blanks and line breaks at its end; other spaces are text. */
const behindText = (text: string, start: number, end: number): number => {
  let behind = end
  while (behind > start && (isBlank(text.charCodeAt(behind - 1)) || isBreak(text.charCodeAt(behind - 1)))) behind--
  return behind
}

class TreeReader {
  readonly #text: string
  readonly #scanner: YamlScanner

  constructor(text: string) {
    this.#text = text
    this.#scanner = new YamlScanner(text)
  }

  document(): TextNode {
    if (this.#scanner.peek().type === "DocumentStart") this.#scanner.skip()
    return this.#node(0, false)
  }

  #take(): YamlToken {
    const token = this.#scanner.peek()
    this.#scanner.skip()
    return token
  }

  #nextIs(type: YamlTokenType): boolean {
    return this.#scanner.peek().type === type
  }

  /**
   * @param behind Where it stands if it is left out.
   * @param inList Whether a dash that comes next is one of the list around it.
   */
  #node(behind: number, inList: boolean): TextNode {
    let anchor = false
    let tag = false
    let end = behind
    while (this.#nextIs("Anchor") || this.#nextIs("Tag")) {
      const token = this.#take()
      if (token.type === "Anchor") anchor = true
      else tag = true
      end = token.end
    }
    const properties = { anchor, tag }
    const { type } = this.#scanner.peek()
    if (noValue.has(type) || (type === "BlockEntry" && inList))
      return { _tag: "Scalar", style: "Empty", start: end, end, ...properties }
    switch (type) {
      case "BlockMap":
        return this.#blockMap(properties)
      case "BlockList":
        return this.#blockList(properties, true)
      case "BlockEntry":
        return this.#blockList(properties, false)
      case "FlowMap":
        return this.#flowMap(properties)
      case "FlowList":
        return this.#flowList(properties)
      case "Alias": {
        const { end, start } = this.#take()
        return { _tag: "Opaque", start, end, ...properties }
      }
      default:
        return this.#scalar(this.#take(), properties)
    }
  }

  #scalar(token: YamlToken, properties: Properties): TextNode {
    const { end, plain, start } = token
    const text = this.#text
    const within = Math.min(end, text.length)
    const sign = text.charAt(start)
    const place = (style: ScalarStyle, end: number): TextNode => ({ _tag: "Scalar", style, start, end, ...properties })
    if (plain) return place("Plain", behindText(text, start, within))
    if (sign === "\"") return place("Double", within)
    if (sign === "'") return place("Single", within)
    const header = text.slice(start, lineEnd(text, start))
    if (/^[|>][1-9]?\+/.test(header)) return place("Block", Math.max(lineStart(text, within), start + header.length))
    return place("Block", lineEnd(text, behindText(text, start, within)))
  }

  /** From its key on. */
  #entry(start: number, simple: boolean): Entry {
    const token = this.#scanner.peek()
    const key = this.#node(start, false)
    if (!this.#nextIs("Value")) {
      const value: TextNode = { _tag: "Scalar", style: "Empty", start: key.end, end: key.end, ...bare }
      return { key: undefined, start, mark: key.end, value }
    }
    const mark = this.#take()
    return { key: simple ? nameOf(token) : undefined, start, mark: mark.start, value: this.#node(mark.end, false) }
  }

  #blockMap(properties: Properties): TextNode {
    const { start } = this.#take()
    const children: Array<Entry> = []
    while (this.#nextIs("Key")) {
      const key = this.#take()
      children.push(this.#entry(key.start, this.#scanner.peek().start === key.start))
    }
    if (this.#nextIs("BlockEnd")) this.#take()
    return { _tag: "Map", flow: false, start, end: children.at(-1)?.value.end ?? start, children, ...properties }
  }

  /** @param closed Whether it has an indentation of its own. */
  #blockList(properties: Properties, closed: boolean): TextNode {
    const { start } = closed ? this.#take() : this.#scanner.peek()
    const children: Array<Item> = []
    while (this.#nextIs("BlockEntry")) {
      const dash = this.#take()
      children.push({ start: dash.start, mark: dash.start, value: this.#node(dash.end, true) })
    }
    if (closed && this.#nextIs("BlockEnd")) this.#take()
    return { _tag: "List", flow: false, start, end: children.at(-1)?.value.end ?? start, children, ...properties }
  }

  #flowMap(properties: Properties): TextNode {
    const { start } = this.#take()
    const children: Array<Entry> = []
    while (!this.#nextIs("FlowMapEnd")) {
      if (this.#nextIs("FlowEntry")) this.#take()
      else {
        const token = this.#scanner.peek()
        if (token.type === "Key") this.#take()
        children.push(this.#entry(token.start, this.#scanner.peek().start === token.start))
      }
    }
    return { _tag: "Map", flow: true, start, end: this.#take().end, children, ...properties }
  }

  #flowList(properties: Properties): TextNode {
    const { start } = this.#take()
    const children: Array<Item> = []
    while (!this.#nextIs("FlowListEnd")) {
      const { start } = this.#scanner.peek()
      if (this.#nextIs("FlowEntry")) this.#take()
      else if (this.#nextIs("Key")) {
        this.#take()
        const pair = this.#entry(start, true)
        children.push({ start, mark: start, value: { _tag: "Opaque", start, end: pair.value.end, ...bare } })
      } else { children.push({ start, mark: start, value: this.#node(start, false) }) }
    }
    return { _tag: "List", flow: true, start, end: this.#take().end, children, ...properties }
  }
}

/** @param text Of one document that the reader has read. */
export const textTree = (text: string): TextNode => new TreeReader(text).document()
