import { assert, describe, it } from "@effect/vitest"
import { documentChanges } from "../../../../src/kind/mirroring/diff/documentChanges.ts"
import type { FieldChange } from "../../../../src/manifest/FieldChange.ts"
import { field, format, formatStep } from "../../../../src/manifest/FieldPath.ts"
import { everything, type FieldScope, including, nothing, without } from "../../../../src/manifest/FieldScope.ts"
import type { Json, JsonObject } from "../../../../src/manifest/Manifest.ts"
import { same, sampleType } from "./sampleType.ts"

interface Given {
  readonly git: JsonObject
  readonly gitPortable?: JsonObject
  readonly live: JsonObject
  readonly authored?: JsonObject
  readonly scope?: FieldScope
}

const changesOf = ({ authored, git, gitPortable = git, live, scope = everything }: Given) =>
  documentChanges({ git, gitPortable, live, authored: authored ?? live, type: sampleType, scope })

const line = (change: FieldChange): string => {
  switch (change._tag) {
    case "Set":
      return `${format(change.path)} = ${same(change.value)} (was ${same(change.previous)})`
    case "Remove":
      return `${format(change.path)} gone (was ${same(change.previous)})`
    case "Arrange":
      return `${format(change.path)} ordered ${change.order.map(formatStep).join(" ")}`
  }
}

const told = (given: Given) => changesOf(given).map(line)
const spec = (value: JsonObject): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Sample",
  metadata: { name: "it" },
  spec: value
})
const containers = (...items: ReadonlyArray<Json>) => spec({ containers: items })
const at = (...names: ReadonlyArray<string>) => names.map(field)

