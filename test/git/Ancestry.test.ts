import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { ancestry } from "../../src/git/Ancestry.ts"
import type { Tip } from "../../src/git/Tip.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { startHttpGitServer } from "../remote/HttpGitServer.ts"
import { startGit } from "./startGit.ts"

describe("what the commits between tell", () => {
  /** Of each commit its parents, all of them older. */
  const histories = fc.array(fc.array(fc.nat(), { maxLength: 2 }), { minLength: 1, maxLength: 30 }).map((all) =>
    all.map((parents, index) => index === 0 ? [] : [...new Set(parents.map((parent) => parent % index))])
  )

  const reaches = (history: ReadonlyArray<ReadonlyArray<number>>, from: number, to: number): boolean =>
    (history[from] ?? []).some((parent) => parent === to || reaches(history, parent, to))

  it("is whether the one lies in the history of the other", () => {
    fc.assert(fc.property(histories, fc.nat(), fc.nat(), (history, a, b) => {
      const [to = 0, from = 0] = [a % history.length, b % history.length].toSorted((x, y) => x - y)
      fc.pre(from !== to)
      const commitOf = (id: string) => ({ parents: (history[Number(id)] ?? []).map(String) })
      assert.strictEqual(
        ancestry(commitOf, String(from), String(to), 1000),
        reaches(history, from, to) ? "grown" : "rewritten"
      )
    }))
  })

  it("is left open where they don't reach far enough", () => {
    const chain = (id: string) => ({ parents: [String(Number(id) + 1)] })
    assert.strictEqual(ancestry(chain, "0", "5", 5), "grown")
    assert.strictEqual(ancestry(chain, "0", "6", 5), "unknown")
  })
})

const text = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`

/** A server that speaks this version, and whether it sends commits alone. */
const servers = [
  { protocol: 2, filter: true },
  { protocol: 2, filter: false },
  { protocol: 0, filter: true },
  { protocol: 0, filter: false }
] as const

for (const { filter, protocol } of servers) {
  const what = `version ${protocol}, ${filter ? "commits alone" : "with their trees"}`
  describe(`a branch whose history is rewritten (${what})`, () => {
    const start = Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": text("a") } })
      yield* bare.git("config", "uploadpack.allowFilter", String(filter))
      const http = yield* startHttpGitServer(bare, { protocol })
      const room = yield* startGit(http.url, { https: http.credentials })
      const rewritten = () => room.log.filter((line) => line.includes("was rewritten"))
      return { bare, git: room.git, first: yield* room.git.refresh, rewritten }
    })

    const filesOf = ({ index }: Tip) => [...index.kinds.values()].flat().map(({ path }) => path).toSorted()

    it.live("is followed, and that is said loudly, once", () =>
      Effect.gen(function*() {
        const { bare, first, git, rewritten } = yield* start
        yield* bare.rewrite({ "b.yaml": text("b") })
        const tip = yield* git.refresh
        assert.deepStrictEqual(filesOf(tip), ["b.yaml"])
        assert.strictEqual(tip.rewrittenFrom, first.commit)
        assert.deepStrictEqual(rewritten(), [
          `Warn: The history of the branch was rewritten: commit ${first.commit}, which it pointed at, is no longer part of it. ` +
          "It is followed as it is now; what went with the old history is not taken for deleted"
        ])
        yield* git.refresh
        yield* bare.commit({ "c.yaml": text("c") })
        assert.isUndefined((yield* git.refresh).rewrittenFrom)
        assert.strictEqual(rewritten().length, 1)
      }))

    it.live("is told apart from one that grew by many commits, or by a merge of what is older", () =>
      Effect.gen(function*() {
        const { bare, first, git, rewritten } = yield* start
        for (let at = 0; at < 12; at++) yield* bare.commit({ [`${at}.yaml`]: text(`m${at}`) })
        const grown = yield* git.refresh
        assert.strictEqual(filesOf(grown).length, 13)
        assert.isUndefined(grown.rewrittenFrom)
        const side = yield* bare.commit({ "side.yaml": text("side") }, { branch: "side", parent: first.commit ?? "" })
        const tree = yield* bare.git("merge-tree", "--write-tree", grown.commit ?? "", side)
        const person = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        const parents = ["-p", side, "-p", grown.commit ?? ""]
        const merged = yield* bare.git(...person, "commit-tree", tree, "-m", "merge", ...parents)
        yield* bare.moveBranch(merged)
        const tip = yield* git.refresh
        assert.isTrue(filesOf(tip).includes("side.yaml"))
        assert.isUndefined(tip.rewrittenFrom)
        assert.deepStrictEqual(rewritten(), [])
      }))

    it.live("is noticed where the old commit is still in between, but not below", () =>
      Effect.gen(function*() {
        const { bare, first, git, rewritten } = yield* start
        const second = yield* bare.commit({ "b.yaml": text("b") })
        yield* git.refresh
        yield* bare.commit({ "c.yaml": text("c") }, { parent: first.commit ?? "" })
        const tip = yield* git.refresh
        assert.deepStrictEqual(filesOf(tip), ["a.yaml", "c.yaml"])
        assert.strictEqual(tip.rewrittenFrom, second)
        assert.strictEqual(rewritten().length, 1)
      }))
  })
}
