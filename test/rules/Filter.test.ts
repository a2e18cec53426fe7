import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import { field, type FieldPath, format } from "../../src/manifest/FieldPath.ts"
import * as Filter from "../../src/rules/Filter.ts"
import { parse } from "../../src/rules/FilterSyntax.ts"
import { fieldPaths } from "../manifest/fieldPaths.ts"
import { filter, paths, pointers, takes } from "./samples.ts"

const below = (...names: ReadonlyArray<string>): FieldPath => names.map(field)

describe("a filter", () => {
  it("takes the path that it is written as, whatever is in its names and keys", () =>
    fc.assert(fc.property(fieldPaths, (rest) => {
      const path = [field("spec"), ...rest]
      const read = parse(format(path))
      assert.isTrue(Result.isSuccess(read) && takes(read.success, path), format(path))
    })))

  it("takes no other path of fields that is not below it", () =>
    fc.assert(fc.property(fieldPaths, fieldPaths, (rest, other) => {
      fc.pre(other.every(({ _tag }) => _tag === "Field") && rest.every(({ _tag }) => _tag === "Field"))
      const path = [field("spec"), ...other]
      const isBelow = rest.every((step, index) => format([step]) === format(other.slice(index, index + 1)))
      assert.strictEqual(takes(filter(format([field("spec"), ...rest])), path), isBelow)
    })))

  it("takes everything below what it takes", () =>
    fc.assert(fc.property(pointers, paths, paths, (pointer, path, more) => {
      fc.pre(takes(filter(pointer), path))
      assert.isTrue(takes(filter(pointer), [...path, ...more]))
    })))

  it("matches whole segments: not beside its path, and not at its parent", () => {
    const replicas = filter("/spec/replicas")
    assert.isTrue(takes(replicas, below("spec", "replicas")))
    assert.isFalse(takes(replicas, below("spec", "replicasMax")))
    assert.isFalse(takes(replicas, below("spec", "replica")))
    assert.isFalse(takes(replicas, below("spec")))
  })

  it("takes as many segments for * as one", () => {
    const images = filter("/spec/*/image")
    assert.isTrue(takes(images, [field("spec"), { _tag: "Item", keys: { name: "app" } }, field("image")]))
    assert.isTrue(takes(images, below("spec", "app", "image")))
    assert.isFalse(takes(images, below("spec", "image")))
    assert.isFalse(takes(images, below("spec", "a", "b", "image")))
  })

  it("compares keys by their text, and takes the item by some of its keys", () => {
    const item = (keys: Readonly<Record<string, string | number>>): FieldPath => [field("spec"), { _tag: "Item", keys }]
    const tcp = { containerPort: 80, protocol: "TCP" }
    assert.isTrue(takes(filter("/spec/[containerPort=80,protocol=TCP]"), item(tcp)))
    assert.isTrue(takes(filter("/spec/[protocol=TCP,containerPort=80]"), item(tcp)))
    assert.isTrue(takes(filter("/spec/[containerPort=80]"), item(tcp)))
    assert.isFalse(takes(filter("/spec/[containerPort=8]"), item(tcp)))
    assert.isFalse(takes(filter("/spec/[containerPort=80,protocol=UDP]"), item(tcp)))
    assert.isFalse(takes(filter("/spec/[name=web]"), item(tcp)))
    assert.isFalse(takes(filter("/spec/[__proto__=web]"), item(tcp)))
  })

  it("on /metadata is its labels and annotations, and nothing else of it", () => {
    const metadata = filter("/metadata")
    assert.isTrue(takes(metadata, below("metadata", "labels", "app")))
    assert.isTrue(takes(metadata, below("metadata", "annotations")))
    assert.isFalse(takes(metadata, below("metadata", "name")))
    assert.isFalse(takes(metadata, below("metadata", "finalizers")))
    assert.isFalse(takes(metadata, below("metadata")))
  })

  it("covers another only if it takes every path that the other takes", () =>
    fc.assert(fc.property(pointers, pointers, paths, (above, low, path) => {
      fc.pre(Filter.covers(filter(above), filter(low)) && takes(filter(low), path))
      assert.isTrue(takes(filter(above), path))
    })))

  it("covers itself and what continues it", () =>
    fc.assert(fc.property(pointers, (pointer) => {
      assert.isTrue(Filter.covers(filter(pointer), filter(pointer)))
      assert.isTrue(Filter.covers(filter(pointer), filter(`${pointer}/more`)))
      assert.isFalse(Filter.covers(filter(`${pointer}/more`), filter(pointer)))
    })))

  it("on /metadata covers a label, and is covered by no single label", () => {
    assert.isTrue(Filter.covers(filter("/metadata"), filter("/metadata/labels/app")))
    assert.isFalse(Filter.covers(filter("/metadata/labels"), filter("/metadata")))
    assert.isFalse(Filter.covers(filter("/metadata"), filter("/metadata/finalizers")))
  })
})
