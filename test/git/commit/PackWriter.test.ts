import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { randomBytes } from "node:crypto"
import { type NewObject, writePack } from "../../../src/git/commit/PackWriter.ts"
import { objectName } from "../../../src/git/objects/GitObject.ts"
import * as ObjectStore from "../../../src/git/objects/ObjectStore.ts"
import { indexPack } from "../../../src/git/objects/PackIndex.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { gitBytes } from "../../remote/NativeGit.ts"

const blobOf = (body: Buffer): NewObject => ({ name: objectName("blob", body), type: "blob", body })

const unique = (
  objects: ReadonlyArray<NewObject>
) => [...new Map(objects.map((object) => [object.name, object])).values()]

const blobs = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 0, max: 40_000 }).map((size) => new Uint8Array(size).fill(7))
  ).map((bytes) => blobOf(Buffer.from(bytes))),
  { maxLength: 20 }
).map(unique)

describe("a pack", () => {
  it("tells of itself what reading it would tell", () =>
    fc.assert(fc.asyncProperty(blobs, (objects) =>
      Effect.runPromise(Effect.gen(function*() {
        const { indexed, pack } = yield* writePack(objects)
        const store = ObjectStore.emptyStore()
        const read = yield* indexPack(pack, store.find, store.cache)
        assert.deepStrictEqual(indexed, read)
        const source = ObjectStore.withPack(ObjectStore.emptyStore(), indexed)
        for (const { body, name } of objects)
          assert.isTrue((yield* ObjectStore.read(source, name, "blob")).equals(body))
      })))))

  it.live("is read by git, whatever the sizes of its objects", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository()
      const sizes = [0, 1, 15, 16, 2_047, 2_048, 127 * 1024, 128 * 1024, 262_143, 262_144, 1024 * 1024, 3_000_000]
      const objects = sizes.flatMap((size) => [blobOf(Buffer.alloc(size, "text ")), blobOf(randomBytes(size))])
      const { indexed, pack } = yield* writePack(unique(objects))
      yield* gitBytes(["index-pack", "--stdin", "--strict"], { cwd: bare.path, stdin: [pack] })
      for (const { body, name } of objects)
        assert.isTrue((yield* gitBytes(["cat-file", "blob", name], { cwd: bare.path })).equals(body))
      const store = ObjectStore.emptyStore()
      assert.deepStrictEqual(indexed, yield* indexPack(pack, store.find, store.cache))
    }))
})
