import { assert, describe, it } from "@effect/vitest"
import {
  ApiForbidden,
  ApiRejected,
  ApiUnavailable,
  ApiUnreachable,
  KindNotServed,
  type RequestFailure,
  WatchExpired
} from "../../src/kubernetes/ApiError.ts"
import {
  empty,
  type ReflectorInput,
  type ReflectorState,
  type ReflectorStep,
  step
} from "../../src/kubernetes/ReflectorState.ts"
import type { Json } from "../../src/manifest/Manifest.ts"

const type = { apiVersion: "v1", kind: "ConfigMap" }
const subject = { verb: "watch", resource: "configmaps" } as const

const streaming: ReflectorState = { _tag: "Streaming" }
const watching: ReflectorState = { _tag: "Watching", version: "10", heard: false, interrupted: false }

const object = (name: string, resourceVersion: string): Json => ({
  ...type,
  metadata: { name, uid: name, resourceVersion }
})
const line = (kind: string, of: Json): ReflectorInput => ({ _tag: "Line", line: { type: kind, object: of } })
const endMark = line("BOOKMARK", {
  metadata: { resourceVersion: "20", annotations: { "k8s.io/initial-events-end": "true" } }
})
const failed = (failure: RequestFailure): ReflectorInput => ({ _tag: "Failed", failure })
const silent = new ApiUnreachable({ kind: "silent", server: "https://a", subject, reason: "silence" })
const refused = new ApiUnreachable({ kind: "unreachable", server: "https://a", subject, reason: "connection refused" })

const walk = (from: ReflectorState, inputs: ReadonlyArray<ReflectorInput>): ReflectorStep => {
  let state = from
  let events: ReflectorStep["events"] = []
  let proceed: ReflectorStep["proceed"] = "on"
  for (const input of inputs) {
    const next = step(state, input, type)
    state = next.state
    events = [...events, ...next.events]
    proceed = next.proceed
  }
  return { state, events, proceed }
}

const told = ({ events }: ReflectorStep) =>
  events.map((event) => "object" in event ? `${event._tag} ${event.object.metadata.name}` : event._tag)

describe("a reflector", () => {
  it("is complete at the end mark of a streamed list, and watches on from there", () => {
    const result = walk(streaming, [
      { _tag: "Opened" },
      line("ADDED", object("a", "3")),
      line("ADDED", object("b", "4")),
      endMark,
      line("MODIFIED", object("a", "21")),
      line("DELETED", object("b", "22"))
    ])
    assert.deepStrictEqual(told(result), ["Applied a", "Applied b", "Synced", "Applied a", "Deleted b"])
    assert.deepInclude(result.state, { _tag: "Watching", version: "22" })
    assert.strictEqual(result.proceed, "on")
  })

  it("does not take another bookmark for the end of the list", () => {
    const bookmark = line("BOOKMARK", { metadata: { resourceVersion: "20" } })
    assert.deepStrictEqual(walk(streaming, [bookmark]).state, streaming)
  })

  it("keeps the version of a bookmark while watching", () => {
    const result = walk(watching, [line("BOOKMARK", { metadata: { resourceVersion: "30" } })])
    assert.deepInclude(result.state, { version: "30", heard: true })
    assert.deepStrictEqual(result.events, [])
  })

  it("takes a list that ends before its mark for no list at all", () => {
    const result = walk(streaming, [line("ADDED", object("a", "3")), { _tag: "Ended" }])
    assert.deepStrictEqual(told(result), ["Applied a", "Interrupted"])
    assert.deepStrictEqual(result.state, empty)
    assert.strictEqual(result.proceed, "later")
  })

  for (const status of [400, 422]) {
    it(`fetches pages when the server refuses to stream a list with ${status}`, () => {
      const result = walk(streaming, [failed(new ApiRejected({ subject, status, reason: "forbidden", causes: [] }))])
      assert.deepStrictEqual(result.state, { _tag: "Paging", next: undefined })
      assert.deepStrictEqual([result.events, result.proceed], [[], "again"])
    })
  }

  it("goes from page to page, and is complete after the last one only", () => {
    const paging: ReflectorState = { _tag: "Paging", next: undefined }
    const first = walk(paging, [
      { _tag: "Items", items: [object("a", "3")] },
      { _tag: "PageEnd", metadata: { resourceVersion: "20", continue: "more" } }
    ])
    assert.deepStrictEqual([told(first), first.state, first.proceed], [
      ["Applied a"],
      { _tag: "Paging", next: "more" },
      "again"
    ])
    const last = walk(first.state, [
      { _tag: "Items", items: [object("b", "4")] },
      { _tag: "PageEnd", metadata: { resourceVersion: "20" } }
    ])
    assert.deepStrictEqual([told(last), last.proceed], [["Applied b", "Synced"], "again"])
    assert.deepInclude(last.state, { _tag: "Watching", version: "20" })
  })

  it("gives the items of a page the type that only their list states", () => {
    const { events } = walk({ _tag: "Paging", next: undefined }, [
      { _tag: "Items", items: [{ metadata: { name: "a", uid: "a", resourceVersion: "3" } }] }
    ])
    assert.deepInclude(events[0]?._tag === "Applied" ? events[0].object : {}, type)
  })

  it("starts over when a page's continuation has expired", () => {
    const result = walk({ _tag: "Paging", next: "old" }, [failed(new WatchExpired({ subject, reason: "expired" }))])
    assert.deepStrictEqual(result.state, empty)
  })

  it("connects again where it was when the server ends a watch, and says nothing", () => {
    const result = walk({ ...watching, heard: true }, [{ _tag: "Ended" }])
    assert.deepInclude(result.state, { _tag: "Watching", version: "10" })
    assert.deepStrictEqual([result.events, result.proceed], [[], "again"])
  })

  it("tells that it was interrupted and that it goes on, and does not list again", () => {
    const broken = walk(watching, [failed(refused)])
    assert.deepStrictEqual([told(broken), broken.proceed], [["Interrupted"], "later"])
    const again = walk(broken.state, [failed(new ApiUnavailable({ subject, status: 503, reason: "starting" })), {
      _tag: "Opened"
    }])
    assert.deepStrictEqual(told(again), ["Interrupted", "Resumed"])
    assert.deepInclude(again.state, { _tag: "Watching", version: "10" })
  })

  it("lists again when its version is too old", () => {
    const result = walk(watching, [failed(new WatchExpired({ subject, reason: "too old" }))])
    assert.deepStrictEqual([told(result), result.state, result.proceed], [["Interrupted"], empty, "again"])
  })

  it("goes on after a silence, but lists again when the watch never brought anything: its version may be from another history", () => {
    assert.strictEqual(walk({ ...watching, heard: true }, [failed(silent)]).state._tag, "Watching")
    assert.strictEqual(walk(watching, [failed(silent)]).state._tag, "Empty")
  })

  it("stops without telling that anything is gone when the kind is not served or may not be watched", () => {
    for (const failure of [new KindNotServed({ subject }), new ApiForbidden({ subject })]) {
      const result = walk(watching, [failed(failure)])
      assert.deepStrictEqual([result.events, result.proceed], [[], "stop"])
    }
  })
})
