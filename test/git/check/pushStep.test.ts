import { assert, describe, it } from "@effect/vitest"
import { pushStep } from "../../../src/git/check/pushStep.ts"
import { PushForbidden } from "../../../src/git/errors/PushForbidden.ts"
import { RemoteError } from "../../../src/git/GitError.ts"

const url = "ssh://git@git.example.com/acme/cluster.git"
const refused = { _tag: "Refused", words: "The key you are authenticating with has been marked as read only." } as const

describe("not being allowed to push", () => {
  it("is a failure with a cure where a rule writes to Git", () => {
    assert.deepStrictEqual(pushStep(url, refused, 5, true), {
      name: "push",
      outcome: "failed",
      millis: 5,
      detail: "",
      cure:
        `${url} doesn't let us push: ${refused.words} Give the key, or its user, the right to write to the repository`
    })
  })

  it("is a note where none does, and so is not getting an answer", () => {
    const { cure: _, ...no } = pushStep(url, refused, 5, true)
    assert.deepStrictEqual(pushStep(url, refused, 5, false), {
      ...no,
      outcome: "noted",
      detail:
        `not allowed, and no rule needs it: ${url} doesn't let us push: The key you are authenticating with has been marked as ` +
        "read only. Give the key, or its user, the right to write to the repository"
    })
    const busy = pushStep(url, new RemoteError({ url, words: "busy", status: 503 }), 5, false)
    assert.strictEqual(busy.outcome, "noted")
    assert.match(busy.detail, /^nobody knows, and no rule needs it: .* refused \(503\): busy\./)
  })

  it("is told once, where the refusal is a sentence of our own", () => {
    const { message } = new PushForbidden({ url, status: 403, words: "" })
    assert.strictEqual(pushStep(url, { _tag: "Refused", words: message }, 5, true).cure, message)
  })
})
