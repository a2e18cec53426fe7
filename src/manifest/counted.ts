/** A count in front of what it counts, fit to stand in a sentence: `1 manifest`, `2 manifests`, `0 manifests`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`
