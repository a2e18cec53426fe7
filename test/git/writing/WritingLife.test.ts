import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Scope } from "effect"
import { copyFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Payloads } from "../../../src/git/Payloads.ts"
import { WritingWithheld } from "../../../src/git/writing/WritePermit.ts"
import { eventually } from "../../process/Eventually.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { cluster, named } from "../named.ts"
import { makeKey } from "../ssh/sshKeygen.ts"
import { startGit } from "../startGit.ts"
import { history, put, text } from "./submitting.ts"

const repository = bareRepository({ files: { ...named(), "a.yaml": text("a", "1") } })

describe("the Git actor's end", () => {
  it.live("comes after everything that was submitted is on the remote", () =>
    Effect.gen(function*() {
      const bare = yield* repository
      const scope = yield* Scope.make()
      const { git, until } = yield* startGit(bare.url, { quiet: 60_000, maxAge: 60_000 }).pipe(Scope.provide(scope))
      const tip = yield* git.refresh
      const answer = yield* Effect.forkChild(git.submit("ConfigMap", [put(tip, "a", "2")]))
      yield* until(({ writing }) => writing.waiting === 1)
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual((yield* Fiber.join(answer))._tag, "Committed")
      assert.deepStrictEqual(yield* history(bare), ["Update ConfigMap shop/a", "first"])
      const late = yield* Effect.flip(git.submit("ConfigMap", [put(tip, "a", "3")]))
      assert.include(late.message, "this process ends")
    }))

  it.live(
    "does not wait for ever for a server that is silent, and leaves nobody waiting",
    () =>
      Effect.gen(function*() {
        const bare = yield* repository
        const server = yield* startHttpGitServer(bare)
        const scope = yield* Scope.make()
        const { git } = yield* startGit(server.url, { https: server.credentials }).pipe(Scope.provide(scope))
        const tip = yield* git.refresh
        server.setFault(() => ({ silent: true }))
        server.requests.length = 0
        const answer = yield* Effect.forkChild(git.submit("ConfigMap", [put(tip, "a", "2")]))
        yield* eventually("the server is asked", Effect.sync(() => server.requests.length), (count) => count > 0)
        const begin = performance.now()
        yield* Scope.close(scope, Exit.void)
        assert.isBelow(performance.now() - begin, 9_500)
        const refused = yield* Effect.flip(Fiber.join(answer))
        assert.deepInclude(refused, { _tag: "SubmitRefused", reason: "Stopping" })
      }),
    30_000
  )
})

describe("a defect of the Git actor", () => {
  it.live("is told to those who wait, and the next life reads and writes again", () =>
    Effect.gen(function*() {
      let defects = 0
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
      const bare = yield* repository
      const { git } = yield* startGit(bare.url, { payloads, quiet: 200 })
      const tip = yield* git.refresh
      defects = 1
      const [one, other] = yield* Effect.all([
        Effect.flip(git.submit("ConfigMap", [put(tip, "a", "2")])),
        Effect.flip(git.submit("Secret", [put(tip, "s", "1", "Secret")]))
      ], { concurrency: "unbounded" })
      assert.deepStrictEqual([one._tag, other._tag], ["GitActorFailed", "GitActorFailed"])
      const again = yield* git.submit("ConfigMap", [put(tip, "a", "2")])
      assert.deepStrictEqual(again, { _tag: "Committed", commit: (yield* bare.tip()) ?? "" })
      assert.strictEqual((yield* history(bare)).length, 2)
      yield* git.submit("ConfigMap", [put(yield* git.refresh, "a", "3")])
      assert.strictEqual((yield* history(bare)).length, 3)
    }))
})

describe("a process that doesn't lead", () => {
  it.live("pushes nothing, and says so", () =>
    Effect.gen(function*() {
      let isLeading = false
      const permit = Effect.suspend(() =>
        isLeading ? Effect.succeed({ cluster }) : Effect.fail(new WritingWithheld({ message: "pod-2 leads" }))
      )
      const bare = yield* repository
      const { git } = yield* startGit(bare.url, { permit })
      const tip = yield* git.refresh
      const refused = yield* Effect.flip(git.submit("ConfigMap", [put(tip, "a", "2")]))
      assert.deepInclude(refused, { _tag: "SubmitRefused", reason: "NotLeading", words: "pod-2 leads" })
      assert.strictEqual((yield* history(bare)).length, 1)
      isLeading = true
      assert.strictEqual((yield* git.submit("ConfigMap", [put(tip, "a", "2")]))._tag, "Committed")
    }))

  for (const [when, times] of [["a commit is made", 1], ["the server is asked where the branch is", 2]] as const) {
    it.live(`that loses the lead while ${when} doesn't push it`, () =>
      Effect.gen(function*() {
        let asked = 0
        const permit = Effect.suspend(() =>
          asked++ < times || asked > 10
            ? Effect.succeed({ cluster })
            : Effect.fail(new WritingWithheld({ message: "too late" }))
        )
        const bare = yield* repository
        const server = yield* startHttpGitServer(bare, { credentials: "made" })
        const { git } = yield* startGit(server.url, { permit, https: server.credentials })
        const refused = yield* Effect.flip(git.submit("ConfigMap", [put(yield* git.refresh, "a", "2")]))
        assert.deepInclude(refused, { _tag: "SubmitRefused", reason: "NotLeading", words: "too late" })
        assert.strictEqual((yield* history(bare)).length, 1)
        asked = 10
        assert.strictEqual((yield* git.submit("ConfigMap", [put(yield* git.refresh, "a", "2")]))._tag, "Committed")
      }))
  }
})

describe("signed commits", () => {
  it.live("are what git verify-commit accepts, also after the key was exchanged", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-signing-")
      const made = yield* makeKey(folder, "signing")
      const other = yield* makeKey(folder, "other", { type: "rsa", bits: 2048 })
      const bare = yield* repository
      const { git } = yield* startGit(bare.url, { signingKeyFile: made.file })
      const allowed = join(folder, "allowed")
      const verify = (...keys: ReadonlyArray<string>) => {
        writeFileSync(allowed, keys.map((key) => `gitops-controller@example.com ${key}\n`).join(""))
        return bare.git("-c", `gpg.ssh.allowedSignersFile=${allowed}`, "verify-commit", "main")
      }
      yield* git.submit("ConfigMap", [put(yield* git.refresh, "a", "2")])
      yield* verify(made.publicKey)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(verify(other.publicKey))))
      copyFileSync(other.file, made.file)
      yield* git.submit("ConfigMap", [put(yield* git.refresh, "a", "3")])
      yield* verify(other.publicKey)
      assert.strictEqual((yield* history(bare)).length, 3)
    }))

  it.live("are not made without the key: nothing is pushed unsigned", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-signing-")
      const bare = yield* repository
      const { git, latest, log } = yield* startGit(bare.url, { signingKeyFile: join(folder, "none") })
      const refused = yield* Effect.flip(git.submit("ConfigMap", [put(yield* git.refresh, "a", "2")]))
      assert.deepInclude(refused, { _tag: "SubmitRefused", reason: "Unsigned" })
      assert.include(refused.message, `commits can't be signed with ${join(folder, "none")}`)
      assert.include((yield* latest).writing.trouble ?? "", "commits can't be signed")
      assert.strictEqual(log.filter((line) => line.startsWith("Warn: No commit can be made: ")).length, 1)
      assert.strictEqual((yield* history(bare)).length, 1)
    }))
})
