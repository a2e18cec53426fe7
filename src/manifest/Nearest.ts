/** Which known name somebody probably meant. */

const longest = 64

/** How many letters were added, left out, changed or swapped with their neighbour (Damerau-Levenshtein, restricted). */
export const distance = (left: string, right: string): number => {
  let before: ReadonlyArray<number> = []
  let last: ReadonlyArray<number> = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const row = [i]
    for (let j = 1; j <= right.length; j++) {
      const change = left[i - 1] === right[j - 1] ? 0 : 1
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]
      row.push(Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + change,
        isSwap ? (before[j - 2] ?? 0) + 1 : Infinity
      ))
    }
    before = last
    last = row
  }
  return last[right.length] ?? 0
}

const closest = (lower: string, names: ReadonlyArray<string>): string | undefined => {
  let best: string | undefined
  let least = Math.min(3, Math.max(1, Math.floor(lower.length / 3))) + 1
  for (const name of names) {
    if (Math.abs(name.length - lower.length) >= least) continue
    const found = distance(lower, name.toLowerCase())
    if (found < least) {
      best = name
      least = found
    }
  }
  return best
}

/** The only name that the word begins. */
const completed = (lower: string, names: ReadonlyArray<string>): string | undefined => {
  if (lower.length < 3) return undefined
  const [first, ...others] = names.filter((name) => name.toLowerCase().startsWith(lower))
  return others.length === 0 ? first : undefined
}

/**
 * The closest of the names, letter case aside: at most a third of its letters wrong and at most 3 of them,
 * or the only one that begins like it. `undefined` if none is close.
 */
export const nearest = (word: string, names: ReadonlyArray<string>): string | undefined => {
  if (word.length > longest) return undefined
  const lower = word.toLowerCase()
  return closest(lower, names) ?? completed(lower, names)
}
