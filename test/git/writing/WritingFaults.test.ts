import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { eventually } from "../../process/Eventually.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { onPush, times } from "../../remote/HttpFault.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { named } from "../named.ts"
import { putHook } from "../pushing.ts"
import { startGit, type StartOptions } from "../startGit.ts"
import { file, files, history, key, patch, put, text } from "./submitting.ts"

const start = Effect.fnUntraced(function*(options: StartOptions = {}) {
  const bare = yield* bareRepository({ files: { ...named(), "a.yaml": text("a", "1"), "b.yaml": text("b", "1") } })
  const http = yield* startHttpGitServer(bare)
  const room = yield* startGit(http.url, { https: http.credentials, ...options })
  const pushes = () => http.requests.filter(({ method, path }) => method === "POST" && path.endsWith("receive-pack"))
  return { ...room, bare, http, pushes, tip: yield* room.git.refresh }
})

/** A person's commit, made only where the branch still is what it was made on. */
const commitAsPerson = Effect.fnUntraced(function*(bare: BareRepository, name: string, value: string) {
  while (true) {
    const before = yield* bare.tip()
    const commit = yield* bare.commit({ [`${name}.yaml`]: text(name, value) }, {
      message: `person ${value}`,
      branch: "person",
      ...before === undefined ? {} : { parent: before }
    })
    const moved = yield* Effect.exit(bare.git("update-ref", "refs/heads/main", commit, before ?? ""))
    if (Exit.isSuccess(moved)) return commit
  }
})

