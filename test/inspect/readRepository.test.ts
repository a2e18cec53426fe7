import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Manifests } from "../../src/inspect/Manifests.ts"
import { readRepository } from "../../src/inspect/readRepository.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { configMap, gitOptions } from "./reading.ts"

const names = ({ tip: { index } }: Manifests) =>
  index.kinds.get("ConfigMap")?.map(({ manifest: { name } }) => name) ?? []

/** Three commits: the branch, what was before it, and another branch. */
const setUp = Effect.gen(function*() {
  const repository = yield* bareRepository()
  const before = yield* repository.commit({ "a.yaml": configMap("before") })
  const now = yield* repository.commit({ "a.yaml": configMap("now") })
  const other = yield* repository.commit({ "a.yaml": configMap("other") }, { branch: "feature/x", parent: now })
  const read = (rev?: string) => readRepository(rev).pipe(Effect.provide(gitOptions({ url: repository.url })))
  return { before, now, other, read, repository }
})

describe("a repository that is read once", () => {
  it.live("is read at its branch, at another one, or at any commit", () =>
    Effect.gen(function*() {
      const { before, now, other, read, repository } = yield* setUp
      const tip = yield* read()
      assert.deepStrictEqual(names(tip), ["now"])
      assert.strictEqual(tip.tip.commit, now)
      assert.strictEqual(tip.origin, `${repository.url}, branch main, commit ${now.slice(0, 12)}`)
      const branch = yield* read("feature/x")
      assert.deepStrictEqual(names(branch), ["other"])
      assert.strictEqual(branch.origin, `${repository.url}, branch feature/x, commit ${other.slice(0, 12)}`)
      const commit = yield* read(before)
      assert.deepStrictEqual(names(commit), ["before"])
      assert.strictEqual(commit.origin, `${repository.url}, commit ${before.slice(0, 12)}`)
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped))

  it.live("tells what to do about a revision that it hasn't got", () =>
    Effect.gen(function*() {
      const { read } = yield* setUp
      const why = (rev: string) => Effect.map(Effect.flip(read(rev)), ({ message }) => message)
      assert.strictEqual(
        yield* why("feature/y"),
        "--rev feature/y: the repository has no such branch (there is feature/x, main); name a branch, or a commit by all 40 digits of its id"
      )
      assert.strictEqual(
        yield* why("0".repeat(39) + "1"),
        `--rev ${
          "0".repeat(39)
        }1: the repository has no such commit, or its server doesn't hand out commits by their id; push it, or name a branch`
      )
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped))

  it.live("may be empty, and may not be there", () =>
    Effect.gen(function*() {
      const empty = yield* bareRepository()
      const { origin, tip } = yield* readRepository(undefined).pipe(Effect.provide(gitOptions({ url: empty.url })))
      assert.strictEqual(origin, `${empty.url}, branch main, which has no commit yet`)
      assert.strictEqual(tip.index.files, 0)
      const gone = yield* Effect.flip(
        readRepository(undefined).pipe(Effect.provide(gitOptions({ url: `${empty.url}-gone` })))
      )
      assert.match(gone.message, /^There is no repository at /)
      assert.notMatch(gone.message, /trying again/i)
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped))
})
