import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { bareRepository } from "../remote/BareRepository.ts"
import { startHttpGitServer } from "../remote/HttpGitServer.ts"
import { startSshGitServer } from "../remote/SshGitServer.ts"
import { credentialsOf } from "./ssh/openSsh.ts"
import { startGit } from "./startGit.ts"

const text = (name: string, value = "1") =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { key: "${value}" }\n`

const confirming = (...lines: ReadonlyArray<string>) => ({ message: ["Tidy up", "", ...lines].join("\n") })

const servers = [
  { protocol: 2, filter: true },
  { protocol: 2, filter: false },
  { protocol: 0, filter: true },
  { protocol: 0, filter: false }
] as const

describe.each(servers)("the history of the tip (version $protocol, commits alone: $filter)", ({ filter, protocol }) => {
  const start = Effect.fnUntraced(function*(gitPath = "") {
    const bare = yield* bareRepository({ files: { "a.yaml": text("a"), "prod/b.yaml": text("b") } })
    yield* bare.git("config", "uploadpack.allowFilter", String(filter))
    if (protocol === 0) yield* bare.git("config", "uploadpack.allowAnySHA1InWant", "true")
    const http = yield* startHttpGitServer(bare, { protocol })
    const first = (yield* bare.tip()) ?? ""
    const room = Effect.map(startGit(http.url, { https: http.credentials, gitPath }), ({ git }) => git)
    return { bare, first, room }
  })

  it.live("holds what it grew from, however many commits ago, and nothing else", () =>
    Effect.gen(function*() {
      const { bare, first, room } = yield* start()
      for (let at = 0; at < 60; at++) yield* bare.commit({ "a.yaml": text("a", `${at}`) })
      const side = yield* bare.commit({ "side.yaml": text("side") }, { branch: "side", parent: first })
      const git = yield* room
      const tip = yield* git.refresh
      assert.deepStrictEqual(yield* git.history(tip.commit ?? ""), { isAncestor: true, confirmations: [] })
      assert.deepStrictEqual(yield* git.history(first), { isAncestor: true, confirmations: [] })
      assert.deepStrictEqual(yield* git.history(side), { isAncestor: false, confirmations: [] })
      assert.deepStrictEqual(yield* git.history("1".repeat(40)), { isAncestor: false, confirmations: [] })
      assert.deepStrictEqual(yield* git.history("no commit"), { isAncestor: false, confirmations: [] })
      yield* bare.rewrite({ "a.yaml": text("a") })
      yield* git.refresh
      assert.deepStrictEqual(yield* git.history(tip.commit ?? ""), { isAncestor: false, confirmations: [] })
    }))

  it.live("tells what was confirmed since, by commits that change something below gitPath", () =>
    Effect.gen(function*() {
      const { bare, room } = yield* start("prod")
      const line = "Confirm-deletions: default 3"
      yield* bare.commit({ "prod/b.yaml": text("b", "2") }, confirming(line))
      const since = (yield* bare.tip()) ?? ""
      yield* bare.commit({ "a.yaml": text("a", "3") }, confirming("Confirm-deletions: default 4"))
      yield* bare.commit({}, confirming("Confirm-deletions: default 5"))
      const counts = yield* bare.commit(
        { "prod/b.yaml": text("b", "4") },
        confirming("Confirm-deletions: default 6", "Signed-off-by: A <a@example.com>", "Confirm-deletions: other 1")
      )
      yield* bare.commit(
        { "prod/b.yaml": text("b", "5") },
        confirming("Confirm-deletions: default 7", "", "No trailer")
      )
      yield* bare.commit({ "prod/b.yaml": text("b", "6") }, confirming("confirm deletions: default 8"))
      const last = yield* bare.commit({ "prod/c.yaml": text("c") }, confirming("Confirm-deletions: default 9"))
      const git = yield* room
      yield* git.refresh
      assert.deepStrictEqual(yield* git.history(since), {
        isAncestor: true,
        confirmations: [
          { commit: last, name: "default", count: 9 },
          { commit: counts, name: "default", count: 6 },
          { commit: counts, name: "other", count: 1 }
        ]
      })
      assert.deepStrictEqual(yield* git.history(last), { isAncestor: true, confirmations: [] })
    }))

  it.live("counts a merge by what it brought to the branch", () =>
    Effect.gen(function*() {
      const { bare, first, room } = yield* start("prod")
      const main = yield* bare.commit({ "a.yaml": text("a", "2") })
      const side = yield* bare.commit({ "prod/b.yaml": text("b", "2") }, { branch: "side", parent: first })
      const tree = yield* bare.git("merge-tree", "--write-tree", main, side)
      const person = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
      const { message } = confirming("Confirm-deletions: default 2")
      const merge = yield* bare.git(...person, "commit-tree", tree, "-p", main, "-p", side, "-m", message)
      yield* bare.moveBranch(merge)
      const git = yield* room
      yield* git.refresh
      const { confirmations } = yield* git.history(main)
      assert.deepStrictEqual(confirmations, [{ commit: merge, name: "default", count: 2 }])
    }))
})

describe("a server that shows only commits that a branch points at", () => {
  it.live("leaves it open what a commit changed, so that it confirms nothing, and that is said", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "prod/b.yaml": text("b") } })
      const first = (yield* bare.tip()) ?? ""
      const server = yield* startSshGitServer(bare, { acceptsEnv: false })
      yield* bare.commit({ "prod/b.yaml": text("b", "2") }, confirming("Confirm-deletions: default 3"))
      yield* bare.commit({ "prod/b.yaml": text("b", "3") })
      const { git, log } = yield* startGit(server.url, { ssh: credentialsOf(server), gitPath: "prod" })
      yield* git.refresh
      assert.deepStrictEqual(yield* git.history(first), { isAncestor: true, confirmations: [] })
      assert.match(log.join("\n"), /Warn: Whether commit [0-9a-f]{40} confirms deletions here can't be known/)
    }))
})
