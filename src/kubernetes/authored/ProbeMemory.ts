/**
 * What dry runs have taught of one kind in one version: which fields the server fills in, and where it refused to be asked.
 * Forgets the oldest first, and all after an hour: defaults change with webhooks, classes and versions of the server.
 */
import { both, isDefault, type Known } from "./Defaults.ts"
import type { Situated } from "./Shape.ts"

const mostEntries = 5000
const longest = 3_600_000
/** How long a refusal holds, in milliseconds. */
const truce = 600_000

interface Entry {
  readonly known: Known
  readonly at: number
}

export class ProbeMemory {
  readonly #entries = new Map<string, Entry>()
  /** By the general path alone: where to begin with a shape that is new. */
  readonly #hints = new Map<string, Known>()
  readonly #refusals = new Map<string, number>()

  /** Whether the leaf is a default; `undefined`: it must be tried. Times are in milliseconds. */
  judge(leaf: Situated, now: number): boolean | undefined {
    return isDefault(leaf, this.#fresh(leaf.id, now)?.known)
  }

  #fresh(id: string, now: number): Entry | undefined {
    const entry = this.#entries.get(id)
    return entry === undefined || now - entry.at > longest ? undefined : entry
  }

  isLikely(leaf: Situated): boolean {
    return isDefault(leaf, this.#hints.get(leaf.general)) !== false
  }

  learn(leaves: ReadonlyArray<Situated>, learned: ReadonlyMap<string, Known>, now: number): void {
    for (const { general, id } of leaves) {
      const known = learned.get(id)
      if (known === undefined) continue
      const before = this.#fresh(id, now)
      this.#entries.delete(id)
      this.#entries.set(id, { known: both(before?.known, known), at: before?.at ?? now })
      this.#hints.set(general, known)
    }
    trim(this.#entries)
    trim(this.#hints)
  }

  /** @param where A namespace, or one shape of objects. */
  refused(where: string, now: number): void {
    this.#refusals.set(where, now + truce)
    trim(this.#refusals)
  }

  isRefused(where: string, now: number): boolean {
    return (this.#refusals.get(where) ?? 0) > now
  }
}

const trim = (map: Map<string, unknown>): void => {
  for (const key of map.keys()) {
    if (map.size <= mostEntries) return
    map.delete(key)
  }
}
