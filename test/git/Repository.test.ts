import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { bareRepository } from "../remote/BareRepository.ts"
import { startHttpGitServer } from "../remote/HttpGitServer.ts"
import { openRepository } from "./openRepository.ts"

const many = Object.fromEntries(
  Array.from({ length: 300 }, (_, i) => [`apps/team-${i % 7}/app-${i}.yaml`, `kind: ConfigMap\nnumber: ${i}\n`])
)

describe("a repository", () => {
  describe.each(["file", "https", "http", "https with version 1", "https with version 0"])("over %s", (way) => {
    const open = Effect.gen(function*() {
      const bare = yield* bareRepository()
      if (way === "file") return { bare, open: openRepository(bare.url), requests: [] }
      const protocol = way.endsWith("1") ? 1 : way.endsWith("0") ? 0 : 2
      const server = yield* startHttpGitServer(bare, { protocol, tls: way !== "http", gzip: true })
      return { bare, requests: server.requests, open: openRepository(server.url, { https: server.credentials }) }
    })

    it.live("is read whole at first, and then by what changed", () =>
      Effect.gen(function*() {
        const { bare, open: opened } = yield* open
        const first = yield* bare.commit({ ...many, "README.md": "hello" }, { message: "First\n\nbody" })
        const repository = yield* opened
        const start = yield* repository.advance(false)
        if (start !== undefined) yield* repository.accept(start)
        assert.strictEqual(start?.commit, first)
        assert.strictEqual(start?.branch, "main")
        assert.strictEqual(start?.subject, "First")
        assert.deepStrictEqual(yield* repository.texts(start), { ...many, "README.md": "hello" })
        assert.isUndefined(yield* repository.advance(true))

        const second = yield* bare.commit({
          "apps/team-3/app-3.yaml": "changed",
          "apps/new/one.yaml": "new",
          "README.md": null
        })
        const next = yield* repository.advance(true)
        assert.strictEqual(next?.commit, second)
        assert.deepStrictEqual(yield* repository.texts(next), {
          "apps/team-3/app-3.yaml": "changed",
          "apps/new/one.yaml": "new",
          "README.md": undefined
        })
      }))

    it.live("that is empty has a tip without a commit, and then its first", () =>
      Effect.gen(function*() {
        const { bare, open: opened } = yield* open
        const repository = yield* opened
        const start = yield* repository.advance(false)
        if (start !== undefined) yield* repository.accept(start)
        assert.deepInclude(start, { commit: undefined, tree: undefined, changes: [] })
        assert.isUndefined(yield* repository.advance(false))
        const commit = yield* bare.commit({ "a.yaml": "a" })
        assert.deepInclude(yield* repository.advance(false), { commit, branch: "main" })
      }))
  })
})
