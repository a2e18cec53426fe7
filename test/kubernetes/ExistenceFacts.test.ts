import { assert, describe, it } from "@effect/vitest"
import { afterEvents, appeared, noFacts } from "../../src/kubernetes/ExistenceFacts.ts"
import type { ReflectorEvent } from "../../src/kubernetes/ReflectorState.ts"

const object = (name: string, uid: string, more: { deletionTimestamp?: string } = {}) => ({
  apiVersion: "meta.k8s.io/v1",
  kind: "PartialObjectMetadata",
  metadata: { name, uid, resourceVersion: "1", ...more }
})
const applied = (name: string, uid = name): ReflectorEvent => ({ _tag: "Applied", object: object(name, uid) })
const listing: ReflectorEvent = { _tag: "Listing" }
const synced: ReflectorEvent = { _tag: "Synced" }

describe("which objects there are", () => {
  it("is known once a list was complete, and forgets what the next list does not show", () => {
    const first = afterEvents(noFacts, [listing, applied("a"), applied("b")])
    assert.isFalse(first.known)
    const second = afterEvents(first, [synced, listing, applied("b")])
    assert.deepStrictEqual([second.known, [...second.objects.keys()]], [true, ["a", "b"]])
    assert.deepStrictEqual([...afterEvents(second, [synced]).objects.keys()], ["b"])
  })

  it("knows what is going, and what is gone", () => {
    const facts = afterEvents(noFacts, [
      listing,
      applied("a"),
      synced,
      { _tag: "Applied", object: object("a", "a", { deletionTimestamp: "2026-01-01T00:00:00Z" }) }
    ])
    assert.isTrue(facts.objects.get("a")?.terminating)
    assert.strictEqual(afterEvents(facts, [{ _tag: "Deleted", object: object("a", "a") }]).objects.size, 0)
  })

  it("tells what appeared, also under the name of an earlier one, but not what was merely found at first", () => {
    const before = afterEvents(noFacts, [listing, applied("a"), applied("b"), synced])
    assert.deepStrictEqual(appeared(noFacts, before), [])
    const now = afterEvents(before, [applied("a", "another"), applied("c")])
    assert.deepStrictEqual(appeared(before, now), ["a", "c"])
  })
})