describe("what changes in a manifest", () => {
  it("is the one field that differs", () => {
    assert.deepStrictEqual(
      told({
        git: containers({ name: "app", image: "i:1", args: ["a"] }, { name: "side", image: "s:1" }),
        live: containers({ name: "app", image: "i:2", args: ["a"] }, { name: "side", image: "s:1" })
      }),
      ["/spec/containers/[name=app]/image = \"i:2\" (was \"i:1\")"]
    )
  })

  it("is nothing where the server only writes it in another way", () => {
    const git = spec({
      hostNetwork: false,
      replicas: 1.0,
      selector: { a: null },
      containers: [{
        name: "app",
        env: [{ name: "A", value: "" }],
        ports: [{ port: 80, targetPort: "80" }],
        resources: { limits: { cpu: "1000m", memory: 1024 } }
      }]
    })
    const live = spec({
      replicas: 1,
      selector: {},
      containers: [{
        name: "app",
        env: [{ name: "A" }],
        ports: [{ port: 80, protocol: "TCP", targetPort: 80 }],
        resources: { limits: { cpu: "1", memory: "1024" } }
      }]
    })
    assert.deepStrictEqual(told({ git, live }), [])
  })

  it("is a label that only looks like the same number", () => {
    assert.deepStrictEqual(
      told({ git: { metadata: { labels: { v: "1.10" } } }, live: { metadata: { labels: { v: "1.1" } } } }),
      ["/metadata/labels/v = \"1.1\" (was \"1.10\")"]
    )
  })

  it("takes of what Git lacks only what somebody set", () => {
    assert.deepStrictEqual(
      told({
        git: containers({ name: "app" }),
        live: spec({
          replicas: 1,
          containers: [{ name: "app", image: "i:1", args: ["d"] }, { name: "side", image: "s", args: ["d"] }, {
            name: "injected"
          }]
        }),
        authored: spec({ containers: [{ name: "app", image: "i:1" }, { name: "side", image: "s" }] })
      }),
      [
        "/spec/containers/[name=app]/image = \"i:1\" (was nothing)",
        "/spec/containers/[name=side] = {\"image\":\"s\",\"name\":\"side\"} (was nothing)"
      ]
    )
  })

  it("takes all that is live where a filter asks for it", () => {
    const live = spec({ replicas: 3, emptyDir: { medium: "Memory" }, hostNetwork: true })
    assert.deepStrictEqual(
      told({
        git: spec({}),
        live,
        authored: spec({}),
        scope: [at("spec", "replicas"), at("spec", "emptyDir")].reduce(including, nothing)
      }),
      ["/spec/replicas = 3 (was nothing)", "/spec/emptyDir = {\"medium\":\"Memory\"} (was nothing)"]
    )
  })

  it("makes only the path to a filtered field", () => {
    const live = { metadata: { labels: { team: "a", other: "b" } } }
    const scope = including(nothing, at("metadata", "labels", "team"))
    assert.deepStrictEqual(told({ git: { metadata: {} }, live, scope }), [
      "/metadata/labels/team = \"a\" (was nothing)"
    ])
  })

  it("removes what is not live any more, with what was left around it", () => {
    assert.deepStrictEqual(
      told({
        git: { metadata: { annotations: { x: "1", y: "2" } }, spec: { emptyDir: { medium: "Memory" } } },
        live: { metadata: { annotations: { x: "1" } }, spec: {} }
      }),
      ["/metadata/annotations/y gone (was \"2\")", "/spec/emptyDir gone (was {\"medium\":\"Memory\"})"]
    )
  })

  it("leaves what the schema doesn't know, what is null and what is empty", () => {
    const git = spec({ replicas: null, typo: { deep: 1 }, containers: [], selector: { a: "b" } })
    assert.deepStrictEqual(told({ git, live: spec({ selector: { a: "b" } }) }), [])
  })

  it("leaves what the portable form leaves out", () => {
    const git = { metadata: { annotations: { stamp: "1", mine: "2" } }, spec: { replicas: 1 } }
    assert.deepStrictEqual(
      told({
        git,
        gitPortable: { metadata: { annotations: { mine: "2" } }, spec: {} },
        live: { spec: { replicas: 2 } }
      }),
      ["/metadata/annotations/mine gone (was \"2\")"]
    )
    assert.deepStrictEqual(
      told({
        git,
        gitPortable: { spec: { replicas: 1 } },
        live: { metadata: { annotations: { stamp: "3", new: "4" } }, spec: { replicas: 1 } }
      }),
      ["/metadata/annotations/new = \"4\" (was nothing)"]
    )
  })

  it("never is the identity or the status", () => {
    const git = { apiVersion: "apps/v1", kind: "Sample", metadata: { name: "a" }, status: { a: 1 } }
    const live = { apiVersion: "apps/v2", kind: "Other", metadata: { name: "b", namespace: "c" }, status: { a: 2 } }
    assert.deepStrictEqual(told({ git, live }), [])
  })

  it("brings an item to its place in the order", () => {
    assert.deepStrictEqual(
      told({
        git: containers({ name: "a" }, { name: "b" }, { name: "c" }),
        live: containers({ name: "new" }, { name: "c" }, { name: "b" })
      }),
      [
        "/spec/containers/[name=a] gone (was {\"name\":\"a\"})",
        "/spec/containers/[name=new] = {\"name\":\"new\"} (was nothing)",
        "/spec/containers ordered [name=new] [name=c] [name=b]"
      ]
    )
  })

  it("leaves items and their order to whose the list is, and takes a field inside", () => {
    const scope = ["a", "b", "gone", "new"].reduce(
      (scope, name) =>
        including(scope, [...at("spec", "containers"), { _tag: "Item", keys: { name } }, field("image")]),
      nothing
    )
    assert.deepStrictEqual(
      told({
        git: containers({ name: "a", image: "1" }, { name: "b" }, { name: "gone", image: "3" }),
        live: containers({ name: "b" }, { name: "new", image: "4" }, { name: "a", image: "2", args: ["x"] }),
        scope
      }),
      ["/spec/containers/[name=a]/image = \"2\" (was \"1\")"]
    )
  })

  it("keeps Git's spelling and omissions inside a list that it takes whole", () => {
    assert.deepStrictEqual(
      told({
        git: spec({ rules: [{ port: 80 }, { port: "90", limits: { cpu: "1000m" } }] }),
        live: spec({ rules: [{ port: 81, protocol: "TCP" }, { port: 90, protocol: "TCP", limits: { cpu: "1" } }] }),
        authored: spec({ rules: [{ port: 81 }, { port: 90, limits: { cpu: "1" } }] })
      }),
      [
        "/spec/rules = [{\"port\":81},{\"limits\":{\"cpu\":\"1000m\"},\"port\":\"90\"}] "
        + "(was [{\"port\":80},{\"limits\":{\"cpu\":\"1000m\"},\"port\":\"90\"}])"
      ]
    )
  })

  it("takes a list whole whose items can't be told apart", () => {
    assert.deepStrictEqual(
      told({ git: containers({ name: "a" }, { name: "a" }), live: containers({ name: "a" }) }),
      ["/spec/containers = [{\"name\":\"a\"}] (was [{\"name\":\"a\"},{\"name\":\"a\"}])"]
    )
  })

  it("is an annotation that only looks like the same quantity", () => {
    assert.deepStrictEqual(
      told({
        git: { metadata: { annotations: { capacity: "1000m" } } },
        live: { metadata: { annotations: { capacity: "1" } } }
      }),
      ["/metadata/annotations/capacity = \"1\" (was \"1000m\")"]
    )
  })

  it("is no map of annotations with nothing in it", () => {
    assert.deepStrictEqual(
      told({ git: { metadata: {} }, live: { metadata: { annotations: {} }, spec: { emptyDir: {} } } }),
      ["/spec = {\"emptyDir\":{}} (was nothing)"]
    )
  })

  it("reaches fields that the schema doesn't know, where they are live", () => {
    assert.deepStrictEqual(
      told({ git: spec({ novel: { a: 1, b: [1], c: 3 } }), live: spec({ novel: { a: 2, b: [1, 2] } }) }),
      ["/spec/novel/a = 2 (was 1)", "/spec/novel/b = [1,2] (was [1])", "/spec/novel/c gone (was 3)"]
    )
  })

  it("brings no item that a filter names into a list that is not its own", () => {
    const scope = including(nothing, [...at("spec", "containers"), { _tag: "Item", keys: { name: "new" } }])
    assert.deepStrictEqual(told({ git: containers({ name: "a" }), live: containers({ name: "new" }), scope }), [])
  })

  it("leaves the order where one of the items is somebody else's", () => {
    const scope = without(everything, [[...at("spec", "containers"), { _tag: "Item", keys: { name: "b" } }]])
    assert.deepStrictEqual(
      told({ git: containers({ name: "a" }, { name: "b" }), live: containers({ name: "b" }, { name: "a" }), scope }),
      []
    )
  })

  it("leaves items that the portable form leaves out, each behind the one before it", () => {
    const git = containers({ name: "a" }, { name: "left" }, { name: "b" })
    const gitPortable = containers({ name: "a" }, { name: "b" })
    assert.deepStrictEqual(told({ git, gitPortable, live: containers({ name: "b" }, { name: "a" }) }), [
      "/spec/containers ordered [name=b] [name=a] [name=left]"
    ])
    assert.deepStrictEqual(
      told({ git, gitPortable, live: containers({ name: "a" }, { name: "left" }, { name: "b" }) }),
      []
    )
  })

  it("leaves a whole of which a part is somebody else's", () => {
    const scope = without(everything, [at("spec", "selector", "a")])
    assert.deepStrictEqual(
      told({ git: spec({ selector: { a: "1" } }), live: spec({ selector: { a: "2", b: "3" } }), scope }),
      []
    )
  })

  it("uses each item of a list that it takes whole only once", () => {
    assert.deepStrictEqual(
      told({
        git: spec({ rules: [{ a: "1" }, { a: "2" }] }),
        live: spec({ rules: [{ a: "1" }, { a: "1" }] }),
        authored: spec({ rules: [{ a: "1" }, {}] })
      }),
      ["/spec/rules = [{\"a\":\"1\"},{}] (was [{\"a\":\"1\"},{\"a\":\"2\"}])"]
    )
    assert.deepStrictEqual(
      told({
        git: spec({ rules: [{ a: "1" }] }),
        live: spec({ rules: [{ a: "0" }, { a: "2" }] }),
        authored: spec({ rules: [{ a: "2" }] })
      }),
      ["/spec/rules = [{\"a\":\"2\"}] (was [{\"a\":\"1\"}])"]
    )
  })

  it("is an empty map that means something, once it is gone", () => {
    const git = { metadata: { labels: {} }, spec: { replicas: 1, emptyDir: {}, extra: { a: {} } } }
    assert.deepStrictEqual(told({ git, live: { metadata: {}, spec: { replicas: 1, extra: {} } } }), [
      "/spec/emptyDir gone (was {})",
      "/spec/extra/a gone (was {})"
    ])
  })
})
