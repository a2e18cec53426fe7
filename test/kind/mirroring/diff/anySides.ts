// Random manifests beside random live objects, and random scopes.
import * as fc from "fast-check"
import { field, type FieldPath } from "../../../../src/manifest/FieldPath.ts"
import { everything, type FieldScope, including, nothing, without } from "../../../../src/manifest/FieldScope.ts"
import type { Json, JsonObject } from "../../../../src/manifest/Manifest.ts"
import { coins, documents, partOf, sampleType } from "./sampleType.ts"

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A manifest, a live object, and what of it somebody set. */
export const sides = fc.tuple(documents, documents, coins, fc.boolean()).map(([git, live, toss, isNear]) => {
  const part = partOf(live, sampleType, toss)
  const authored = isMap(part) ? part : {}
  return { git: isNear ? { ...git, spec: authored["spec"] ?? git["spec"] ?? {} } : git, live, authored }
})

const at = (...names: ReadonlyArray<string>) => names.map(field)
const app: FieldPath = [...at("spec", "containers"), { _tag: "Item", keys: { name: "app" } }]
const somePaths: ReadonlyArray<FieldPath> = [
  at("metadata"),
  at("metadata", "labels"),
  at("metadata", "labels", "x"),
  [...at("metadata", "finalizers"), { _tag: "Value", value: "f/1" }],
  at("spec"),
  at("spec", "replicas"),
  at("spec", "emptyDir", "medium"),
  at("spec", "selector"),
  at("spec", "extra", "p"),
  at("spec", "containers"),
  app,
  [...app, field("image")],
  [...app, field("args")],
  [...app, field("env")],
  [...app, field("env"), { _tag: "Item", keys: { name: "B" } }],
  [...app, field("resources"), field("limits"), field("cpu")]
]
/** Of whole rules and of filters, layered. */
export const scopes: fc.Arbitrary<FieldScope> = fc.tuple(
  fc.boolean(),
  fc.array(fc.tuple(fc.boolean(), fc.constantFrom(...somePaths)), { minLength: 1, maxLength: 4 })
).map(([isWhole, layers]) =>
  layers.reduce<FieldScope>(
    (scope, [isIn, path]) => isIn ? including(scope, path) : without(scope, [path]),
    isWhole ? everything : nothing
  )
)
