/**
 * The text of label selectors, read as Kubernetes reads it: `a=b, c!=d, e in (x,y), f notin (z), g, !h, i>1`.
 * Hot and pure, so plain code with exceptions that never leave this file.
 */
import { Result } from "effect"
import { int64, type Requirement, type Selector } from "./Selector.ts"

interface Token {
  readonly text: string
  readonly isWord: boolean
  /** Of its first character, counted from 1. */
  readonly at: number
}

class Unreadable {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

const tokenize = (text: string): ReadonlyArray<Token> =>
  Array.from(text.matchAll(/==|!=|[=!<>(),]|[^=!<>(), \t\r\n]+/g), (match) => ({
    text: match[0],
    isWord: /^[^=!<>(),]/.test(match[0]),
    at: match.index + 1
  }))

const isNamePart = (text: string) => /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text)
const isPrefix = (text: string) =>
  text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text)

const checkedKey = (token: Token): string => {
  const slash = token.text.indexOf("/")
  const isLegal = slash === -1
    ? isNamePart(token.text)
    : isPrefix(token.text.slice(0, slash)) && isNamePart(token.text.slice(slash + 1))
  if (!isLegal) throw new Unreadable(`at character ${token.at}: "${token.text}" can't be the key of a label`)
  return token.text
}

const checkedValue = (token: Token): string => {
  if (isNamePart(token.text)) return token.text
  throw new Unreadable(
    `at character ${token.at}: "${token.text}" can't be the value of a label (at most 63 letters, digits, "-", "_" and ".")`
  )
}

class Reader {
  readonly #tokens: ReadonlyArray<Token>
  #next = 0

  constructor(text: string) {
    this.#tokens = tokenize(text)
  }

  get ahead(): Token | undefined {
    return this.#tokens[this.#next]
  }

  take(): Token | undefined {
    return this.#tokens[this.#next++]
  }

  takes(text: string): boolean {
    if (this.ahead?.text !== text) return false
    this.#next++
    return true
  }

  get isAtEnd(): boolean {
    return this.ahead === undefined || this.ahead.text === ","
  }

  fail(expected: string): never {
    const token = this.ahead
    throw new Unreadable(
      token === undefined
        ? `it ends where ${expected} should follow`
        : `at character ${token.at}: found "${token.text}" where ${expected} should stand`
    )
  }

  key(): string {
    const token = this.ahead
    if (token === undefined || !token.isWord) return this.fail("the key of a label")
    this.#next++
    return checkedKey(token)
  }

  /** One value, which may be empty: `a=` selects the empty label. */
  value(): string {
    if (this.isAtEnd) return ""
    const token = this.ahead
    if (token === undefined || !token.isWord) return this.fail("a value")
    this.#next++
    return checkedValue(token)
  }

  set(operator: string): ReadonlyArray<string> {
    if (!this.takes("(")) this.fail(`"(" after "${operator}"`)
    if (this.takes(")")) throw new Unreadable(`"${operator} ()" holds no value`)
    const values = new Set<string>()
    do values.add(this.ahead?.text === ")" ? "" : this.value())
    while (this.takes(","))
    if (!this.takes(")")) this.fail(`"," or ")"`)
    return [...values].sort()
  }

  integer(): string {
    const token = this.ahead
    const value = token === undefined ? undefined : int64(token.text)
    if (value === undefined) return this.fail("an integer")
    this.#next++
    return value.toString()
  }

  requirement(): Requirement {
    if (this.takes("!")) return { operator: "absent", key: this.key() }
    const key = this.key()
    if (this.isAtEnd) return { operator: "exists", key }
    const operator = this.ahead?.text
    switch (operator) {
      case "=":
      case "==":
        this.take()
        return { operator: "in", key, values: [this.value()] }
      case "!=":
        this.take()
        return { operator: "notin", key, values: [this.value()] }
      case "in":
      case "notin":
        this.take()
        return { operator, key, values: this.set(operator) }
      case ">":
      case "<":
        this.take()
        return { operator: operator === ">" ? "gt" : "lt", key, value: this.integer() }
      default:
        return this.fail(`one of "=", "!=", "in", "notin", ">", "<" or ","`)
    }
  }

  selector(): ReadonlyArray<Requirement> {
    if (this.ahead === undefined) return []
    const requirements = [this.requirement()]
    while (this.takes(",")) requirements.push(this.requirement())
    if (this.ahead !== undefined) this.fail(`","`)
    return requirements
  }
}

/** Reads a selector; an empty one selects everything. The failure says what is wrong and at which character. */
export const parse = (text: string): Result.Result<Selector, string> => {
  try {
    return Result.succeed({ text, requirements: new Reader(text).selector() })
  } catch (error) {
    if (error instanceof Unreadable) return Result.fail(error.reason)
    throw error
  }
}
