/** Encoded values that wait to be parsed, handed out in slices small enough not to hold up anything else. */
export class Backlog {
  private readonly values: Array<Buffer> = []
  private next = 0

  push(value: Buffer): void {
    this.values.push(value)
  }

  /** The next values in order, until they come to more than `bytes`; empty when none is left. */
  take(bytes: number): Array<Buffer> {
    const taken: Array<Buffer> = []
    for (let size = 0; size <= bytes;) {
      const value = this.values[this.next]
      if (value === undefined) {
        this.values.length = 0
        this.next = 0
        break
      }
      this.next += 1
      size += value.length
      taken.push(value)
    }
    return taken
  }
}