describe("a push", () => {
  it.live("whose connection breaks after the branch has moved is one commit", () =>
    Effect.gen(function*() {
      const { bare, git, http, latest, log, pushes, tip } = yield* start()
      http.setFault(onPush({ cutAfter: 0 }))
      const answer = yield* git.submit("ConfigMap", [put(tip, "a", "2")])
      assert.deepStrictEqual(answer, { _tag: "Committed", commit: (yield* bare.tip()) ?? "" })
      assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/a", "first"])
      assert.strictEqual(pushes().length, 1)
      const { tip: now, writing } = yield* latest
      assert.strictEqual(now?.commit, yield* bare.tip())
      assert.deepInclude(writing, { waiting: 0, trouble: undefined })
      assert.strictEqual(writing.pushed?.commit, now?.commit)
      assert.isTrue(log.some((line) => line.startsWith("Warn: A push did not come through: ")))
    }))

  it.live("whose connection breaks before Git has it is the same commit again", () =>
    Effect.gen(function*() {
      const { bare, git, http, pushes, tip } = yield* start()
      const hangUp = times(3, { hangUp: true })
      http.setFault((request) => onPush({ hangUp: true })(request) === undefined ? undefined : hangUp(request))
      const answer = yield* git.submit("ConfigMap", [put(tip, "a", "2")])
      assert.strictEqual(answer._tag, "Committed")
      assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/a", "first"])
      const sent = pushes().map(({ body }) => body.toString("latin1").split(" ")[1])
      assert.isAtLeast(sent.length, 2)
      assert.deepStrictEqual(new Set(sent), new Set([yield* bare.tip()]))
    }))

  it.live("cut anywhere is one commit, and in the end all of them are there", () =>
    Effect.gen(function*() {
      const { bare, git, http, pushes } = yield* start()
      for (let value = 2; value < 8; value++) {
        http.cutPushes(value * 60)
        const tip = yield* git.refresh
        const answer = yield* Effect.forkChild(git.submit("ConfigMap", [put(tip, "a", `${value}`)]))
        const before = pushes().length
        yield* eventually("a push is cut", Effect.sync(() => pushes().length), (count) => count > before, { every: 5 })
        http.cutPushes(undefined)
        assert.strictEqual((yield* Fiber.join(answer))._tag, "Committed")
      }
      assert.strictEqual((yield* history(bare)).length, 7)
      assert.include(yield* file(bare, "a.yaml"), `"7"`)
    }), 30_000)

  it.live(
    "whose answer is lost below a person's commit is found in the tip, and what the person undid is asked again",
    () =>
      Effect.gen(function*() {
        const { bare, git, http, tip, until } = yield* start()
        let isCut = false
        http.setFault((request) => {
          if (isCut) return request.command === "ls-refs" ? { status: 503 } : undefined
          isCut = onPush({ cutAfter: 0 })(request) !== undefined
          return isCut ? { cutAfter: 0 } : undefined
        })
        const answers = yield* Effect.forkChild(Effect.all([
          Effect.result(git.submit("ConfigMap", [put(tip, "a", "2")])),
          Effect.result(git.submit("ConfigMap", [put(tip, "b", "2")]))
        ], { concurrency: "unbounded" }))
        yield* until(({ failure }) => failure !== undefined)
        const landed = yield* bare.tip()
        const person = yield* commitAsPerson(bare, "b", "1")
        http.setFault(() => undefined)
        yield* git.refresh
        const [kept, undone] = yield* Fiber.join(answers)
        assert.deepStrictEqual(kept._tag === "Success" && kept.success, { _tag: "Committed", commit: person })
        assert.deepStrictEqual(
          undone._tag === "Failure" && undone.failure._tag === "DecideAgain" && undone.failure.keys,
          [key("b")]
        )
        assert.notStrictEqual(landed, tip.commit)
        assert.deepStrictEqual(yield* history(bare), [
          "person 1",
          "Update ConfigMap shop/a and ConfigMap shop/b",
          "first"
        ])
      }),
    30_000
  )

  it.live("that a hook declines is told in its words and not tried again, until somebody submits it again", () =>
    Effect.gen(function*() {
      const { bare, git, latest, log, pushes, tip, until } = yield* start()
      putHook(bare, "pre-receive", "echo 'POLICY: no changes on Fridays' >&2; exit 1")
      const refused = yield* Effect.flip(git.submit("ConfigMap", [put(tip, "a", "2")]))
      assert.include(refused.message, "The changes of ConfigMap were not committed: the remote declined: ")
      assert.include(refused.message, "POLICY: no changes on Fridays")
      assert.include((yield* latest).writing.trouble ?? "", "POLICY: no changes on Fridays")
      assert.strictEqual((yield* latest).writing.waiting, 0)
      yield* git.refresh
      assert.strictEqual(pushes().length, 1)
      assert.strictEqual(log.filter((line) => line.includes("POLICY")).length, 1)

      putHook(bare, "pre-receive", "exit 0")
      const accepted = yield* Effect.forkChild(git.submit("ConfigMap", [put(tip, "a", "2")]))
      yield* until(({ writing }) => writing.waiting === 1)
      yield* git.drain
      assert.strictEqual((yield* Fiber.join(accepted))._tag, "Committed")
      assert.strictEqual((yield* latest).writing.trouble, undefined)
      assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/a", "first"])
    }))

  it.live("that a hook declines because of one document lands without it, and only its sender is told", () =>
    Effect.gen(function*() {
      const { bare, git, latest, pushes, tip } = yield* start({ quiet: 200 })
      putHook(
        bare,
        "pre-receive",
        "read old new ref; if git diff --name-only $old $new | grep -q c.yaml; then echo 'POLICY: not c' >&2; exit 1; fi"
      )
      const [a, b, c, d] = yield* Effect.all(
        ["a", "b", "c", "d"].map((name) => Effect.result(git.submit(name, [put(tip, name, "2")]))),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual([a, b, c, d].map((answer) => answer?._tag), ["Success", "Success", "Failure", "Success"])
      assert.include(c?._tag === "Failure" ? c.failure.message : "", "POLICY: not c")
      assert.deepStrictEqual(yield* files(bare), ["a.yaml", "b.yaml", "shop/configmap-d.yaml"])
      assert.deepStrictEqual(yield* history(bare), [
        "Create ConfigMap shop/d",
        "Update ConfigMap shop/a and ConfigMap shop/b",
        "first"
      ])
      assert.strictEqual(pushes().length, 5)
      assert.strictEqual((yield* latest).writing.waiting, 0)
    }))

  it.live("that the server doesn't allow at all is told with the cure", () =>
    Effect.gen(function*() {
      const { bare, git, tip } = yield* start()
      yield* bare.git("config", "http.receivepack", "false")
      const refused = yield* Effect.flip(git.submit("ConfigMap", [put(tip, "a", "2")]))
      assert.include(refused.message, "doesn't let us push (403)")
      assert.strictEqual((yield* history(bare)).length, 1)
    }))

  it.live("whose credentials are missing is told so, not tried for ever", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { ...named(), "a.yaml": text("a", "1") } })
      const http = yield* startHttpGitServer(bare, { credentials: "made", readableByAll: true })
      const { caFile } = http.credentials
      const { git } = yield* startGit(http.url, { https: caFile === undefined ? {} : { caFile } })
      const refused = yield* Effect.flip(git.submit("ConfigMap", [put(yield* git.refresh, "a", "2")]))
      assert.strictEqual(refused._tag, "SubmitRefused")
      assert.include(refused.message, "credentials.https.passwordFile")
    }))

  it.live("waits until the repository can be read again", () =>
    Effect.gen(function*() {
      const { bare, git, http, tip, until } = yield* start({ interval: 1000 })
      yield* http.stop
      const answer = yield* Effect.forkChild(git.submit("ConfigMap", [put(tip, "a", "2")]))
      const { writing } = yield* until(({ failure, writing }) => failure !== undefined && writing.waiting > 0)
      assert.strictEqual(writing.waiting, 1)
      yield* http.start
      assert.strictEqual((yield* Fiber.join(answer))._tag, "Committed")
      assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/a", "first"])
    }), 30_000)
})

