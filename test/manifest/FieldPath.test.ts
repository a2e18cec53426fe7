import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as FieldPath from "../../src/manifest/FieldPath.ts"
import { fieldPaths, steps } from "./fieldPaths.ts"

describe("a field path", () => {
  const written: ReadonlyArray<readonly [FieldPath.FieldPath, string]> = [
    [[], ""],
    [[FieldPath.field("spec"), FieldPath.field("replicas")], "/spec/replicas"],
    [
      [FieldPath.field("containers"), { _tag: "Item", keys: { name: "app" } }, FieldPath.field("image")],
      "/containers/[name=app]/image"
    ],
    [
      [FieldPath.field("ports"), { _tag: "Item", keys: { protocol: "TCP", containerPort: 80 } }],
      "/ports/[containerPort=80,protocol=TCP]"
    ],
    [[FieldPath.field("annotations"), FieldPath.field("example.com/a~b")], "/annotations/example.com~1a~0b"],
    [[{ _tag: "Item", keys: { mountPath: "/var/lib" } }], "/[mountPath=~1var~1lib]"],
    [[{ _tag: "Item", keys: { name: "a,b]" } }], `/[name="a,b]"]`],
    [[{ _tag: "Item", keys: { name: "" } }], `/[name=""]`],
    [[FieldPath.field("data"), FieldPath.field("8080")], `/data/["8080"]`],
    [[FieldPath.field("data"), FieldPath.field("*")], `/data/["*"]`],
    [[FieldPath.field("finalizers"), { _tag: "Value", value: "keep" }], "/finalizers/[=keep]"],
    [[FieldPath.field("args"), { _tag: "Index", index: 3 }], "/args/[3]"]
  ]

  for (const [path, text] of written)
    it(`is written ${JSON.stringify(text)}`, () => assert.strictEqual(FieldPath.format(path), text))

  it("has one piece of text for each step, whatever is in it", () =>
    fc.assert(fc.property(fieldPaths, (path) => {
      assert.lengthOf(FieldPath.format(path).split("/").slice(1), path.length)
    })))

  it("has different texts for different paths of fields and items", () =>
    fc.assert(fc.property(fieldPaths, fieldPaths, (one, other) => {
      const isSame = FieldPath.format(one) === FieldPath.format(other)
      assert.strictEqual(isSame, FieldPath.equal(one, other))
    })))

  it("comes back from the segments of FieldsV1", () =>
    fc.assert(fc.property(steps, (step) => {
      const back = FieldPath.decodeStep(FieldPath.encodeStep(step))
      assert.isDefined(back)
      if (back !== undefined) assert.isTrue(FieldPath.equalSteps(back, step))
    })))

  it("keeps every digit of a large number in the keys of an item", () => {
    const segment = `k:{"id":12345678901234567890}`
    const step = FieldPath.decodeStep(segment)
    assert.strictEqual(step === undefined ? undefined : FieldPath.encodeStep(step), segment)
  })

  it("knows no step for the item itself", () => assert.isUndefined(FieldPath.decodeStep(".")))

  it("is below its beginnings and not beside them", () =>
    fc.assert(fc.property(fieldPaths, fieldPaths, (one, other) => {
      assert.isTrue(FieldPath.startsWith([...one, ...other], one))
      if (other.length > 0) assert.isFalse(FieldPath.startsWith(one, [...one, ...other]))
    })))
})
