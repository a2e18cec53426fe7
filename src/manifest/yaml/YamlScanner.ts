/**
 * Cuts YAML into tokens. It follows libyaml (MIT licence, Kirill Simonov), which kubectl's reader is a port of, in
 * every decision: what may be a key, what an indentation opens and closes, where a tab is allowed.
 */
import { scanName, scanTag } from "./Properties.ts"
import { scanBlock, scanPlain, scanQuoted } from "./ScalarText.ts"
import { end, isBlank, isBlankOrEnd, isBreak, YamlCursor, YamlFault } from "./YamlCursor.ts"
import type { YamlToken, YamlTokenType } from "./YamlToken.ts"

/**
 * The place of a token that turns out to be a key if a `:` follows on the same line. One for each level of brackets.
 */
interface SimpleKey {
  possible: boolean
  /** Nothing but a key can stand there. */
  required: boolean
  token: number
  pos: number
  lineStart: number
}

const cannotStart = new Set("-?:,[]{}#&*!|>'\"%@`")
const maxKeyLength = 1024

const quoteIt = (sign: string, pos: number): YamlFault =>
  new YamlFault(
    sign === "\t" ? "a tab can't be used to indent; use spaces" : `no value can begin with ${sign}; put it in quotes`,
    pos
  )

interface Queued extends YamlToken {
  /** Where it began, if it may yet become a key. */
  readonly key: SimpleKey | undefined
}

export class YamlScanner {
  readonly #cursor: YamlCursor
  readonly #tokens: Array<Queued> = []
  readonly #keys: Array<SimpleKey> = [{ possible: false, required: false, token: 0, pos: 0, lineStart: 0 }]
  readonly #indents: Array<number> = []
  #head = 0
  #taken = 0
  #flow = 0
  #indent = -1
  #keyAllowed = true
  /** Of the token that is added next. */
  #saved: SimpleKey | undefined

  constructor(text: string) {
    this.#cursor = new YamlCursor(text)
  }

  /** The next token, which stays until {@link skip}. */
  peek(): YamlToken {
    while (this.#needsMore()) this.#fetch()
    return this.#tokens[this.#head] ?? { type: "StreamEnd", start: 0, end: 0, value: "", plain: false }
  }

  skip(): void {
    this.#taken++
    if (++this.#head < this.#tokens.length) return
    this.#head = 0
    this.#tokens.length = 0
  }

  /** A token that may yet become a key can't be handed out. */
  #needsMore(): boolean {
    if (this.#tokens.length === 0) return true
    const key = this.#tokens[this.#head]?.key
    return key !== undefined && key.token === this.#taken && this.#isValid(key)
  }

  #add(type: YamlTokenType, start: number, value = "", plain = false): void {
    this.#tokens.push({ type, start, end: this.#cursor.pos, value, plain, key: this.#saved })
    this.#saved = undefined
  }

  #insert(type: YamlTokenType, start: number, token: number): void {
    const inserted: Queued = { type, start, end: start, value: "", plain: false, key: undefined }
    this.#tokens.splice(this.#head + token - this.#taken, 0, inserted)
  }

  #isValid(key: SimpleKey): boolean {
    if (!key.possible) return false
    if (key.lineStart === this.#cursor.lineStart && this.#cursor.pos <= key.pos + maxKeyLength) return true
    this.#dismiss(key)
    return false
  }

