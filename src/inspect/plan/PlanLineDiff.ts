/** Two texts of several lines, compared line by line, as people know it from Git. Pure, and bounded for texts of any size. */

const context = 2
/** Cells of the table of common lines; larger texts are shown as one that goes and one that comes. */
const mostCells = 1_000_000

export type Line = readonly [sign: " " | "-" | "+", text: string]

const commonStart = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): number => {
  const most = Math.min(before.length, after.length)
  let count = 0
  while (count < most && before[count] === after[count]) count += 1
  return count
}

/** For each pair of positions, how many lines the rests have in common. */
const commonLengths = (before: ReadonlyArray<string>, after: ReadonlyArray<string>) => {
  const width = after.length + 1
  const lengths = new Uint32Array((before.length + 1) * width)
  const at = (left: number, right: number) => lengths[left * width + right] ?? 0
  for (let left = before.length - 1; left >= 0; left -= 1) {
    for (let right = after.length - 1; right >= 0; right -= 1) {
      lengths[left * width + right] = before[left] === after[right]
        ? at(left + 1, right + 1) + 1
        : Math.max(at(left + 1, right), at(left, right + 1))
    }
  }
  return at
}

const signed = (sign: Line[0], lines: ReadonlyArray<string>) => lines.map((text): Line => [sign, text])

const middleOf = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): ReadonlyArray<Line> => {
  if (before.length * after.length > mostCells) return [...signed("-", before), ...signed("+", after)]
  const common = commonLengths(before, after)
  const lines: Array<Line> = []
  let [left, right] = [0, 0]
  while (left < before.length || right < after.length) {
    const [old, fresh] = [before[left], after[right]]
    if (old !== undefined && old === fresh) {
      lines.push([" ", old])
      left += 1
      right += 1
    } else if (old !== undefined && (fresh === undefined || common(left + 1, right) >= common(left, right + 1))) {
      lines.push(["-", old])
      left += 1
    } else if (fresh !== undefined) {
      lines.push(["+", fresh])
      right += 1
    }
  }
  return lines
}

/** Every line of both, in order. */
export const allLines = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): ReadonlyArray<Line> => {
  const start = commonStart(before, after)
  const [left, right] = [before.slice(start), after.slice(start)]
  const end = commonStart(left.toReversed(), right.toReversed())
  return [
    ...signed(" ", before.slice(0, start)),
    ...middleOf(left.slice(0, left.length - end), right.slice(0, right.length - end)),
    ...signed(" ", left.slice(left.length - end))
  ]
}

/** Lines with `-`, `+` or a blank in front; of what stays the same only what stands near, with `...` for the rest. */
export const lineDiff = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): ReadonlyArray<string> => {
  const lines = allLines(before, after)
  const near = new Set<number>()
  for (const [index, [sign]] of lines.entries())
    if (sign !== " ") { for (let other = index - context; other <= index + context; other += 1) near.add(other) }
  return lines.flatMap(([sign, text], index) => {
    if (near.has(index)) return [`${sign} ${text}`]
    return index === 0 || near.has(index - 1) ? ["  ..."] : []
  })
}
