import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { writeFileSync } from "node:fs"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { onCommand } from "../remote/HttpFault.ts"
import { remoteFaults } from "./badRemote/RemoteFaults.ts"
import { type RemoteWorld, remoteWorld } from "./badRemote/RemoteWorld.ts"

const patience = { within: 30_000 }

const keepsItsSecrets = Effect.fnUntraced(function*({ output, secrets }: RemoteWorld) {
  const text = yield* output
  assert.include(text, "gitops_")
  for (const secret of secrets) assert.notInclude(text, secret)
})

/** In step with its first commit, and then its server falls silent. */
class Stalling extends Context.Service<Stalling, RemoteWorld>()("test/Stalling") {
  static readonly layer = Layer.effect(
    Stalling,
    Effect.gen(function*() {
      const world = yield* remoteWorld("stalling")
      yield* world.has("one")
      world.server.setFault(onCommand("ls-refs", { silent: true }))
      return world
    })
  )
}

/** In step with its first commit. */
class Synced extends Context.Service<Synced, RemoteWorld>()("test/Synced") {
  static readonly layer = Layer.effect(Synced, Effect.tap(remoteWorld("remote"), (world) => world.has("one")))
}

const worlds = Layer.merge(Stalling.layer, Synced.layer).pipe(Layer.provideMerge(sharedControlPlane))

layer(worlds, { timeout: 120_000, excludeTestServices: true })("a repository that cannot be read now", (it) => {
  for (const [what, { happens, passes, said }] of Object.entries(remoteFaults)) {
    it.effect(`${what}: is told, the last good commit stays in force, and it goes on by itself`, () =>
      Effect.gen(function*() {
        const world = yield* Synced
        const { controller, drift, has, put, server, value } = world
        const { commit: good } = yield* controller.until(
          "it is well",
          (seen) => seen.gitFailure === undefined && seen.settled
        )
        const before = yield* value
        const message = typeof said === "string" ? said.replaceAll("URL", server.url) : said(world)
        const next = yield* Effect.gen(function*() {
          yield* happens(world)
          const next = yield* put(what)
          const status = yield* world.says(message)
          assert.strictEqual(status.commit, good)
          yield* drift
          yield* has(before)
          assert.include(yield* controller.log, JSON.stringify(message).slice(1, -1))
          return next
        }).pipe(Effect.ensuring(passes(world)))
        yield* controller.inStepWith(next, patience)
        assert.strictEqual(yield* value, what)
        assert.isUndefined((yield* controller.status).gitFailure)
      }))
  }

  it.effect("no credential is told to anybody in all of that", () =>
    Effect.gen(function*() {
      const world = yield* Synced
      assert.isAbove(world.secrets.length, 3)
      yield* keepsItsSecrets(world)
    }))

  it.effect("an empty repository is told, and its first commit is applied", () =>
    Effect.gen(function*() {
      const world = yield* remoteWorld("empty", { prepare: () => Effect.void })
      const status = yield* world.controller.until(
        "it has looked",
        ({ source }) => source.branch !== undefined,
        patience
      )
      assert.isUndefined(status.commit)
      assert.isUndefined(status.gitFailure)
      yield* eventually("it is logged", world.controller.log, (log) => log.includes("The repository is empty"))
      const commit = yield* world.put("first")
      yield* world.controller.inStepWith(commit, patience)
      yield* world.has("first")
    }))

  it.effect("a branch that does not exist is told with those that do, and applied once it is pushed", () =>
    Effect.gen(function*() {
      const world = yield* remoteWorld("branch", {
        branch: "production",
        prepare: (repository, put) =>
          Effect.andThen(put("of main"), repository.commit({ "x.txt": "x" }, { branch: "product" }))
      })
      const { url } = world.server
      yield* world.says(
        `${url} has no branch production: there are product, main. Push the branch, or correct "branch" in the configuration`
      )
      assert.strictEqual((yield* world.controller.get("/readyz")).status, 503)
      assert.strictEqual(yield* world.value, "")
      const commit = yield* world.put("of production", "production")
      yield* world.controller.inStepWith(commit, patience)
      yield* world.has("of production")
    }))

  it.effect("a wrong password is told from the start, and the right one works without a restart", () =>
    Effect.gen(function*() {
      const world: RemoteWorld = yield* remoteWorld("password", {
        give: (credentials) => {
          writeFileSync(credentials.passwordFile ?? "", "mistyped\n")
          return credentials
        }
      })
      const { credentials: { passwordFile = "" }, login, url } = world.server
      yield* world.says(
        `${url} refuses the credentials (401): check credentials.https.username and the password or token in ${passwordFile}`
      )
      assert.strictEqual((yield* world.controller.get("/readyz")).status, 503)
      writeFileSync(passwordFile, `${login?.password}\n`)
      yield* world.has("one")
      yield* keepsItsSecrets({ ...world, secrets: [...world.secrets, "mistyped"] })
    }))

  it.effect("a password file that is missing is told, and used once it is there", () =>
    Effect.gen(function*() {
      const world: RemoteWorld = yield* remoteWorld("missing", {
        give: (credentials) => ({ ...credentials, passwordFile: `${credentials.passwordFile}-later` })
      })
      const { credentials: { passwordFile = "" }, login, url } = world.server
      yield* world.says(
        `A file of the credentials for ${url} can't be used: ${passwordFile}-later: there is no such file; make it, or mount the Secret that holds it`
      )
      writeFileSync(`${passwordFile}-later`, `${login?.password}\n`)
      yield* world.has("one")
      yield* keepsItsSecrets(world)
    }))

  it.effect("no credentials where some are asked for: is told what to configure", () =>
    Effect.gen(function*() {
      const world = yield* remoteWorld("nobody", { give: ({ caFile }) => caFile === undefined ? {} : { caFile } })
      yield* world.says(
        `${world.server.url} asks for credentials (401): put a password or token into a file and name it in credentials.https.passwordFile`
      )
    }))

  it.effect("a certificate of an authority that nobody configured: is told what to configure, and no password is sent", () =>
    Effect.gen(function*() {
      const world = yield* remoteWorld("authority", {
        give: ({ passwordFile, username }) => ({
          ...username === undefined ? {} : { username },
          ...passwordFile === undefined ? {} : { passwordFile }
        })
      })
      yield* world.says(
        `${world.server.url}: the server's certificate isn't trusted (it is signed by an unknown CA); put the certificate of its CA into a file and name it in credentials.https.caFile`
      )
      assert.lengthOf(world.server.requests, 0)
      assert.isFalse(yield* world.controller.process.hasExited)
    }))

  it.effect(
    "a server that stalls: is told after 30 s, the last good commit stays in force, and it goes on by itself",
    () =>
      Effect.gen(function*() {
        const world = yield* Stalling
        const next = yield* world.put("two")
        const status = yield* world.says(`${world.server.url} was silent for 30 s: gave up waiting, and trying again`)
        assert.notStrictEqual(status.commit, next)
        yield* world.drift
        yield* world.has("one")
        world.server.setFault(() => undefined)
        yield* world.controller.inStepWith(next, { within: 45_000 })
        yield* world.has("two")
        yield* keepsItsSecrets(world)
      }),
    120_000
  )
})
