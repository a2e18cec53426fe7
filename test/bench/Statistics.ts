// What many measurements come to.

/** The value below which `share` (0 to 1) of the numbers lie, by nearest rank. NaN for none. */
export const percentile = (numbers: ReadonlyArray<number>, share: number): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export const median = (numbers: ReadonlyArray<number>): number => percentile(numbers, 0.5)
