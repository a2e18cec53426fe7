import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect } from "effect"
import { stepNames } from "../../../src/git/check/CheckStep.ts"
import { cureOf } from "../../../src/git/check/cureOf.ts"
import { failedStep } from "../../../src/git/check/failedStep.ts"
import { greeted } from "../../../src/git/check/greeted.ts"
import { GitFailure, RemoteError, RemoteStalled } from "../../../src/git/GitError.ts"

const seen = { detail: "git.example.com answers", millis: 7 }
const identity = { detail: "as ada, with the password in FILE", millis: 11 }
const url = "https://git.example.com/a.git"

const tags = GitFailure.members.map((member) => member.fields._tag.schema.literal).toSorted()
const someOfEach = Effect.orDie(
  Effect.forEach(GitFailure.members, (member) => Arbitrary.sampleEffect(Arbitrary.schema(member)))
).pipe(Effect.map((samples) => samples.flat()))

const connecting = [
  "RemoteUnreachable",
  "ProxyRefused",
  "CertificateUntrusted",
  "HostUnknown",
  "HostKeyChanged",
  "HostKeyRevoked",
  "HostOnlyCertified",
  "ServerTooOld"
]
const loggingIn = ["CredentialUnreadable", "AuthenticationFailed", "SshKeyUnusable", "SshAuthenticationFailed"]

describe("the first call to a server", () => {
  it("fails in one of its three steps, whatever failure there is", () => {
    const expected = tags.map((tag) => [
      tag,
      connecting.includes(tag) ? "connect" : loggingIn.includes(tag) ? "authenticate" : "branch"
    ])
    assert.deepStrictEqual(Object.entries(failedStep).toSorted(), expected)
  })

  it.effect("tells its steps up to the one that failed, and of that one the cure", () =>
    Effect.gen(function*() {
      const failures = yield* someOfEach
      assert.deepStrictEqual([...new Set(failures.map(({ _tag }) => _tag))].toSorted(), tags)
      for (const failure of failures) {
        for (const scheme of ["https", "http", "ssh"] as const) {
          const steps = greeted({ scheme, seen, identity, failure })
          const before = steps.slice(0, -1).map(({ name, outcome }) => `${name} ${outcome}`)
          const all = ["connect passed", scheme === "ssh" ? "authenticate passed" : "authenticate unknown"]
          const isLast = failedStep[failure._tag] === "branch"
          assert.deepStrictEqual(before, isLast ? all : ["connect passed"].slice(0, before.length))
          assert.deepStrictEqual(steps.map(({ name }) => name), stepNames.slice(1, steps.length + 1))
          assert.deepInclude(steps.at(-1), {
            name: failedStep[failure._tag],
            outcome: "failed",
            cure: cureOf(failure)
          })
        }
      }
    }))

  it("that works is two steps", () => {
    assert.deepStrictEqual(greeted({ scheme: "https", seen, identity, failure: undefined }), [
      { name: "connect", outcome: "passed", ...seen },
      { name: "authenticate", outcome: "passed", ...identity }
    ])
  })
})

describe("a cure", () => {
  it.effect("promises nothing that a check doesn't do, and says more than nothing", () =>
    Effect.gen(function*() {
      for (const failure of yield* someOfEach) {
        assert.notMatch(cureOf(failure), /trying again$/)
        assert.isTrue(cureOf(failure).startsWith(failure.message.slice(0, -", and trying again".length)))
      }
    }))

  it("is given where the program itself would wait", () => {
    assert.strictEqual(
      cureOf(new RemoteError({ url, words: "HTTP status 500", status: 500 })),
      `${url} refused (500): HTTP status 500. Look into the server's log, or ask whoever runs it`
    )
    assert.strictEqual(
      cureOf(new RemoteStalled({ url, limit: "idle", seconds: 30 })),
      `${url} was silent for 30 s: gave up waiting. ` +
        "See whether the server is overloaded, or a firewall or proxy in between holds its answer back"
    )
  })
})
