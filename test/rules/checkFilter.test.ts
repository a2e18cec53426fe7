import { assert, describe, it } from "@effect/vitest"
import { atomicList, atomicMap, type FieldType, scalar, unknown, valueSet } from "../../src/manifest/FieldType.ts"
import { checkFilter } from "../../src/rules/checkFilter.ts"
import { filter } from "./samples.ts"

const struct = (fields: Readonly<Record<string, FieldType>>, rest?: FieldType): FieldType => ({
  _tag: "Struct",
  fields: new Map(Object.entries(fields).map(([name, type]) => [name, () => type])),
  rest
})

const list = (keys: ReadonlyArray<string>, item: FieldType): FieldType => ({
  _tag: "KeyedList",
  keys,
  defaults: {},
  item
})

/** A schema that refers to itself, as that of a CustomResourceDefinition does. */
const tree: FieldType = {
  _tag: "Struct",
  fields: new Map([["tree", () => tree], ["wood", () => scalar]]),
  rest: undefined
}

const container = struct({
  name: scalar,
  image: scalar,
  args: atomicList,
  ports: list(["port", "protocol"], struct({ port: scalar }))
})

const thing = struct({
  metadata: struct({ labels: struct({}, scalar), finalizers: valueSet }),
  spec: struct({
    replicas: scalar,
    selector: atomicMap,
    containers: list(["name"], container),
    template: struct({ image: scalar, tag: scalar }),
    anything: unknown,
    nothing: struct({}),
    tree
  })
})

const fits = [
  "/spec",
  "/spec/replicas",
  "/spec/selector",
  "/spec/*",
  "/spec/*/image",
  "/spec/containers",
  "/spec/containers/*",
  "/spec/containers/*/image",
  "/spec/containers/[name=app]/args",
  "/spec/containers/[name=app]/ports/[port=80]",
  "/spec/containers/[name=app]/ports/[port=80,protocol=TCP]/port",
  "/metadata",
  "/metadata/labels/app",
  "/metadata/labels/*",
  "/metadata/finalizers",
  "/spec/anything/*/a/b",
  "/spec/tree/tree/tree/wood"
]

const problems: ReadonlyArray<readonly [pointer: string, tag: "Missing" | "Unfit", message: string]> = [
  ["/spek", "Missing", `the object has no field "spek"; did you mean "/spec"?`],
  ["/spec/replica", "Missing", `"/spec" has no field "replica"; did you mean "/spec/replicas"?`],
  ["/spec/template/colour", "Missing", `"/spec/template" has no field "colour"; it has image, tag`],
  ["/spec/nothing/at", "Missing", `"/spec/nothing" has no field "at"; it has none`],
  [
    "/spec/replicas/max",
    "Unfit",
    `"/spec/replicas" is a single value with nothing below it: write "/spec/replicas"`
  ],
  ["/spec/selector/app", "Unfit", `the map "/spec/selector" has one owner as a whole: write "/spec/selector"`],
  [
    "/spec/containers/*/args/[name=x]",
    "Unfit",
    `the list "/spec/containers/*/args" has one owner as a whole: write "/spec/containers/*/args"`
  ],
  [
    "/spec/containers/app/image",
    "Unfit",
    `"/spec/containers" is a list, whose items are told apart by name: write "/spec/containers/[name=app]/image", or "/spec/containers/*/image" for every item`
  ],
  [
    "/spec/containers/app",
    "Unfit",
    `"/spec/containers" is a list, whose items are told apart by name: write "/spec/containers/[name=app]", or "/spec/containers/*" for every item`
  ],
  [
    "/spec/containers/ports/[port=80]",
    "Unfit",
    `"/spec/containers" is a list, whose items are told apart by name: write "/spec/containers/*/ports/[port=80]"`
  ],
  [
    "/spec/containers/image",
    "Unfit",
    `"/spec/containers" is a list, whose items are told apart by name: write "/spec/containers/*/image"`
  ],
  [
    "/spec/containers/*/ports/http",
    "Unfit",
    `"/spec/containers/*/ports" is a list, whose items are told apart by port and protocol: write "/spec/containers/*/ports/[port=…,protocol=…]", or "/spec/containers/*/ports/*" for every item`
  ],
  [
    "/spec/containers/[image=nginx]/image",
    "Unfit",
    `the items of "/spec/containers" are told apart by name, not by image: write "/spec/containers/[name=…]/image"`
  ],
  [
    "/spec/template/[name=app]",
    "Unfit",
    `"/spec/template" is a map and no list: write the name of a field, or "/spec/template/*" for all of them`
  ],
  [
    "/metadata/finalizers/keep",
    "Unfit",
    `"/metadata/finalizers" is a set of values, which can only be taken together: write "/metadata/finalizers"`
  ],
  [
    "/metadata/finalizers/*",
    "Unfit",
    `"/metadata/finalizers" is a set of values, which can only be taken together: write "/metadata/finalizers"`
  ],
  [
    "/spec/anything/[name=x]",
    "Unfit",
    `the schema says nothing of "/spec/anything", and then a list has one owner as a whole: write "/spec/anything"`
  ],
  ["/spec/tree/*/wool", "Missing", `"/spec/tree/*" has no field "wool"; did you mean "/spec/tree/*/wood"?`]
]

describe("a filter beside a schema", () => {
  for (const pointer of fits)
    it(`fits: ${pointer}`, () => assert.isUndefined(checkFilter(filter(pointer), thing)))

  for (const [pointer, tag, message] of problems) {
    it(`is told what is wrong with it: ${pointer}`, () =>
      assert.deepStrictEqual(checkFilter(filter(pointer), thing), { _tag: tag, message }))
  }

  it("fits anything where there is no schema, but no item of a list", () => {
    assert.isUndefined(checkFilter(filter("/spec/a/*/b"), unknown))
    assert.strictEqual(checkFilter(filter("/spec/a/[name=b]"), unknown)?._tag, "Unfit")
  })

  it("is followed through a schema that refers to itself without end", () => {
    const stars = (count: number) => filter(`/spec/tree${"/*".repeat(count)}/bark`)
    assert.strictEqual(checkFilter(stars(200), thing)?._tag, "Missing")
  })
})
