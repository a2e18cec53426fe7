import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import * as Delta from "../../../src/git/objects/Delta.ts"
import { type Instruction, makeDelta } from "./packs.ts"

const cases = fc.uint8Array({ minLength: 1, maxLength: 70_000 }).chain((base) =>
  fc.record({
    base: fc.constant(base),
    instructions: fc.array(fc.oneof(
      fc.record({ literal: fc.uint8Array({ minLength: 1, maxLength: 127 }) }),
      fc.tuple(fc.nat(base.length - 1), fc.nat(70_000)).map(([from, length]): Instruction => ({
        from,
        length: Math.max(1, Math.min(length, base.length - from))
      }))
    ))
  })
)

describe("a delta", () => {
  it("makes of its base what its instructions say", () => {
    fc.assert(fc.property(cases, ({ base, instructions }) => {
      const { delta, result } = makeDelta(base, instructions)
      assert.strictEqual(Delta.resultSize(delta), result.length)
      assert.isTrue(Result.getOrThrow(Delta.apply(base, delta)).equals(result))
    }))
  })

  it("that is damaged is refused, or makes as much as it says, but never throws", () => {
    fc.assert(fc.property(cases, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ base, instructions }, where, flip) => {
      const { delta } = makeDelta(base, instructions)
      delta[where % delta.length] = (delta[where % delta.length] ?? 0) ^ flip
      if ((Delta.resultSize(delta) ?? 0) > 1_000_000) return
      const made = Delta.apply(base, delta)
      if (Result.isSuccess(made)) assert.strictEqual(made.success.length, Delta.resultSize(delta))
    }))
  })

  it("copies 64 KiB where it names no length", () => {
    const base = Buffer.alloc(0x10000, "x")
    assert.isTrue(Result.getOrThrow(Delta.apply(base, Buffer.from([0x80, 0x80, 4, 0x80, 0x80, 4, 0x80]))).equals(base))
  })

  it.each([
    [[5, 1, 1, 65], "a delta for a base of 5 bytes, but its base has 4"],
    [[4, 1, 0], "a delta with an instruction that does not exist"],
    [[4, 9, 0x90, 9], "a delta that copies from outside its base"],
    [[4, 2, 2, 65], "a delta that ends too early"],
    [[4, 2, 1, 65], "a delta that makes too little"],
    [[0x80], "a delta without its sizes"]
  ])("%j is refused", (bytes, reason) => {
    assert.deepStrictEqual(Delta.apply(Buffer.from("base"), Buffer.from(bytes)), Result.fail(reason))
  })
})
