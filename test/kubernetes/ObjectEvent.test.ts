import { assert, describe, it } from "@effect/vitest"
import { eventBody, eventKey, type ObjectEvent, quiet, saidAgain } from "../../src/kubernetes/ObjectEvent.ts"

const event: ObjectEvent = {
  regarding: { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web", uid: "u" },
  type: "Warning",
  reason: "FieldLeftAlone",
  note: "somebody keeps changing it"
}

const start = Date.UTC(2026, 0, 1, 15, 0)
const key = eventKey(event)
const first = saidAgain(undefined, key, start)

describe("an Event", () => {
  it("is sent the first time, then not for ten minutes, then with how often it was said", () => {
    const soon = saidAgain(first, key, start)
    const late = saidAgain(soon, key, start + quiet - 1)
    const again = saidAgain(late, key, start + quiet)
    assert.deepStrictEqual([first, soon, late, again].map(({ isDue }) => isDue), [true, false, false, true])
    assert.deepInclude(eventBody(event, again, "us"), {
      count: 4,
      firstTimestamp: "2026-01-01T15:00:00Z",
      lastTimestamp: "2026-01-01T15:10:00Z"
    })
    assert.isFalse(saidAgain(again, key, start + quiet + 1).isDue)
  })

  it("is another one for another object, reason or sentence", () => {
    const others = [
      { ...event, regarding: { ...event.regarding, uid: "v" } },
      { ...event, reason: "Applied" },
      { ...event, note: "something else" }
    ]
    assert.strictEqual(new Set([event, ...others].map(eventKey)).size, 4)
    assert.strictEqual(eventKey({ ...event, regarding: { ...event.regarding } }), key)
  })

  it("is kept short, in a namespace the server takes it in", () => {
    const regarding = { apiVersion: "v1", kind: "Node", namespace: "", name: "system:node", uid: "n" }
    const body = eventBody({ ...event, regarding, note: "x".repeat(5000) }, first, "us")
    assert.strictEqual(String(body["message"]).length, 1024)
    assert.deepInclude(body["metadata"], { namespace: "default" })
    assert.notProperty(body["involvedObject"], "namespace")
    assert.match(first.name, /^[a-z0-9.-]{1,63}$/)
  })
})
