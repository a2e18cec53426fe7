import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import type { CheckStep } from "../../../src/git/check/CheckStep.ts"
import { type CheckOptions, checkRepository } from "../../../src/git/check/RepositoryCheck.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { inPod } from "../pushing.ts"
import { platform } from "../startGit.ts"

/** The steps it answers, and those it told on the way. */
const check = Effect.fnUntraced(function*(options: Partial<CheckOptions> & Pick<CheckOptions, "gitUrl">) {
  const told: Array<CheckStep> = []
  const all = { branch: undefined, gitPath: "", credentials: {}, mustPush: false, ...options }
  const steps = yield* checkRepository(all, (step) => Effect.sync(() => void told.push(step))).pipe(
    Effect.provide(platform),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: inPod }))
  )
  assert.deepStrictEqual(steps, told)
  return steps
})

const outcomes = (steps: ReadonlyArray<CheckStep>) => steps.map(({ name, outcome }) => `${name} ${outcome}`)

describe("a look at a repository", () => {
  it.live("fails where a rule writes to Git, and Git isn't let in to", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": "a" } })
      yield* bare.git("config", "http.receivepack", "false")
      const { url: gitUrl } = yield* startHttpGitServer(bare, { tls: false })
      const steps = yield* check({ gitUrl, mustPush: true })
      assert.deepStrictEqual(outcomes(steps).slice(-2), ["tip passed", "push failed"])
      assert.match(String(steps.at(-1)?.cure), /doesn't let us push \(403\)\. Either name a password or token/)
      assert.strictEqual((yield* check({ gitUrl })).at(-1)?.outcome, "noted")
    }))

  it.live.each([[0, "0 or 1"], [1, "0 or 1"], [2, "2"]] as const)(
    "names protocol version %d, and asks what the server has only once",
    ([protocol, shown]) =>
      Effect.gen(function*() {
        const bare = yield* bareRepository({ files: { "a.yaml": "a" } })
        const server = yield* startHttpGitServer(bare, { tls: false, protocol, credentials: "made" })
        const steps = yield* check({ gitUrl: server.url, credentials: { https: server.credentials } })
        assert.match(String(steps[3]?.detail), new RegExp(`; protocol version ${shown}$`))
        const asked = server.requests.filter(({ path }) => path.endsWith("/info/refs?service=git-upload-pack"))
        assert.lengthOf(asked, 1)
      })
  )

  it.live("tells every step, tried or not", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": "a" } })
      const { stop, url: gitUrl } = yield* startHttpGitServer(bare, { tls: false })
      assert.deepStrictEqual(outcomes(yield* check({ gitUrl, gitPath: "no" })), [
        "resolve passed",
        "connect passed",
        "authenticate passed",
        "branch passed",
        "tip failed",
        "push not tried"
      ])
      yield* stop
      assert.deepStrictEqual(outcomes(yield* check({ gitUrl })), [
        "resolve passed",
        "connect failed",
        "authenticate not tried",
        "branch not tried",
        "tip not tried",
        "push not tried"
      ])
      assert.deepStrictEqual(outcomes(yield* check({ gitUrl: "file:///nowhere/at/all" })), [
        "branch failed",
        "tip not tried",
        "push not tried"
      ])
    }))

  it.live("is none where there is no URL", () =>
    Effect.gen(function*() {
      const failure = yield* Effect.flip(check({ gitUrl: "nothing" }))
      assert.strictEqual(failure._tag, "GitUrlInvalid")
    }))
})