  #dismiss(key: SimpleKey): void {
    if (key.possible && key.required) throw new YamlFault(`a ":" is missing after this key`, key.pos)
    key.possible = false
  }

  #lastKey(): SimpleKey {
    return this.#keys.at(-1) ?? { possible: false, required: false, token: 0, pos: 0, lineStart: 0 }
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return
    const cursor = this.#cursor
    const key = this.#lastKey()
    this.#dismiss(key)
    key.possible = true
    key.required = this.#flow === 0 && this.#indent === cursor.column
    key.token = this.#nextToken()
    key.pos = cursor.pos
    key.lineStart = cursor.lineStart
    this.#saved = key
  }

  #rollIndent(column: number, type: "BlockList" | "BlockMap", start: number, token: number): void {
    if (this.#flow > 0 || this.#indent >= column) return
    this.#indents.push(this.#indent)
    this.#indent = column
    this.#insert(type, start, token)
  }

  #unrollIndent(column: number): void {
    if (this.#flow > 0) return
    while (this.#indent > column) {
      this.#add("BlockEnd", this.#cursor.pos)
      this.#indent = this.#indents.pop() ?? -1
    }
  }

  #nextToken(): number {
    return this.#taken + this.#tokens.length - this.#head
  }

  #skipToToken(): void {
    const cursor = this.#cursor
    while (true) {
      if (cursor.column === 0 && cursor.code() === 0xfeff) cursor.lineStart = ++cursor.pos
      while (cursor.code() === 0x20 || (cursor.code() === 0x09 && (this.#flow > 0 || !this.#keyAllowed))) cursor.pos++
      if (cursor.code() === 0x23) cursor.skipToBreak()
      if (!isBreak(cursor.code())) return
      cursor.takeBreak()
      if (this.#flow === 0) this.#keyAllowed = true
    }
  }

  #fetch(): void {
    this.#skipToToken()
    const cursor = this.#cursor
    this.#unrollIndent(cursor.column)
    const start = cursor.pos
    const code = cursor.code()
    if (code === end) return this.#closeAll("StreamEnd", 0)
    if (cursor.column === 0) {
      if (code === 0x25) throw new YamlFault("kubectl can't read YAML directives; remove this line", start)
      if (cursor.atDocumentMark()) return this.#closeAll(code === 0x2d ? "DocumentStart" : "DocumentEnd", 3)
    }
    switch (code) {
      case 0x5b: // [
        return this.#openFlow("FlowList")
      case 0x7b: // {
        return this.#openFlow("FlowMap")
      case 0x5d: // ]
        return this.#closeFlow("FlowListEnd")
      case 0x7d: // }
        return this.#closeFlow("FlowMapEnd")
      case 0x2c: // ,
        this.#dismiss(this.#lastKey())
        this.#keyAllowed = true
        cursor.pos++
        return this.#add("FlowEntry", start)
      case 0x2a: // *
        return this.#name("Alias")
      case 0x26: // &
        return this.#name("Anchor")
      case 0x21: // !
        this.#saveKey()
        this.#keyAllowed = false
        return this.#add("Tag", start, scanTag(cursor))
      case 0x27: // '
      case 0x22: // "
        this.#saveKey()
        this.#keyAllowed = false
        return this.#add("Scalar", start, scanQuoted(cursor))
    }
    if (code === 0x2d && isBlankOrEnd(cursor.code(1))) return this.#blockEntry()
    if (code === 0x3f && (this.#flow > 0 || isBlankOrEnd(cursor.code(1)))) return this.#key()
    if (code === 0x3a && (this.#flow > 0 || isBlankOrEnd(cursor.code(1)))) return this.#value()
    if ((code === 0x7c || code === 0x3e) && this.#flow === 0) {
      this.#dismiss(this.#lastKey())
      this.#keyAllowed = true
      return this.#add("Scalar", start, scanBlock(cursor, this.#indent))
    }
    const sign = cursor.text.charAt(start)
    const allowed = !cannotStart.has(sign) && !isBlank(code)
    const followed = code === 0x2d ? !isBlank(cursor.code(1)) : (code === 0x3f || code === 0x3a) && this.#flow === 0
    if (!allowed && !followed) throw quoteIt(sign, start)
    this.#saveKey()
    const { leftLine, text } = scanPlain(cursor, this.#indent + 1, this.#flow > 0)
    this.#keyAllowed = leftLine
    this.#add("Scalar", start, text, true)
  }

  #closeAll(type: "StreamEnd" | "DocumentStart" | "DocumentEnd", length: number): void {
    const cursor = this.#cursor
    this.#unrollIndent(-1)
    this.#dismiss(this.#lastKey())
    this.#keyAllowed = false
    this.#add(type, cursor.pos)
    cursor.pos += length
  }

  #openFlow(type: "FlowList" | "FlowMap"): void {
    this.#saveKey()
    this.#keys.push({ possible: false, required: false, token: 0, pos: 0, lineStart: 0 })
    this.#flow++
    this.#keyAllowed = true
    this.#add(type, this.#cursor.pos++)
  }

  #closeFlow(type: "FlowListEnd" | "FlowMapEnd"): void {
    this.#dismiss(this.#lastKey())
    if (this.#flow > 0) {
      this.#flow--
      this.#keys.pop()
    }
    this.#keyAllowed = false
    this.#add(type, this.#cursor.pos++)
  }

  #blockEntry(): void {
    const start = this.#cursor.pos
    if (this.#flow === 0) {
      if (!this.#keyAllowed) throw new YamlFault("a list can't begin in this place; put it on a line of its own", start)
      this.#rollIndent(this.#cursor.column, "BlockList", start, this.#nextToken())
    }
    this.#dismiss(this.#lastKey())
    this.#keyAllowed = true
    this.#add("BlockEntry", this.#cursor.pos++)
  }

  #key(): void {
    const start = this.#cursor.pos
    if (this.#flow === 0) {
      if (!this.#keyAllowed) throw new YamlFault("a key can't begin in this place; put it on a line of its own", start)
      this.#rollIndent(this.#cursor.column, "BlockMap", start, this.#nextToken())
    }
    this.#dismiss(this.#lastKey())
    this.#keyAllowed = this.#flow === 0
    this.#add("Key", this.#cursor.pos++)
  }

  #value(): void {
    const start = this.#cursor.pos
    const key = this.#lastKey()
    if (this.#isValid(key)) {
      this.#insert("Key", key.pos, key.token)
      this.#rollIndent(key.pos - key.lineStart, "BlockMap", key.pos, key.token)
      key.possible = false
      this.#keyAllowed = false
    } else {
      if (this.#flow === 0) {
        if (!this.#keyAllowed) {
          throw new YamlFault(
            `a second ":" can't follow here; put the value in quotes, or check the indentation`,
            start
          )
        }
        this.#rollIndent(this.#cursor.column, "BlockMap", start, this.#nextToken())
      }
      this.#keyAllowed = this.#flow === 0
    }
    this.#add("Value", this.#cursor.pos++)
  }

  #name(type: "Alias" | "Anchor"): void {
    this.#saveKey()
    this.#keyAllowed = false
    const start = this.#cursor.pos
    this.#add(type, start, scanName(this.#cursor))
  }
}
