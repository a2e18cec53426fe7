import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { claimedFields } from "../../../src/kubernetes/fields/ClaimedFields.ts"
import * as FieldsV1 from "../../../src/kubernetes/fields/FieldsV1.ts"
import { fieldsOf, ownEntry } from "../../../src/kubernetes/fields/ManagedFields.ts"
import { Writer } from "../../../src/kubernetes/Writer.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { fieldManager, here, targetOf } from "../operating.ts"
import { serveShapes, shapeType } from "../shapes.ts"

const text = fc.constantFrom("", "a", "b<c>&d", "é\u2028", "\"q\"\\")
const key = fc.constantFrom("a", "b", "x.y/z", ".", "f:a", "<&>")
const map = fc.dictionary(key, text, { maxKeys: 3 })
const open: fc.Arbitrary<JsonObject> = fc.dictionary(
  key,
  fc.oneof(text, fc.array(fc.integer(), { maxLength: 2 }), map, fc.dictionary(key, map, { maxKeys: 2 })),
  { maxKeys: 3 }
)
const item = fc.record(
  { name: text, protocol: fc.constantFrom("TCP", "UDP"), value: text, map },
  { requiredKeys: ["name"] }
)
const spec: fc.Arbitrary<JsonObject> = fc.record({
  text,
  map,
  maps: fc.dictionary(key, map, { maxKeys: 2 }),
  whole: map,
  list: fc.array(text, { maxLength: 2 }),
  set: fc.uniqueArray(text, { maxLength: 3 }),
  items: fc.uniqueArray(item, { maxLength: 3, selector: ({ name, protocol = "TCP" }) => `${name} ${protocol}` }),
  open
}, { requiredKeys: [] })

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("what an apply will own", (it) => {
  it.effect("is what the API server notes, for random objects of a kind with every sort of list and map", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const writer = yield* Writer
        const { apiVersion } = yield* serveShapes(namespace)
        const specs = fc.sample(spec, { numRuns: 150, seed: 7 })
        for (const [index, spec] of specs.entries()) {
          const metadata = { name: `s${index}`, namespace, labels: { a: "b" }, finalizers: [] }
          const payload: JsonObject = { apiVersion, kind: "Shape", metadata, spec }
          const applied = yield* writer.apply(targetOf(payload), JSON.stringify(payload), { dryRun: true })
          const entry = ownEntry(applied, fieldManager)
          assert.isDefined(entry)
          const [noted, foretold] = [fieldsOf(entry), claimedFields(payload, shapeType)]
          assert.isTrue(FieldsV1.equal(noted, foretold), JSON.stringify({ spec, noted, foretold }))
        }
      })
    ))
})
