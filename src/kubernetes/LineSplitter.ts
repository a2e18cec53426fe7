/** Cuts a stream of bytes at its newlines, whatever pieces it comes in. */
import { Backlog } from "./Backlog.ts"

const newline = 0x0a

export class LineSplitter {
  /** Whole lines, without their ends; empty ones are left out. */
  readonly whole = new Backlog()
  /** The pieces of a line whose end has not come yet. */
  private begun: Array<Buffer> = []

  push(piece: Buffer): void {
    let start = 0
    for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, start)) {
      const tail = piece.subarray(start, end)
      const line = this.begun.length === 0 ? tail : Buffer.concat([...this.begun, tail])
      this.begun = []
      start = end + 1
      if (line.length > 0) this.whole.push(line)
    }
    if (start < piece.length) this.begun.push(piece.subarray(start))
  }
}
