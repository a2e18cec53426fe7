/**
 * A place in a YAML text that moves forward, what counts as a blank or a line break there, and the fault that ends a
 * reading.
 */

/** Why a text can't be read, and where. Quotes no value: it may be a Secret's. Thrown within the YAML reader only. */
export class YamlFault extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** The character every text is given at its end, and that none can hold. */
export const end = 0

export const isBlank = (code: number): boolean => code === 0x20 || code === 0x09

export const isBreak = (code: number): boolean =>
  code === 0x0a || code === 0x0d || code === 0x85 || code === 0x2028 || code === 0x2029

export const isBreakOrEnd = (code: number): boolean =>
  code === 0x0a || code === 0x0d || code === 0 || code === 0x85 || code === 0x2028 || code === 0x2029

export const isBlankOrEnd = (code: number): boolean => code === 0x20 || code === 0x09 || isBreakOrEnd(code)

export class YamlCursor {
  /** Always ends with a line break, as kubectl reads files, and a NUL. */
  readonly text: string
  pos = 0
  lineStart = 0

  constructor(text: string) {
    this.text = text.endsWith("\n") ? `${text}\0` : `${text}\n\0`
  }

  get column(): number {
    return this.pos - this.lineStart
  }

  code(ahead = 0): number {
    return this.text.charCodeAt(this.pos + ahead)
  }

  /** Steps over a line break and gives it as the reader sees it: LF, or one of the two that are kept. */
  takeBreak(): string {
    const code = this.text.charCodeAt(this.pos)
    this.pos += code === 0x0d && this.text.charCodeAt(this.pos + 1) === 0x0a ? 2 : 1
    this.lineStart = this.pos
    return code === 0x2028 ? "\u2028" : code === 0x2029 ? "\u2029" : "\n"
  }

  skipBlanks(): void {
    while (isBlank(this.text.charCodeAt(this.pos))) this.pos++
  }

  skipToBreak(): void {
    while (!isBreakOrEnd(this.text.charCodeAt(this.pos))) this.pos++
  }

  /** Whether a line begins here with `---` or `...`, which ends a document wherever it stands. */
  atDocumentMark(): boolean {
    if (this.pos !== this.lineStart) return false
    const code = this.text.charCodeAt(this.pos)
    return (code === 0x2d || code === 0x2e) && this.text.charCodeAt(this.pos + 1) === code &&
      this.text.charCodeAt(this.pos + 2) === code && isBlankOrEnd(this.text.charCodeAt(this.pos + 3))
  }
}
