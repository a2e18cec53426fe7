// Chance that can be had again: the same for the same seed.
import { createHash } from "node:crypto"

export interface Chance {
  /** A whole number from 0 up to, but not, the bound. */
  readonly below: (bound: number) => number
  readonly pick: <A>(items: readonly [A, ...Array<A>]) => A
  readonly shuffled: <A>(items: ReadonlyArray<A>) => ReadonlyArray<A>
}

export const seeded = (seed: string): Chance => {
  let turn = 0
  const next = () => createHash("sha256").update(`${seed} ${turn++}`).digest().readUInt32BE(0) / 2 ** 32
  const below = (bound: number) => Math.floor(next() * bound)
  return {
    below,
    pick: (items) => items[below(items.length)] ?? items[0],
    shuffled: (items) =>
      items.map((item) => [next(), item] as const).toSorted(([one], [other]) => one - other).map(([, item]) => item)
  }
}

export const seed = process.env["GITOPS_SEED"] ?? "two ways"