describe("a patch whose push was lost below a person's commit", () => {
  it.live(
    "is found in the tip by what it says, and decided again where the person undid it",
    () =>
      Effect.gen(function*() {
        const { bare, git, http, tip, until } = yield* start()
        let isCut = false
        http.setFault((request) => {
          if (isCut) return request.command === "ls-refs" ? { status: 503 } : undefined
          isCut = onPush({ cutAfter: 0 })(request) !== undefined
          return isCut ? { cutAfter: 0 } : undefined
        })
        const answers = yield* Effect.forkChild(Effect.all([
          Effect.result(git.submit("ConfigMap", [patch("a", "2", "1")])),
          Effect.result(git.submit("ConfigMap", [patch("b", "2", "1")]))
        ], { concurrency: "unbounded" }))
        yield* until(({ failure }) => failure !== undefined)
        assert.notStrictEqual(yield* bare.tip(), tip.commit)
        const person = yield* commitAsPerson(bare, "b", "1")
        http.setFault(() => undefined)
        yield* git.refresh
        const [kept, undone] = yield* Fiber.join(answers)
        assert.deepStrictEqual(kept._tag === "Success" && kept.success, { _tag: "Committed", commit: person })
        assert.deepInclude(undone._tag === "Failure" ? undone.failure : {}, { _tag: "DecideAgain", keys: [key("b")] })
        assert.include(yield* file(bare, "a.yaml"), `"2"`)
      }),
    30_000
  )
})

describe("two writers on one branch", () => {
  it.live(
    "both keep all their commits, none of them twice and none forced",
    () =>
      Effect.gen(function*() {
        const { bare, git } = yield* start({ quiet: 1 })
        yield* bare.git("config", "core.logAllRefUpdates", "always")
        const rounds = 15
        const ours = Effect.gen(function*() {
          for (let value = 1; value <= rounds; value++) {
            const change = Effect.flatMap(git.refresh, (tip) => git.submit("ConfigMap", [put(tip, "a", `v${value}`)]))
            yield* Effect.retry(change, { while: (failure) => failure._tag === "DecideAgain" })
          }
        })
        const theirs = Effect.forEach(
          Array.from({ length: rounds }, (_, index) => index + 1),
          (value) => commitAsPerson(bare, value % 3 === 0 ? "a" : "b", `p${value}`)
        )
        yield* Effect.all([ours, theirs], { concurrency: "unbounded" })
        const subjects = yield* history(bare)
        const persons = subjects.filter((subject) => subject.startsWith("person")).toReversed()
        assert.deepStrictEqual(persons, Array.from({ length: rounds }, (_, index) => `person p${index + 1}`))
        const values = (yield* bare.git("log", "--format=%an", "-G", "v", "--author=gitops", "main")).split("\n")
        assert.strictEqual(values.length, rounds)
        assert.include(yield* file(bare, "b.yaml"), `"p14"`)
        assert.deepStrictEqual(yield* files(bare), ["a.yaml", "b.yaml"])
        const moves = (yield* bare.git("reflog", "show", "--format=%H", "main")).split("\n")
        const commits = (yield* bare.git("log", "--format=%H", "main")).split("\n")
        assert.isTrue(moves.every((commit) => commits.includes(commit)), "a commit was taken away again")
      }),
    60_000
  )
})
