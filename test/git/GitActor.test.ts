import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Scope, Stream } from "effect"
import { Payloads } from "../../src/git/Payloads.ts"
import type { Tip } from "../../src/git/Tip.ts"
import type { ManifestRef } from "../../src/manifest/Manifest.ts"
import { eventually } from "../process/Eventually.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { startHttpGitServer } from "../remote/HttpGitServer.ts"
import { startGit } from "./startGit.ts"

const configMap = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: shop\ndata:\n  key: "${value}"\n`

const refs = (tip: Tip): ReadonlyArray<ManifestRef> => [...tip.index.kinds.values()].flat()
const names = (tip: Tip) => refs(tip).map(({ manifest }) => manifest.name)

describe("the Git actor", () => {
  it.live("publishes the tip it finds, and every one it is pushed to afterwards", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") } })
      const { git, until } = yield* startGit(bare.url, { interval: 100 })
      const first = yield* until(({ tip }) => tip !== undefined)
      assert.strictEqual(first.tip?.commit, yield* bare.tip())
      assert.isUndefined(first.failure)
      assert.isNumber(first.checkedAt)
      if (first.tip !== undefined) assert.deepStrictEqual(names(first.tip), ["a", "b"])

      const commit = yield* bare.commit({ "b.yaml": null, "c.yaml": configMap("c", "1") }, { message: "Take b away" })
      const { tip } = yield* until(({ tip }) => tip?.commit === commit)
      assert.strictEqual(tip?.subject, "Take b away")
      if (tip !== undefined) assert.deepStrictEqual(names(tip), ["a", "c"])
      assert.strictEqual(yield* git.refresh, tip)
    }))

  it.live("answers a refresh with the tip of now, also many at once", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": configMap("a", "1") } })
      const server = yield* startHttpGitServer(bare)
      const { git } = yield* startGit(server.url, { https: server.credentials })
      yield* git.refresh
      const commit = yield* bare.commit({ "a.yaml": configMap("a", "2") })
      server.requests.length = 0
      const tips = yield* Effect.all(Array.from({ length: 50 }, () => git.refresh), { concurrency: "unbounded" })
      assert.deepStrictEqual(new Set(tips.map((tip) => tip.commit)), new Set([commit]))
      assert.isBelow(server.requests.length, 6)
    }))

  it.live("costs the server one small request when nothing has changed", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": configMap("a", "1") } })
      yield* bare.git("for-each-ref")
      const server = yield* startHttpGitServer(bare)
      const { git } = yield* startGit(server.url, { https: server.credentials })
      yield* git.refresh
      server.requests.length = 0
      for (let i = 0; i < 5; i++) yield* git.refresh
      assert.deepStrictEqual(
        server.requests.map(({ command, method }) => `${method} ${command}`),
        Array.from({ length: 5 }, () => "POST ls-refs")
      )
      assert.isTrue(server.requests.every(({ answerBytes }) => answerBytes < 200))
    }))

  it.live("keeps what did not change the same, so that readers can skip it", () =>
    Effect.gen(function*() {
      const service = `apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n`
      const bare = yield* bareRepository({ files: { "a.yaml": configMap("a", "1"), "web.yaml": service } })
      const { git } = yield* startGit(bare.url)
      const before = yield* git.refresh
      yield* bare.commit({ "a.yaml": configMap("a", "2"), "README.md": "hello" })
      const after = yield* git.refresh
      assert.notStrictEqual(after.index.kinds.get("ConfigMap"), before.index.kinds.get("ConfigMap"))
      assert.strictEqual(after.index.kinds.get("Service"), before.index.kinds.get("Service"))
      yield* bare.commit({}, { message: "nothing" })
      const same = yield* git.refresh
      assert.strictEqual(same.index, after.index)
      assert.strictEqual(same.tree, after.tree)
    }))

  it.live("gives latecomers the latest, and those who are slow only the latest", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": configMap("a", "0") } })
      const { git, latest } = yield* startGit(bare.url)
      yield* git.refresh
      const seen: Array<string | undefined> = []
      const slow = yield* git.changes.pipe(
        Stream.runForEach(({ tip }) => Effect.andThen(Effect.sync(() => seen.push(tip?.commit)), Effect.sleep(1500))),
        Effect.forkChild
      )
      let last: string | undefined
      for (let i = 1; i <= 10; i++) {
        last = yield* bare.commit({ "a.yaml": configMap("a", `${i}`) })
        yield* git.refresh
      }
      assert.strictEqual((yield* latest).tip?.commit, last)
      yield* eventually("the slow one has the latest", Effect.sync(() => seen.at(-1)), (commit) => commit === last)
      assert.isBelow(seen.length, 6)
      yield* Fiber.interrupt(slow)
    }))

  it.live("reads only what is below gitPath, and names paths from the root", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: { "a.yaml": configMap("a", "1"), "clusters/prod/b.yaml": configMap("b", "1") }
      })
      const { git, latest } = yield* startGit(bare.url, { gitPath: "clusters/prod" })
      const tip = yield* git.refresh
      assert.deepStrictEqual(refs(tip).map(({ path }) => path), ["clusters/prod/b.yaml"])
      const commit = yield* bare.commit({ "a.yaml": configMap("a", "2") })
      const next = yield* git.refresh
      assert.strictEqual(next.commit, commit)
      assert.strictEqual(next.tree, tip.tree)
      assert.strictEqual(next.index, tip.index)

      const gone = yield* bare.commit({ "clusters/prod": null, "clusters/b.yaml": configMap("b", "1") })
      const failure = yield* Effect.flip(git.refresh)
      assert.strictEqual(
        failure.message,
        `gitPath clusters/prod does not exist in commit ${
          gone.slice(0, 12)
        } of branch main of ${bare.url}. Commit it, or correct "gitPath" in the configuration`
      )
      assert.strictEqual((yield* latest).tip, next)
      yield* bare.commit({ "clusters/prod": "a file" })
      assert.include(
        (yield* Effect.flip(git.refresh)).message,
        "gitPath clusters/prod is a file, not a directory, in commit"
      )
      yield* bare.commit({ "clusters/prod": null, "clusters/prod/c.yaml": configMap("c", "1") })
      assert.deepStrictEqual(names(yield* git.refresh), ["c"])
    }))

  it.live("gives the bodies of manifests, from memory and from their blobs", () =>
    Effect.gen(function*() {
      const two = `${configMap("a", "1")}---\n${configMap("b", "2")}`
      const bare = yield* bareRepository({ files: { "two.yaml": two } })
      const { git, reader } = yield* startGit(bare.url)
      const tip = yield* git.refresh
      for (const [index, ref] of refs(tip).entries()) {
        const body = yield* reader.read(ref)
        assert.deepStrictEqual(body["data"], { key: `${index + 1}` })
      }
      const [first] = refs(tip)
      if (first === undefined) return assert.fail("no manifest")
      const missing = yield* Effect.flip(reader.read({ ...first, blob: "0".repeat(40) }))
      assert.strictEqual(
        missing.message,
        "two.yaml:1 can't be read from its commit any more (its blob is gone); it is read again with the next tip"
      )
    }))

  it.live("has an empty tip for an empty repository, and never for a branch that was there", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository()
      const { git, latest } = yield* startGit(bare.url, { branch: "main" })
      const empty = yield* git.refresh
      assert.deepInclude(empty, { commit: undefined, tree: undefined, branch: "main" })
      assert.strictEqual(empty.index.files, 0)
      yield* bare.commit({ "a.yaml": configMap("a", "1") })
      const tip = yield* git.refresh
      yield* bare.deleteBranch()
      const failure = yield* Effect.flip(git.refresh)
      assert.strictEqual(
        failure.message,
        `${bare.url} has no branch main: there are no branches. Push the branch, or correct "branch" in the configuration`
      )
      assert.strictEqual((yield* latest).tip, tip)
      yield* bare.commit({ "a.yaml": configMap("a", "2") }, { parent: "none" })
      assert.deepStrictEqual(names(yield* git.refresh), ["a"])
    }))

  it.live("follows a history that was rewritten", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": configMap("a", "1"), "b.yaml": configMap("b", "1") } })
      const { git } = yield* startGit(bare.url)
      yield* git.refresh
      const commit = yield* bare.rewrite({ "b.yaml": configMap("b", "1"), "c.yaml": configMap("c", "1") })
      const tip = yield* git.refresh
      assert.strictEqual(tip.commit, commit)
      assert.deepStrictEqual(names(tip), ["b", "c"])
    }))

  it.live("starts again after a defect, with everything read anew, and says so", () =>
    Effect.gen(function*() {
      let defects = 2
      const payloads = Layer.effect(
        Payloads,
        Effect.map(Payloads, (real) => ({
          ...real,
          put: (blob: string, texts: ReadonlyArray<string>) => {
            if (defects-- > 0) throw new Error("no memory left")
            real.put(blob, texts)
          }
        }))
      ).pipe(Layer.provide(Payloads.layer))
      const bare = yield* bareRepository({ files: { "a.yaml": configMap("a", "1") } })
      const { git, log, until } = yield* startGit(bare.url, { payloads })
      const { failure } = yield* until(({ failure }) => failure !== undefined)
      assert.strictEqual(
        failure?.message,
        `Reading ${bare.url} failed by a mistake in this program (Error: no memory left), and starts anew. Please report it with the log`
      )
      const { tip } = yield* until(({ tip }) => tip !== undefined)
      if (tip !== undefined) assert.deepStrictEqual(names(tip), ["a"])
      assert.strictEqual(yield* git.refresh, tip)
      assert.deepStrictEqual(
        log.map((line) => line.slice(0, 30)),
        ["Error: The Git actor failed and", "Error: The Git actor failed and", "Info: Read the branch"].map((line) =>
          line.slice(0, 30)
        )
      )
    }))

  it.live("stops, whatever the server is doing, and leaves nobody waiting", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": configMap("a", "1") } })
      const server = yield* startHttpGitServer(bare)
      server.setFault(() => ({ silent: true }))
      const scope = yield* Scope.make()
      const { git, log } = yield* startGit(server.url, { https: server.credentials }).pipe(Scope.provide(scope))
      const waiting = yield* Effect.forkChild(git.refresh)
      yield* eventually("the server is asked", Effect.sync(() => server.requests.length), (count) => count > 0)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(Exit.isFailure(yield* Fiber.await(waiting)))
      assert.deepStrictEqual(log, [], "the silence was not waited out")
    }))
})
