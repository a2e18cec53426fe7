import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted, Result } from "effect"
import { proxyFor, proxyVariables } from "../../../src/git/https/HttpProxy.ts"

const proxy = (url: string, env: Readonly<Record<string, string>>) =>
  proxyVariables.pipe(
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
    Effect.map((variables) => proxyFor(url, variables))
  )

const chosen = (url: string, env: Readonly<Record<string, string>>) =>
  Effect.map(proxy(url, env), (result) => Result.getOrThrow(result)?.origin)

const company = { HTTPS_PROXY: "http://proxy.corp:3128" }
const git = "https://git.example.com/x"

describe("the proxy of the environment", () => {
  it.effect("goes by the scheme of the URL, lower case first", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* chosen(git, company), "http://proxy.corp:3128")
      assert.isUndefined(yield* chosen("http://git.example.com/x", company))
      assert.strictEqual(
        yield* chosen("http://git.example.com/x", { HTTP_PROXY: "http://upper", http_proxy: "http://lower" }),
        "http://lower"
      )
      assert.strictEqual(yield* chosen("http://git.example.com/x", { HTTP_PROXY: "upper:3128" }), "http://upper:3128")
      assert.strictEqual(yield* chosen(git, { https_proxy: "https://secure.corp" }), "https://secure.corp")
      assert.isUndefined(yield* chosen(git, {}))
      assert.isUndefined(yield* chosen(git, { HTTPS_PROXY: " " }))
    }))

  it.effect.each([
    "*",
    "example.com",
    ".example.com",
    "*.example.com",
    "git.example.com",
    "GIT.example.com.",
    "other, git.example.com:443",
    "other git.example.com"
  ])("is not used for what NO_PROXY names: %s", (no) =>
    Effect.gen(function*() {
      assert.isUndefined(yield* chosen(git, { ...company, NO_PROXY: no }))
      assert.isUndefined(yield* chosen(git, { ...company, no_proxy: no }))
    }))

  it.effect.each(["", ",", "ample.com", "git.example.com:8443", "example.org", "10.0.0.0/8", "git"])(
    "is used for what NO_PROXY doesn't name: %s",
    (no) =>
      Effect.gen(function*() {
        assert.isDefined(yield* chosen(git, { ...company, NO_PROXY: no }))
      })
  )

  it.effect("is not used for addresses and networks that NO_PROXY names", () =>
    Effect.gen(function*() {
      const none = (url: string, no: string) =>
        Effect.map(chosen(url, { ...company, NO_PROXY: no }), (found) => assert.isUndefined(found, `${url} ${no}`))
      const some = (url: string, no: string) =>
        Effect.map(chosen(url, { ...company, NO_PROXY: no }), (found) => assert.isDefined(found, `${url} ${no}`))
      yield* none("https://10.1.2.3/x", "10.0.0.0/8")
      yield* none("https://10.1.2.3:8443/x", "10.1.2.3")
      yield* none("https://[fd00::1]:8443/x", "fd00::/8")
      yield* none("https://[fd00::1]/x", "fd00::1")
      yield* none("https://[fd00::1]/x", "[fd00::1]:443")
      yield* some("https://11.1.2.3/x", "10.0.0.0/8")
      yield* some("https://10.1.2.3/x", "10.0.0.0/99,2.3,nonsense/8,fd00::/8")
      yield* some("https://[fd00::1]/x", "fe80::/10,10.0.0.0/8")
    }))

  it.effect("keeps its user and password out of what is shown", () =>
    Effect.gen(function*() {
      const found = Result.getOrThrow(yield* proxy(git, { HTTPS_PROXY: "http://ada:p%40ss@proxy.corp:3128/" }))
      assert.strictEqual(found?.origin, "http://proxy.corp:3128")
      assert.strictEqual(found?.variable, "HTTPS_PROXY")
      assert.strictEqual(
        found?.authorization === undefined ? "" : Redacted.value(found.authorization),
        `Basic ${Buffer.from("ada:p@ss").toString("base64")}`
      )
      for (const value of ["socks5://ada:p@ss@proxy.corp", "http://", "://ada:p@ss"]) {
        const mistake = Result.getOrThrow(Result.flip(yield* proxy(git, { HTTPS_PROXY: value })))
        assert.strictEqual(mistake, "HTTPS_PROXY names no proxy at http:// or https://")
      }
    }))
})
