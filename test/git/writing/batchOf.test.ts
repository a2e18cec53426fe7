import { assert, describe, it } from "@effect/vitest"
import type { DocumentChange } from "../../../src/git/GitMessages.ts"
import { batchOf } from "../../../src/git/writing/batchOf.ts"
import { makeSubmission, type Submission } from "../../../src/git/writing/Submission.ts"
import { mostWeight, weightOf } from "../../../src/git/writing/weightOf.ts"
import { key } from "./submitting.ts"

const put = (name: string, text = "", ...needs: ReadonlyArray<string>): DocumentChange => ({
  _tag: "PutDocument",
  key: key(name),
  manifest: { data: text },
  needs: needs.map((name) => key(name)),
  why: { rule: "1" }
})

const submission = (id: number, change: DocumentChange): Submission =>
  makeSubmission(id, "ConfigMap", { _tag: "Documents", changes: [change] }, id)

const small = (count: number) => Array.from({ length: count }, (_, id) => submission(id, put(`n${id}`)))
const ids = (submissions: ReadonlyArray<Submission>) => submissions.map(({ id }) => id)
const none = { blocked: new Set<number>(), divided: [] }

describe("what goes into one commit", () => {
  it("is all that waits, where one commit holds it", () => {
    const waiting = small(mostWeight)
    assert.strictEqual(batchOf({ ...none, waiting }), waiting)
    assert.strictEqual(batchOf({ ...none, waiting: small(mostWeight + 500) }).length, mostWeight)
  })

  it("is bounded by the size of the documents too, and never nothing", () => {
    assert.strictEqual(weightOf([put("a"), put("b", "x".repeat(10 * 4096))]), 12)
    const large = Array.from({ length: 30 }, (_, id) => submission(id, put(`n${id}`, "x".repeat(1000 * 4096))))
    assert.deepStrictEqual(ids(batchOf({ ...none, waiting: large })), [0, 1, 2, 3, 4, 5, 6, 7, 8])
    const huge = submission(0, put("huge", "x".repeat(20_000 * 4096)))
    assert.deepStrictEqual(ids(batchOf({ ...none, waiting: [huge, submission(1, put("a"))] })), [0])
  })

  it("holds what it needs from behind, and what that needs", () => {
    const waiting = [
      submission(-1, put("first", "", "late")),
      ...small(mostWeight + 500),
      submission(90_000, put("late", "", "later")),
      submission(90_001, put("later"))
    ]
    const batch = ids(batchOf({ ...none, waiting }))
    assert.strictEqual(batch.length, mostWeight + 2)
    assert.deepStrictEqual(batch.slice(-2), [90_000, 90_001])
  })

  it("leaves no room to what is blocked before what isn't", () => {
    const waiting = small(mostWeight + 500)
    const blocked = new Set(ids(waiting.slice(0, 1000)))
    const batch = new Set(ids(batchOf({ ...none, blocked, waiting })))
    assert.isTrue(waiting.slice(1000).every(({ id }) => batch.has(id)))
  })

  it("is what was declined together, one half after the other, with what it needs", () => {
    const waiting = [
      submission(0, put("a")),
      submission(1, put("b", "", "d")),
      submission(2, put("c")),
      submission(3, put("d"))
    ]
    const divided = [new Set([7]), new Set([1, 2]), new Set([0, 3])]
    assert.deepStrictEqual(ids(batchOf({ ...none, waiting, divided })), [1, 2, 3])
  })
})
