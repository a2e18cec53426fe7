import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { makeRecentlyUsed } from "../../src/git/RecentlyUsed.ts"

const made = (limit: number) => makeRecentlyUsed<number, string>({ limit, largest: 8, sizeOf: (text) => text.length })

describe("what was used lately", () => {
  it("is within the bound, and gives what was put", () =>
    fc.assert(fc.property(
      fc.array(fc.record({ key: fc.nat(30), length: fc.nat(9), asked: fc.boolean() }), { maxLength: 200 }),
      (uses) => {
        const used = made(40)
        const put = new Map<number, string>()
        for (const { asked, key, length } of uses) {
          const text = put.get(key) ?? "x".repeat(length)
          put.set(key, text)
          if (asked) used.get(key)
          else used.put(key, text)
        }
        const kept = new Map(
          [...put.keys()].flatMap((key) => used.get(key) === undefined ? [] : [[key, used.get(key)]])
        )
        for (const [key, text] of kept) assert.strictEqual(text, put.get(key))
        assert.isAtMost([...kept.values()].join("").length, 40)
      }
    )))

  it("stays as long as it is asked for, and what nobody asks for goes", () => {
    const used = made(40)
    used.put(0, "always")
    used.put(1, "never")
    for (let key = 2; key < 50; key++) {
      used.put(key, "12345678")
      assert.strictEqual(used.get(0), "always")
    }
    assert.isUndefined(used.get(1))
    assert.strictEqual(used.get(49), "12345678")
  })

  it("isn't what is too large, nor what was before everything was cleared", () => {
    const used = made(40)
    used.put(1, "123456789")
    used.put(2, "12345678")
    assert.isUndefined(used.get(1))
    used.clear()
    assert.isUndefined(used.get(2))
  })
})
