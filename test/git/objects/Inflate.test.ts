import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as fc from "fast-check"
import { deflateSync } from "node:zlib"
import { inflateAt, inflateNow, large } from "../../../src/git/objects/Inflate.ts"
import { inflateInto } from "../../../src/git/objects/InflateEngine.ts"

/** A stream somewhere in a pack. */
const packed = (body: Uint8Array, front = 7, level = 6) => {
  const stream = deflateSync(body, { level })
  return { pack: Buffer.concat([Buffer.alloc(front, 1), stream, Buffer.alloc(9, 2)]), end: front + stream.length }
}

const words = fc.array(fc.constantFrom("one ", "two ", "\n", "\0", "three"), { maxLength: 400 })

describe("a stream in a pack", () => {
  it("is inflated as one that this Node makes an engine for only once", () => assert.isDefined(inflateInto))

  it("comes out as it went in, and tells where it ends, many in turn", () =>
    fc.assert(
      fc.property(words, fc.nat(9), fc.nat(9), (words, front, level) => {
        const body = Buffer.from(words.join(""))
        const { end, pack } = packed(body, front, level)
        assert.deepStrictEqual(Result.getOrThrow(inflateNow(pack, front, body.length)), { body, end })
      }),
      { numRuns: 500 }
    ))

  it.effect("comes out as it went in, however long it is", () =>
    Effect.gen(function*() {
      for (const length of [0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, large - 1, large, large + 1]) {
        const body = Buffer.from(Array.from({ length }, (_, index) => (index * 7919) >> 5))
        const { end, pack } = packed(body)
        assert.isTrue((yield* inflateAt(pack, 7, length)).body.equals(body), `${length} bytes`)
        assert.strictEqual((yield* inflateAt(pack, 7, length)).end, end)
      }
    }))

  it("is refused where it is longer or shorter than it says, or no stream; and the next one is read", () => {
    const body = Buffer.from("some text, some text")
    const { end, pack } = packed(body)
    const fault = (bytes: Buffer, size: number) => Result.isFailure(inflateNow(bytes, 7, size))
    for (let size = 0; size < 2 * body.length; size++) {
      assert.strictEqual(fault(pack, size), size !== body.length, `${size}`)
      assert.deepStrictEqual(Result.getOrThrow(inflateNow(pack, 7, body.length)), { body, end })
    }
    for (let cut = 7; cut < end; cut++) assert.isTrue(fault(pack.subarray(0, cut), body.length), `cut at ${cut}`)
    const flipped = Buffer.from(pack)
    flipped[end - 1] = (flipped[end - 1] ?? 0) ^ 1
    assert.isTrue(fault(flipped, body.length))
    assert.isTrue(Result.isFailure(inflateNow(pack, 3, body.length)))
    assert.deepStrictEqual(Result.getOrThrow(inflateNow(pack, 7, body.length)), { body, end })
  })
})
