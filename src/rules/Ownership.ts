/**
 * Who decides about an object, field by field: several rules laid over one another as a tree that grows where it is looked at.
 * Objects that match the same rules share one tree, and fields that no filter tells apart share one node.
 */
import type { Step } from "../manifest/FieldPath.ts"
import type { Json } from "../manifest/Manifest.ts"
import { matchesStep, type Pattern, patternsOf } from "./Filter.ts"
import type { Rule } from "./Rule.ts"

export interface Ownership {
  /** The rule that decides whether the object exists, or `undefined` when no rule claims it whole. */
  readonly lifecycle: Rule | undefined
  /** The rules that claim fields of their own, in the order of the file. */
  readonly filtered: ReadonlyArray<Rule>
  /** Of the object itself. */
  readonly root: OwnerNode
}

export interface OwnerNode {
  /** Owns the field, and what no other rule owns below it; `undefined`: no rule claims it. */
  readonly owner: Rule | undefined
  /** Whether everything below has this owner too. */
  readonly isUniform: boolean
  /** One step down. The item of a list may tell what the keys of the step leave open. */
  readonly at: (step: Step, item?: Json) => OwnerNode
}

/** A filter that the path so far agrees with, and that claims something below it. */
interface Reaching {
  readonly rule: Rule
  readonly pattern: Pattern
  /** How many segments agree. */
  readonly depth: number
}

/** Invariant: what reaches below stands before the owner in the file, in the order of the file. */
class Node implements OwnerNode {
  readonly owner: Rule | undefined
  readonly #reaching: ReadonlyArray<Reaching>
  /** Of the names that filters have here. */
  #named: Map<string, Node | undefined> | undefined
  /** Of every other name. */
  #other: Node | undefined
  #items: Map<string, Node> | undefined

  constructor(owner: Rule | undefined, reaching: ReadonlyArray<Reaching>) {
    this.owner = owner
    this.#reaching = reaching
  }

  get isUniform(): boolean {
    return this.#reaching.length === 0
  }

  at(step: Step, item?: Json): OwnerNode {
    if (this.#reaching.length === 0) return this
    return step._tag === "Field" ? this.#field(step, step.name) : this.#item(step, item)
  }

  #field(step: Step, name: string): Node {
    this.#named ??= new Map(this.#reaching.flatMap(({ depth, pattern }) => {
      const segment = pattern[depth]
      return segment?._tag === "Field" ? [[segment.name, undefined]] : []
    }))
    const after = () => this.#after((reaching) => agrees(reaching, step))
    if (!this.#named.has(name)) return this.#other ??= after()
    const node = this.#named.get(name) ?? after()
    this.#named.set(name, node)
    return node
  }

  #item(step: Step, item: Json | undefined): Node {
    this.#items ??= new Map()
    const agreeing = this.#reaching.map((reaching) => agrees(reaching, step, item))
    const key = agreeing.map(Number).join("")
    const known = this.#items.get(key)
    if (known !== undefined) return known
    const node = this.#after((_, index) => agreeing[index] === true)
    this.#items.set(key, node)
    return node
  }

  #after(agreed: (reaching: Reaching, index: number) => boolean): Node {
    const below: Array<Reaching> = []
    for (const [index, reaching] of this.#reaching.entries()) {
      if (!agreed(reaching, index)) continue
      const { depth, pattern, rule } = reaching
      if (depth + 1 === pattern.length) return new Node(rule, below.filter((other) => other.rule !== rule))
      below.push({ rule, pattern, depth: depth + 1 })
    }
    return new Node(this.owner, below)
  }
}

const agrees = ({ depth, pattern }: Reaching, step: Step, item?: Json): boolean => {
  const segment = pattern[depth]
  return segment !== undefined && matchesStep(segment, step, item)
}

/**
 * The ownership of an object, of the rules that match it: those with filters in the order of the file, then the first without.
 */
export const layered = (filtered: ReadonlyArray<Rule>, lifecycle: Rule | undefined): Ownership => ({
  lifecycle,
  filtered,
  root: new Node(
    lifecycle,
    filtered.flatMap((rule) =>
      rule.filters.flatMap(patternsOf).map((pattern): Reaching => ({ rule, pattern, depth: 0 }))
    )
  )
})
