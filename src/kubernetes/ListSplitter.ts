/**
 * Cuts the items out of a JSON list while it comes in, so that a long list is never parsed, nor held, as a whole.
 * Looks only at strings and brackets: the items and what remains of the list are parsed by others.
 */
import { Backlog } from "./Backlog.ts"

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** Depth of the brackets between two items: the list's brace and the bracket of `items`. */
const betweenItems = 2

export class ListSplitter {
  /** Whole items, as they were written. */
  readonly whole = new Backlog()
  /** The pieces of the list around its items. */
  private readonly frame: Array<Buffer> = []
  /** The pieces of an item whose end has not come yet. */
  private begun: Array<Buffer> = []
  private depth = 0
  private inString = false
  private escaped = false
  private inItems = false

  push(piece: Buffer): void {
    let start = 0
    for (let index = 0; index < piece.length; index += 1) {
      if (this.inString) {
        index = this.endOfString(piece, index)
        continue
      }
      switch (piece[index]) {
        case quote:
          this.inString = true
          break
        case openBrace:
        case openBracket:
          start = this.open(piece, start, index)
          break
        case closeBrace:
        case closeBracket:
          start = this.close(piece, start, index)
          break
      }
    }
    const tail = piece.subarray(start)
    if (!this.inItems) this.frame.push(tail)
    else if (this.depth > betweenItems) this.begun.push(tail)
  }

  /** The list with no items in it, once everything was pushed. */
  rest(): string {
    return Buffer.concat(this.frame).toString()
  }

  private endOfString(piece: Buffer, from: number): number {
    for (let index = from; index < piece.length; index += 1) {
      if (this.escaped) this.escaped = false
      else if (piece[index] === backslash) this.escaped = true
      else if (piece[index] === quote) {
        this.inString = false
        return index
      }
    }
    return piece.length
  }

  /** Returns where what is kept next begins. */
  private open(piece: Buffer, start: number, index: number): number {
    this.depth += 1
    if (this.inItems) return this.depth === betweenItems + 1 ? index : start
    if (this.depth !== betweenItems || piece[index] !== openBracket) return start
    const before = Buffer.concat([...this.frame, piece.subarray(start, index)]).toString()
    if (!/"items"\s*:\s*$/.test(before)) return start
    this.inItems = true
    this.frame.push(piece.subarray(start, index + 1))
    return index + 1
  }

  private close(piece: Buffer, start: number, index: number): number {
    this.depth -= 1
    if (!this.inItems) return start
    if (this.depth === betweenItems) {
      this.begun.push(piece.subarray(start, index + 1))
      this.whole.push(Buffer.concat(this.begun))
      this.begun = []
      return index + 1
    }
    if (this.depth > betweenItems) return start
    this.inItems = false
    return index
  }
}
