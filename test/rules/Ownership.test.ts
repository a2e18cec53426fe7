import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { field, type FieldPath } from "../../src/manifest/FieldPath.ts"
import { layered, type OwnerNode } from "../../src/rules/Ownership.ts"
import type { Rule } from "../../src/rules/Rule.ts"
import { filteredRules, filters, paths, rule, takes } from "./samples.ts"

const nodeAt = (root: OwnerNode, path: FieldPath): OwnerNode =>
  path.reduce<OwnerNode>((node, step) => node.at(step), root)

/** Slowly and plainly: the first rule with a filter that takes the field, else the one for the rest. */
const reference = (filtered: ReadonlyArray<Rule>, lifecycle: Rule | undefined, path: FieldPath): Rule | undefined =>
  filtered.find((candidate) => candidate.filters.some((filter) => takes(filter, path))) ?? lifecycle

const lifecycles = fc.constantFrom(undefined, rule(99))

describe("the owner of a field", () => {
  it("is the first rule that takes it, else that of the object's life", () =>
    fc.assert(
      fc.property(
        filteredRules,
        lifecycles,
        fc.array(paths, { minLength: 1, maxLength: 8 }),
        (filtered, life, asked) => {
          const { root } = layered(filtered, life)
          for (const path of asked) assert.strictEqual(nodeAt(root, path).owner, reference(filtered, life, path))
        }
      ),
      { numRuns: 2000 }
    ))

  it("is that of all below it where the node says so", () =>
    fc.assert(
      fc.property(filteredRules, lifecycles, paths, fc.array(paths), (filtered, life, path, deeper) => {
        const node = nodeAt(layered(filtered, life).root, path)
        fc.pre(node.isUniform)
        for (const more of deeper) {
          const whole = [...path, ...more]
          assert.strictEqual(node.owner, reference(filtered, life, whole))
          assert.strictEqual(nodeAt(node, more).owner, node.owner)
        }
      }),
      { numRuns: 1000 }
    ))

  it("is told by the same nodes however often it is asked, so that asking costs no memory", () => {
    const { root } = layered([rule(0, { filters: filters("/spec/*/image") })], rule(1))
    const nodes = new Set<OwnerNode>()
    for (let index = 0; index < 1000; index++) {
      nodes.add(nodeAt(root, [field("spec"), { _tag: "Item", keys: { name: `item-${index}` } }, field("image")]))
      nodes.add(root.at(field(`other-${index}`)))
    }
    assert.strictEqual(nodes.size, 2)
  })

  it("may depend on what the item says of itself", () => {
    const mine = rule(0, { filters: filters("/ports/[name=http]") })
    const { root } = layered([mine], rule(1))
    const ports = root.at(field("ports"))
    const step = { _tag: "Item", keys: { port: 80 } } as const
    assert.strictEqual(ports.at(step, { port: 80, name: "http" }).owner, mine)
    assert.notStrictEqual(ports.at(step, { port: 80, name: "https" }).owner, mine)
    assert.notStrictEqual(ports.at(step).owner, mine)
  })

  it("is a name like any other, even if objects have it by birth", () => {
    const mine = rule(0, { filters: filters("/spec/constructor") })
    const { root } = layered([mine], undefined)
    assert.strictEqual(nodeAt(root, [field("spec"), field("constructor")]).owner, mine)
    assert.isUndefined(nodeAt(root, [field("spec"), field("__proto__")]).owner)
    assert.isUndefined(nodeAt(root, [field("spec"), field("toString")]).owner)
  })
})
