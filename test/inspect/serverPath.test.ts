import { assert, describe, it } from "@effect/vitest"
import { serverPath } from "../../src/inspect/serverPath.ts"
import { field, type FieldPath } from "../../src/manifest/FieldPath.ts"
import { placeOfField } from "../../src/manifest/Position.ts"

const text = `apiVersion: v1
kind: Service
metadata:
  name: web
  labels:
    app.kubernetes.io/name: web
    a: b
  finalizers:
    - example.com/a
    - example.com/b
spec:
  ports:
    - port: 80
      name: http
    - { port: 53, protocol: UDP }
`

const lineOf = (...path: FieldPath) => placeOfField(Buffer.from(text), 0, serverPath(path))?.line
const spec = [field("spec"), field("ports")]

describe("the path of a field as the API server writes it", () => {
  it("leads to the field in its file", () => {
    assert.strictEqual(lineOf(field("metadata"), field("labels"), field("a")), 7)
    assert.strictEqual(lineOf(field("metadata"), field("labels"), field("app.kubernetes.io/name")), 6)
    assert.strictEqual(lineOf(field("metadata"), field("finalizers"), { _tag: "Value", value: "example.com/b" }), 10)
    assert.strictEqual(lineOf(field("metadata"), field("finalizers"), { _tag: "Index", index: 1 }), 10)
  })

  it("leads to the item of a list with these keys, though one is a default that isn't written", () => {
    assert.strictEqual(lineOf(...spec, { _tag: "Item", keys: { port: 80, protocol: "TCP" } }, field("name")), 14)
    assert.strictEqual(lineOf(...spec, { _tag: "Item", keys: { port: 53, protocol: "UDP" } }), 15)
  })

  it("leads to the nearest thing around a field that isn't there", () =>
    assert.strictEqual(lineOf(field("spec"), field("selector")), 11))
})
