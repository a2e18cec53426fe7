import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { makeBodyCache, type PackedObject } from "../../../src/git/objects/PackedObject.ts"

const objectOf = (size: number): PackedObject => ({
  type: "blob",
  size,
  pack: Buffer.alloc(0),
  start: 0,
  end: 0,
  inflatedSize: size,
  base: undefined,
  isLarge: false
})

const bodyOf = (key: number, size: number): Buffer => Buffer.alloc(size, key + 1)

describe("bodies read lately", () => {
  it("are what was put, whatever came in between", () =>
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { minLength: 5, maxLength: 21 }),
        fc.array(fc.record({ key: fc.nat(20), asked: fc.boolean() }), { maxLength: 300 }),
        (sizes, uses) => {
          const cache = makeBodyCache(160)
          const objects = sizes.map(objectOf)
          for (const { asked, key } of uses) {
            const object = objects[key]
            if (object === undefined) continue
            if (asked) {
              const body = cache.get(object)
              if (body !== undefined) assert.isTrue(body.equals(bodyOf(key, object.size)))
            } else { cache.put(object, bodyOf(key, object.size)) }
          }
        }
      ),
      { numRuns: 1000 }
    ))

  it("stay as long as they are asked for, and go when nobody asks", () => {
    const cache = makeBodyCache(160)
    const [always, never, late] = [objectOf(10), objectOf(10), objectOf(20)]
    cache.put(always, bodyOf(1, 10))
    cache.put(never, bodyOf(2, 10))
    for (let key = 3; key < 50; key++) {
      cache.put(objectOf(20), bodyOf(key, 20))
      assert.isTrue(cache.get(always)?.equals(bodyOf(1, 10)))
    }
    cache.put(late, bodyOf(3, 20))
    assert.isUndefined(cache.get(never))
    assert.isTrue(cache.get(late)?.equals(bodyOf(3, 20)))
    cache.clear()
    assert.isUndefined(cache.get(always))
    const large = objectOf(21)
    cache.put(large, bodyOf(4, 21))
    assert.isUndefined(cache.get(large))
  })
})
