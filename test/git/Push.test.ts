import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type BareRepository, bareRepository, type BareRepositoryOptions } from "../remote/BareRepository.ts"
import { startHttpGitServer } from "../remote/HttpGitServer.ts"
import { makeAuthor, type OpenOptions, openRemote, putHook } from "./pushing.ts"

const ways = ["file", "https", "http", "https with version 1", "https with version 0"] as const

const files = { "a.yaml": "a: 1\n", "deep/b.yaml": "b: 2\n" }

/** The server agrees with us: the branch is there, and everything below it is sound. */
const assertSound = Effect.fnUntraced(function*(bare: BareRepository, tip: string | undefined, branch = "main") {
  assert.strictEqual(yield* bare.tip(branch), tip)
  assert.strictEqual(yield* bare.git("fsck", "--strict", "--no-dangling"), "")
})

describe.each(ways)("a push over %s", (way) => {
  const serve = Effect.fnUntraced(function*(repository: BareRepositoryOptions = { files }) {
    const bare = yield* bareRepository(repository)
    const author = yield* makeAuthor(bare)
    if (way === "file") return { bare, author, open: (options: OpenOptions = {}) => openRemote(bare.url, options) }
    const protocol = way.endsWith("1") ? 1 : way.endsWith("0") ? 0 : 2
    const http = yield* startHttpGitServer(bare, { protocol, tls: way !== "http", credentials: "made", gzip: true })
    return {
      bare,
      author,
      open: (options: OpenOptions = {}) => openRemote(http.url, { https: http.credentials, ...options })
    }
  })

  it.live("moves the branch, and is not made twice", () =>
    Effect.gen(function*() {
      const { author, bare, open } = yield* serve()
      const remote = yield* open()
      assert.strictEqual((yield* remote.mayPush)._tag, "Allowed")
      const first = yield* author({ "a.yaml": "a: 2\n", "new/c.yaml": "c: 3\n" })
      assert.deepStrictEqual(yield* remote.push(first), { _tag: "Done" })
      yield* assertSound(bare, first.after)
      assert.deepStrictEqual(yield* remote.look, { branch: "main", commit: first.after })
      assert.strictEqual(yield* bare.git("show", "main:new/c.yaml"), "c: 3")
      assert.deepStrictEqual(yield* remote.push(first), { _tag: "Done" })
      const second = yield* author({ "a.yaml": null })
      assert.deepStrictEqual(yield* remote.push(second), { _tag: "Done" })
      assert.strictEqual(yield* bare.git("log", "--format=%s", "main"), "pushed\npushed\nfirst")
      yield* assertSound(bare, second.after)
    }))

  it.live("gives an empty repository its first commit, and makes a new branch", () =>
    Effect.gen(function*() {
      const { author, bare, open } = yield* serve({})
      const remote = yield* open()
      assert.strictEqual((yield* remote.mayPush)._tag, "Allowed")
      const first = yield* author(files)
      assert.isUndefined(first.before)
      assert.deepStrictEqual(yield* remote.push(first), { _tag: "Done" })
      yield* assertSound(bare, first.after)
      const side = yield* author({ "b.yaml": "b" }, { branch: "team/side", parent: first.after })
      assert.deepStrictEqual(yield* remote.push(side), { _tag: "Done" })
      yield* assertSound(bare, side.after, "team/side")
      yield* assertSound(bare, first.after)
    }))

  it.live("finds the branch moved, before it sends or while it does, and leaves it there", () =>
    Effect.gen(function*() {
      const { author, bare, open } = yield* serve()
      const remote = yield* open()
      const late = yield* author({ "a.yaml": "late" })
      const theirs = yield* bare.commit({ "b.yaml": "theirs" })
      assert.deepStrictEqual(yield* remote.push(late), {
        _tag: "Moved",
        words: `refs/heads/main is at ${theirs.slice(0, 12)}, not at ${late.before?.slice(0, 12)}`
      })
      assert.deepStrictEqual(yield* remote.push({ ...late, before: undefined }), {
        _tag: "Moved",
        words: `refs/heads/main is at ${theirs.slice(0, 12)}, not nowhere`
      })
      yield* assertSound(bare, theirs)

      const update = yield* author({ "a.yaml": "raced" })
      const racing = yield* open({
        wrap: (transport) => ({
          ...transport,
          push: (compose) =>
            transport.push((shown) => Effect.tap(compose(shown), () => bare.commit({ "b.yaml": "theirs again" })))
        })
      })
      const raced = yield* racing.push(update)
      assert.strictEqual(raced._tag, "Moved")
      assert.match("words" in raced ? raced.words : "", /failed to update ref|incorrect old value/)
      assert.strictEqual(yield* bare.git("log", "-1", "--format=%P %s", "main"), `${theirs} change`)
      yield* assertSound(bare, yield* bare.tip())
    }))

  it.live("finds a new branch made by somebody else meanwhile, and a branch gone", () =>
    Effect.gen(function*() {
      const { author, bare, open } = yield* serve()
      const remote = yield* open()
      const update = yield* author({ "a.yaml": "mine" })
      const racing = (meanwhile: Effect.Effect<void>) =>
        open({
          wrap: (transport) => ({
            ...transport,
            push: (compose) => transport.push((shown) => Effect.tap(compose(shown), () => meanwhile))
          })
        })
      const base = update.before ?? ""
      const creating = yield* racing(bare.moveBranch(base, "side"))
      assert.strictEqual((yield* creating.push({ ...update, ref: "refs/heads/side", before: undefined }))._tag, "Moved")
      yield* assertSound(bare, base, "side")
      const deleting = yield* racing(bare.deleteBranch("side"))
      assert.strictEqual((yield* deleting.push({ ...update, ref: "refs/heads/side" }))._tag, "Moved")
      yield* assertSound(bare, undefined, "side")
      assert.deepStrictEqual(yield* remote.push({ ...update, ref: "refs/heads/side" }), {
        _tag: "Moved",
        words: `refs/heads/side is nowhere, not at ${base.slice(0, 12)}`
      })
    }))

  it.live("is declined by a hook in the hook's words, for good", () =>
    Effect.gen(function*() {
      const { author, bare, open } = yield* serve()
      const remote = yield* open()
      const update = yield* author({ "a.yaml": "no" })
      putHook(
        bare,
        "pre-receive",
        `printf 'replicas must be \\033[31modd\\033[0m\\nask the platform team\\n' >&2; exit 1`
      )
      assert.deepStrictEqual(yield* remote.push(update), {
        _tag: "Refused",
        words: "pre-receive hook declined: replicas must be odd ask the platform team"
      })
      putHook(bare, "pre-receive", "exit 0")
      putHook(bare, "update", `echo "$1 is frozen" >&2; exit 1`)
      assert.deepInclude(yield* remote.push(update), { _tag: "Refused" })
      const answer = yield* remote.push(update)
      assert.match("words" in answer ? answer.words : "", /^hook declined: refs\/heads\/main is frozen/)
      yield* assertSound(bare, update.before)
      putHook(bare, "update", "exit 0")
      putHook(
        bare,
        "post-receive",
        `cat > "$GIT_DIR/seen"; i=0; while [ $i -lt 3000 ]; do echo "deploying $i" >&2; i=$((i+1)); done; exit 1`
      )
      assert.deepStrictEqual(yield* remote.push(update), { _tag: "Done" })
      assert.isTrue(existsSync(join(bare.path, "seen")))
      yield* assertSound(bare, update.after)
    }))

  it.live("obeys the repository's own settings", () =>
    Effect.gen(function*() {
      const { author, bare, open } = yield* serve()
      const remote = yield* open()
      const first = yield* bare.tip()
      yield* bare.commit({ "b.yaml": "second" })
      yield* bare.git("config", "receive.denyNonFastForwards", "true")
      const back = yield* author({ "a.yaml": "elsewhere" }, { parent: first ?? "" })
      const answer = yield* remote.push(back)
      assert.deepInclude(answer, { _tag: "Moved" })
      assert.match("words" in answer ? answer.words : "", /^non-fast-forward/)

      yield* bare.git("config", "receive.hideRefs", "refs/heads/secret")
      const hidden = yield* author({ "a.yaml": "hidden" }, { branch: "secret", parent: first ?? "" })
      assert.deepInclude(yield* remote.push(hidden), { _tag: "Refused", words: "deny updating a hidden ref" })

      yield* bare.git("config", "receive.maxInputSize", "10")
      const large = yield* author({ "a.yaml": "large" })
      const refused = yield* remote.push(large)
      assert.strictEqual(refused._tag, "Refused")
      assert.match("words" in refused ? refused.words : "", /pack exceeds maximum allowed size/)
      yield* bare.git("config", "--unset", "receive.maxInputSize")

      yield* bare.git("config", "core.hooksPath", join(bare.path, "our-hooks"))
      putHook(bare, "pre-receive", "exit 1")
      assert.deepStrictEqual(yield* remote.push(large), { _tag: "Done" })
      yield* assertSound(bare, large.after)
    }))

  it.live("waits for nobody's lock, and says so", () =>
    Effect.gen(function*() {
      const { author, bare, open } = yield* serve()
      const remote = yield* open()
      const update = yield* author({ "a.yaml": "locked" })
      const lock = join(bare.path, "refs/heads/main.lock")
      writeFileSync(lock, "")
      const answer = yield* remote.push(update)
      assert.strictEqual(answer._tag, "Moved")
      assert.match("words" in answer ? answer.words : "", /^failed to update ref/)
      yield* assertSound(bare, update.before)
    }))

  it.live("of objects that do not hold together is refused, and leaves the branch alone", () =>
    Effect.gen(function*() {
      const { author, bare, open } = yield* serve()
      const remote = yield* open()
      const update = yield* author({ "a.yaml": "damaged" })
      const pack = Buffer.from(update.pack)
      pack[20] = (pack[20] ?? 0) ^ 0xff
      const answer = yield* remote.push({ ...update, pack })
      assert.strictEqual(answer._tag, "Refused")
      assert.match("words" in answer ? answer.words : "", /^the objects weren't taken \(.+\): /)
      const other = yield* author({ "a.yaml": "another" })
      const missing = yield* remote.push({ ...update, pack: other.pack })
      assert.strictEqual(missing._tag, "Refused")
      yield* assertSound(bare, update.before)
      assert.deepStrictEqual(yield* remote.push(update), { _tag: "Done" })
    }))

  it.live("of nothing changes nothing", () =>
    Effect.gen(function*() {
      const { bare, open } = yield* serve()
      let said: Buffer | undefined
      const remote = yield* open({
        wrap: (transport) => ({
          ...transport,
          push: (compose) => Stream.tap(transport.push(compose), (bytes) => Effect.sync(() => void (said = bytes)))
        })
      })
      assert.strictEqual((yield* remote.mayPush)._tag, "Allowed")
      assert.isUndefined(said)
      yield* assertSound(bare, yield* bare.tip())
    }))
})
