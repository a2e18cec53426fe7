import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { randomBytes } from "node:crypto"
import { objectName } from "../../../src/git/objects/GitObject.ts"
import * as ObjectStore from "../../../src/git/objects/ObjectStore.ts"
import { indexPack } from "../../../src/git/objects/PackIndex.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { openRepository } from "../openRepository.ts"
import { makeDelta, makePack, type PackEntry } from "./packs.ts"

const withPack = Effect.fnUntraced(function*(store: ObjectStore.ObjectStore, entries: ReadonlyArray<PackEntry>) {
  return ObjectStore.withPack(store, yield* indexPack(makePack(entries), store.find, store.cache))
})

describe("the object store", () => {
  it.effect("keeps what is reachable, makes whole what is a delta from something else, and keeps nothing else", () =>
    Effect.gen(function*() {
      const base = Buffer.from("the base of them all")
      const first = makeDelta(base, [{ from: 0, length: 8 }, { literal: Buffer.from("!") }])
      const second = makeDelta(first.result, [{ from: 0, length: 9 }, { literal: Buffer.from("?") }])
      const garbage = randomBytes(10_000)
      let store = yield* withPack(ObjectStore.emptyStore(), [
        { type: "blob", body: garbage },
        { type: "blob", body: base },
        { back: 1, delta: first.delta }
      ])
      store = yield* withPack(store, [{ base: objectName("blob", first.result), delta: second.delta }])
      const name = objectName("blob", second.result)
      const clean = yield* ObjectStore.onlyReachable(store, new Set([name]))
      assert.isTrue((yield* ObjectStore.read(clean, name, "blob")).equals(second.result))
      assert.deepStrictEqual([...clean.objects.keys()], [name])
      assert.isBelow(clean.bytes, 200)
      assert.isUndefined(clean.find(name)?.base)
      const both = yield* ObjectStore.onlyReachable(store, new Set([name, objectName("blob", first.result)]))
      assert.isUndefined(both.find(objectName("blob", first.result))?.base)
      assert.strictEqual(both.find(name)?.base, both.find(objectName("blob", first.result)))
      assert.isTrue((yield* ObjectStore.read(both, name, "blob")).equals(second.result))
      assert.deepStrictEqual(yield* Effect.flip(ObjectStore.read(clean, objectName("blob", garbage), "blob")), {
        _tag: "Missing",
        name: objectName("blob", garbage)
      })
      assert.isTrue((yield* ObjectStore.read(store, objectName("blob", garbage), "blob")).equals(garbage))
    }))

  it.effect("tells an object of another type, and knows the empty tree", () =>
    Effect.gen(function*() {
      const body = Buffer.from("content")
      const store = yield* withPack(ObjectStore.emptyStore(), [{ type: "blob", body }])
      const name = objectName("blob", body)
      assert.deepStrictEqual(yield* Effect.flip(ObjectStore.read(store, name, "tree")), {
        _tag: "Damaged",
        reason: `object ${name} is a blob, not a tree`
      })
      assert.lengthOf(yield* ObjectStore.read(store, objectName("tree", Buffer.alloc(0)), "tree"), 0)
    }))

  it.live("does not grow with the commits that went by", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "still.yaml": "still", "big.bin": randomBytes(300_000) } })
      const repository = yield* openRepository(bare.url)
      let most = 0
      for (let i = 0; i < 25; i++) {
        yield* bare.commit({ "big.bin": randomBytes(300_000), "text.yaml": `number: ${i}` })
        const moved = yield* repository.advance(true)
        assert.deepInclude(yield* repository.texts(moved), { "text.yaml": `number: ${i}` })
        if (moved !== undefined) yield* repository.accept(moved)
        yield* repository.tidy
        most = Math.max(most, (yield* repository.objects).bytes)
      }
      assert.isBelow(most, 5_200_000)
      const { bytes, objects } = yield* repository.objects
      assert.isBelow(bytes, 5_200_000)
      assert.isBelow(objects.size, 60)
    }))
})
