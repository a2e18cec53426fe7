/** Lines and columns of a text, as editors count them: from 1, columns in UTF-16 units. */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

/** Finds places by offset. The text is looked through once, and only as far as it was asked for. */
export const textPlaces = (text: string): (offset: number) => TextPlace => {
  const starts = [0]
  let seen = 0
  const seeTo = (offset: number): void => {
    for (; seen < offset; seen++) {
      const code = text.charCodeAt(seen)
      if (code === 0x0a || (code === 0x0d && text.charCodeAt(seen + 1) !== 0x0a)) starts.push(seen + 1)
    }
  }
  return (offset) => {
    const within = Math.min(offset, text.length)
    seeTo(within)
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((starts[middle] ?? 0) <= within) low = middle
      else high = middle
    }
    return { line: low + 1, column: within - (starts[low] ?? 0) + 1 }
  }
}
