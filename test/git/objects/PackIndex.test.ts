import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { objectName } from "../../../src/git/objects/GitObject.ts"
import { makeBodyCache, readBody } from "../../../src/git/objects/PackedObject.ts"
import { type IndexedPack, indexPack } from "../../../src/git/objects/PackIndex.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { makeDelta, makePack, type PackEntry, sealed } from "./packs.ts"

const cache = (bytes = 1_000_000) => makeBodyCache(bytes)
const index = (pack: Buffer, known?: IndexedPack, bytes?: number) =>
  indexPack(pack, (name) => known?.objects.get(name), cache(bytes))

const refusal = (pack: Buffer) => Effect.flip(index(pack))

/** Bodies and, for each but the first, what it is a delta from: an earlier or a later one. */
const families = fc.array(fc.uint8Array({ minLength: 1, maxLength: 100 }), { minLength: 1, maxLength: 20 }).map(
  (literals) => {
    const bodies: Array<Buffer> = []
    const entries: Array<PackEntry> = []
    for (const literal of literals) {
      const base = bodies.at(-1)
      if (base === undefined) {
        bodies.push(Buffer.from(literal))
        entries.push({ type: "blob", body: literal })
        continue
      }
      const { delta, result } = makeDelta(base, [{ literal }, { from: 0, length: base.length }])
      bodies.push(result)
      entries.push(entries.length % 2 === 0 ? { base: objectName("blob", base), delta } : { back: 1, delta })
    }
    return { bodies, entries }
  }
)

const assertHolds = Effect.fnUntraced(function*(pack: IndexedPack, bodies: ReadonlyArray<Buffer>) {
  for (const body of bodies) {
    const object = pack.objects.get(objectName("blob", body))
    assert.isDefined(object)
    if (object !== undefined) assert.isTrue((yield* readBody(object, cache(0))).equals(body))
  }
})

describe("the index of a pack", () => {
  it("finds every object, through chains of deltas, without a cache, too", () =>
    fc.assert(
      fc.asyncProperty(families, ({ bodies, entries }) =>
        Effect.runPromise(
          index(makePack(entries), undefined, 0).pipe(Effect.flatMap((pack) => assertHolds(pack, bodies)))
        ))
    ))

  it("finds bases that come after their deltas", () =>
    fc.assert(fc.asyncProperty(families, ({ bodies, entries }) => {
      const named = entries.map((entry, i): PackEntry =>
        "delta" in entry ? { base: objectName("blob", bodies[i - 1] ?? Buffer.alloc(0)), delta: entry.delta } : entry
      )
      return Effect.runPromise(
        index(makePack(named.toReversed())).pipe(Effect.flatMap((pack) => assertHolds(pack, bodies)))
      )
    })))

  it.effect("takes bases that are here already", () =>
    Effect.gen(function*() {
      const base = Buffer.from("the base")
      const known = yield* index(makePack([{ type: "blob", body: base }]))
      const { delta, result } = makeDelta(base, [{ from: 4, length: 4 }])
      const thin = makePack([{ base: objectName("blob", base), delta }])
      yield* assertHolds(yield* index(thin, known), [result])
      assert.strictEqual(yield* refusal(thin), "the base of 1 delta is missing")
    }))

  it.effect("is refused when any byte of the pack changes", () =>
    Effect.gen(function*() {
      const pack = makePack([{ type: "blob", body: Buffer.from("content") }])
      for (let at = 0; at < pack.length; at++) {
        const damaged = Buffer.from(pack)
        damaged[at] = (damaged[at] ?? 0) ^ 0x10
        yield* refusal(damaged)
      }
      assert.strictEqual(yield* refusal(pack.subarray(0, -1)), "its checksum is wrong")
    }))

  it.effect("is refused for a pack that is sealed but wrong", () =>
    Effect.gen(function*() {
      const blob: PackEntry = { type: "blob", body: Buffer.from("content") }
      assert.strictEqual(yield* refusal(sealed(Buffer.from("PACK\0\0\0\u0009\0\0\0\0"))), "it is a pack of version 9")
      assert.strictEqual(yield* refusal(makePack([blob], 2)), "it ends after 1 of 2 objects")
      assert.strictEqual(yield* refusal(makePack([blob, blob], 1)), "it holds more than the objects it announces")
      assert.strictEqual(
        yield* refusal(sealed(Buffer.concat([makePack([blob]).subarray(0, 12), Buffer.from("\u0055abc")]))),
        "an object of unknown type 5"
      )
      assert.match(
        yield* refusal(sealed(Buffer.concat([makePack([blob]).subarray(0, 12), Buffer.from("\u0037abc")]))),
        /^an object that cannot be inflated/
      )
      const bomb = makePack([blob, { back: 1, delta: Buffer.from([7, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x90, 7]) }])
      assert.strictEqual(yield* refusal(bomb), "a delta to an object of 34359738367 bytes")
    }))

  it.live("agrees with native git about a real pack with long delta chains", () =>
    Effect.gen(function*() {
      const line = (i: number) => `line ${i} ${"x".repeat(i % 50)}\n`
      const bare = yield* bareRepository()
      for (let version = 0; version < 30; version++) {
        const long = Array.from({ length: 400 }, (_, i) => line(i + (i === version ? 1000 : 0))).join("")
        yield* bare.commit({ "long.yaml": long, [`other-${version % 5}.yaml`]: `v ${version}\n` })
      }
      yield* bare.git("repack", "-adfq", "--depth=50", "--window=50")
      const folder = join(bare.path, "objects/pack")
      const file = readdirSync(folder).find((name) => name.endsWith(".pack")) ?? ""
      const pack = yield* index(readFileSync(join(folder, file)))
      const expected = yield* bare.git(
        "cat-file",
        "--batch-check=%(objectname) %(objecttype) %(objectsize)",
        "--batch-all-objects"
      )
      const found = [...pack.objects].map(([name, { size, type }]) => `${name} ${type} ${size}`)
      assert.sameMembers(found, expected.split("\n"))
      for (const [name, object] of pack.objects)
        assert.strictEqual(objectName(object.type, yield* readBody(object, cache())), name)
    }))
})
