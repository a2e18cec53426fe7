/** Makes the ownership of objects once for all that match the same rules, so that an object costs no memory of its own. */
import { layered, type Ownership } from "./Ownership.ts"
import type { Rule } from "./Rule.ts"

/** The rules with filters that matched so far. */
class Matched {
  readonly rules: ReadonlyArray<Rule>
  readonly #next = new Map<Rule, Matched>()
  readonly #ownerships = new Map<Rule | undefined, Ownership>()

  constructor(rules: ReadonlyArray<Rule>) {
    this.rules = rules
  }

  and(rule: Rule): Matched {
    const known = this.#next.get(rule)
    if (known !== undefined) return known
    const next = new Matched([...this.rules, rule])
    this.#next.set(rule, next)
    return next
  }

  with(lifecycle: Rule | undefined): Ownership {
    const known = this.#ownerships.get(lifecycle)
    if (known !== undefined) return known
    const ownership = layered(this.rules, lifecycle)
    this.#ownerships.set(lifecycle, ownership)
    return ownership
  }
}

/** Combinations of rules kept at once; more begin afresh. */
const most = 2000

export class OwnershipCache {
  #none = new Matched([])
  #kept = new Set<Ownership>()

  /** By the rules that match, read from the top to the first without filters. */
  of(rules: ReadonlyArray<Rule>, matches: (rule: Rule) => boolean): Ownership {
    let matched = this.#none
    for (const rule of rules) {
      if (!matches(rule)) continue
      if (rule.filters.length === 0) return this.#keep(matched.with(rule))
      matched = matched.and(rule)
    }
    return this.#keep(matched.with(undefined))
  }

  #keep(ownership: Ownership): Ownership {
    this.#kept.add(ownership)
    if (this.#kept.size > most) {
      this.#none = new Matched([])
      this.#kept = new Set()
    }
    return ownership
  }
}
