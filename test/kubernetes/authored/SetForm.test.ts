import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { setForm } from "../../../src/kubernetes/authored/SetForm.ts"
import { claimedFields } from "../../../src/kubernetes/fields/ClaimedFields.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../../../src/kubernetes/KubernetesObject.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { isObject } from "../../../src/manifest/ServerFields.ts"
import { shapeType } from "../shapes.ts"

const text = fc.constantFrom("a", "b<c>", "é")
const map = fc.dictionary(fc.constantFrom("a", "x.y/z", "."), text, { minKeys: 1, maxKeys: 3 })
const item = fc.record(
  { name: fc.constantFrom("x", "y", "z"), protocol: fc.constantFrom("UDP"), value: text, map },
  { requiredKeys: ["name"] }
)
const spec: fc.Arbitrary<JsonObject> = fc.record({
  text,
  map,
  whole: map,
  list: fc.array(text, { minLength: 1, maxLength: 2 }),
  set: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
  items: fc.uniqueArray(item, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
  open: fc.record({ deep: map, list: fc.array(map, { minLength: 1, maxLength: 2 }) })
}, { requiredKeys: ["text"] })

const apiVersion = "example.com/v1"
const given = spec.map((spec): JsonObject => ({
  apiVersion,
  kind: "Shape",
  metadata: { name: "one", namespace: "shop", labels: { app: "x" } },
  spec
}))

/** What the server makes of it: a default beside everything. */
const filled = (manifest: JsonObject): JsonObject => {
  const spec = isObject(manifest["spec"]) ? manifest["spec"] : {}
  const items = Array.isArray(spec["items"])
    ? { items: spec["items"].map((item: Json) => isObject(item) ? { protocol: "TCP", ...item } : item) }
    : {}
  return { ...manifest, spec: { ...spec, more: "default", ...items } }
}

const live = (manifest: JsonObject, ...managedFields: ReadonlyArray<ManagedFieldsEntry>): KubernetesObject => ({
  ...manifest,
  apiVersion,
  kind: "Shape",
  metadata: {
    ...isObject(manifest["metadata"]) ? manifest["metadata"] : {},
    name: "one",
    uid: "u",
    resourceVersion: "1",
    managedFields
  }
})

const entry = (
  manager: string,
  operation: "Apply" | "Update",
  owned: JsonObject,
  more: Partial<ManagedFieldsEntry> = {}
): ManagedFieldsEntry => ({ manager, operation, apiVersion, fieldsV1: claimedFields(owned, shapeType), ...more })

const form = (object: KubernetesObject, portable: JsonObject) => setForm(object, portable, shapeType, "us")

const unclear = ({ leaves }: ReturnType<typeof form>) =>
  [...new Set(leaves.filter(({ isUnclear }) => isUnclear).map(({ general }) => general))].toSorted()

describe("what was set of an object", () => {
  it("is all that was applied by the server, and nothing of it is unclear", () => {
    fc.assert(fc.property(given, (manifest) => {
      const portable = filled(manifest)
      const found = form(live(portable, entry("kubectl", "Apply", manifest)), portable)
      assert.deepStrictEqual(found.form, manifest)
      assert.deepStrictEqual(unclear(found), [])
    }))
  })

  it("is unclear in a list with one owner, who owns the server's defaults in it too", () => {
    const list = [{ name: "a", size: 1, labels: { app: "x" } }]
    const manifest: JsonObject = { apiVersion, kind: "Shape", metadata: { name: "one" }, spec: { text: "a", list } }
    const portable = { ...manifest, spec: { text: "a", list: list.map((item) => ({ ...item, mode: "default" })) } }
    const object = live(portable, entry("kubectl", "Apply", portable))
    const found = form(object, portable)
    assert.deepStrictEqual(found.form, portable)
    assert.deepStrictEqual(unclear(found), ["/spec/list/*/mode", "/spec/list/*/name", "/spec/list/*/size"])
    const elsewhere = { ...portable, spec: { text: "a", list: [...portable.spec.list, { name: "b", mode: "own" }] } }
    const own = form({ ...object, spec: { text: "a" } }, elsewhere)
    assert.deepStrictEqual(own.form, elsewhere)
    assert.deepStrictEqual(unclear(own), [], "what the portable form says of its own is no default")
  })

  it("is all that anybody updated, and unclear where a schema could have a default", () => {
    fc.assert(fc.property(given, (manifest) => {
      const portable = filled(manifest)
      const found = form(live(portable, entry("kubectl-create", "Update", portable)), portable)
      assert.deepStrictEqual(found.form, portable)
      assert.includeMembers(unclear(found), ["/spec/more", "/spec/text"])
      for (const path of unclear(found)) assert.notMatch(path, /metadata|\/map|\/open|\/name/)
    }))
  })

  it("is all of it where nobody noted who set what, or only a controller did", () => {
    fc.assert(fc.property(given, (manifest) => {
      const portable = filled(manifest)
      const nobody = form(live(portable), portable)
      assert.deepStrictEqual(nobody.form, portable)
      const labels = { metadata: { labels: { app: "x" } } }
      const controller = entry("kube-controller-manager", "Update", portable)
      const labelled = form(live(portable, controller, entry("kubectl-label", "Update", labels)), portable)
      assert.deepStrictEqual(labelled.form, portable)
    }))
  })

  it("is all of it where it was set in another version of the kind", () => {
    const manifest = fc.sample(given, { numRuns: 1, seed: 1 })[0] ?? {}
    const older = entry("kubectl-create", "Update", { spec: { old: 1 } }, { apiVersion: "example.com/v1beta1" })
    assert.deepStrictEqual(form(live(manifest, older), manifest).form, manifest)
  })

  it("is neither what a controller filled in, nor what is written by who reports the status, nor our own bookkeeping", () => {
    const manifest: JsonObject = { apiVersion, kind: "Shape", metadata: { name: "one" }, spec: { text: "a" } }
    const portable = { ...manifest, spec: { text: "a", more: "b", list: ["c"], map: { d: "e" } } }
    const object = live(
      portable,
      entry("person", "Update", manifest),
      entry("kube-controller-manager", "Update", { spec: { more: "b" } }),
      entry("shape-operator", "Update", { spec: { list: ["c"] } }),
      entry("shape-operator", "Update", { status: { ready: true } }, { subresource: "status" }),
      entry("us", "Update", { spec: { map: { d: "e" } } })
    )
    assert.deepStrictEqual(form(object, portable).form, manifest)
  })

  it("is surely what was scaled, and what we released", () => {
    const manifest: JsonObject = {
      apiVersion,
      kind: "Shape",
      metadata: { name: "one" },
      spec: { text: "a", more: "b" }
    }
    const found = form(
      live(
        manifest,
        entry("kube-controller-manager", "Update", { spec: { text: "a" } }, { subresource: "scale" }),
        entry("gitops-controller-released", "Update", { spec: { more: "b" } })
      ),
      manifest
    )
    assert.deepStrictEqual(found.form, manifest)
    assert.deepStrictEqual(unclear(found), [])
  })

  it("is what kubectl apply was given, and not what the server made of it", () => {
    fc.assert(fc.property(given, (manifest) => {
      const portable = filled(manifest)
      const text = JSON.stringify(manifest)
      const object = live(portable, entry("kubectl-client-side-apply", "Update", portable))
      const annotations = { "kubectl.kubernetes.io/last-applied-configuration": text }
      const found = form({ ...object, metadata: { ...object.metadata, annotations } }, portable)
      assert.deepStrictEqual(found.form, manifest)
      assert.deepStrictEqual(unclear(found), [])
    }))
  })

  it("is unclear where the note of kubectl apply is of another object, or can't be read", () => {
    const manifest: JsonObject = {
      apiVersion,
      kind: "Shape",
      metadata: { name: "one" },
      spec: { text: "a", more: "b" }
    }
    const notes = [
      "{",
      JSON.stringify({ ...manifest, metadata: { name: "two" } }),
      JSON.stringify({ ...manifest, apiVersion: "v2" })
    ]
    for (const text of notes) {
      const object = live(manifest, entry("kubectl-client-side-apply", "Update", manifest))
      const annotations = { "kubectl.kubernetes.io/last-applied-configuration": text }
      const found = form({ ...object, metadata: { ...object.metadata, annotations } }, manifest)
      assert.deepStrictEqual(found.form, manifest)
      assert.deepStrictEqual(unclear(found), ["/spec/more", "/spec/text"])
    }
  })

  it("holds what the portable form says of its own, wherever", () => {
    const manifest: JsonObject = { apiVersion, kind: "Shape", metadata: { name: "one" }, spec: { text: "a" } }
    const portable: JsonObject = {
      ...manifest,
      metadata: { name: "one", annotations: { made: "up" } },
      spec: { text: "a", more: "moved" }
    }
    const found = form(live(manifest, entry("person", "Apply", manifest)), portable)
    assert.deepStrictEqual(found.form, portable)
  })
})
