/** What stays the same from one list of texts to another. */

/** Of what is compared with each other; beyond it, only the start and the end are. */
const mostCells = 1_000_000

/**
 * For each text wanted the number of the same one before, in order: those at the start and at the end, then the longest common
 * subsequence between. `undefined`: there is none.
 */
export const alignment = (before: ReadonlyArray<string>, wanted: ReadonlyArray<string>): Array<number | undefined> => {
  const pairs: Array<number | undefined> = wanted.map(() => undefined)
  let start = 0
  while (start < before.length && start < wanted.length && before[start] === wanted[start]) pairs[start] = start++
  let endBefore = before.length
  let endWanted = wanted.length
  while (endBefore > start && endWanted > start && before[endBefore - 1] === wanted[endWanted - 1])
    pairs[--endWanted] = --endBefore
  const rows = endBefore - start
  const columns = endWanted - start
  if (rows === 0 || columns === 0 || rows * columns > mostCells) return pairs
  const lengths = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1))
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const line = lengths[row]
      if (line === undefined) continue
      line[column] = before[start + row] === wanted[start + column]
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  for (let row = 0, column = 0; row < rows && column < columns;) {
    if (before[start + row] === wanted[start + column]) pairs[start + column++] = start + row++
    else if (at(row + 1, column) >= at(row, column + 1)) row++
    else column++
  }
  return pairs
}
