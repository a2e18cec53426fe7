// Random field paths, also with names and keys that the grammar of filters gives a meaning to.
import * as fc from "fast-check"
import type { FieldPath, Step } from "../../src/manifest/FieldPath.ts"

const awkward = [
  "",
  "*",
  "-",
  "0",
  "17",
  "a/b",
  "a~b",
  "~1",
  "[a]",
  "a[0]",
  "a=b",
  "a,b",
  "a]",
  "\"",
  "\\",
  "__proto__"
]

const text = fc.oneof(
  fc.constantFrom("spec", "name", "image", "app", "a", "b"),
  fc.constantFrom(...awkward),
  fc.string()
)

export const fields: fc.Arbitrary<Step> = text.map((name) => ({ _tag: "Field", name }))

export const items: fc.Arbitrary<Step> = fc
  .dictionary(
    fc.constantFrom("name", "port", "protocol", "ip"),
    fc.oneof(text, fc.integer().map((it) => `n${it}`)),
    { minKeys: 1, maxKeys: 2 }
  )
  .map((keys) => ({ _tag: "Item", keys }))

export const steps: fc.Arbitrary<Step> = fc.oneof(
  fields,
  items,
  text.map((value): Step => ({ _tag: "Value", value })),
  fc.nat(20).map((index): Step => ({ _tag: "Index", index }))
)

/** Of fields and items, which filters can name. */
export const fieldPaths: fc.Arbitrary<FieldPath> = fc.array(fc.oneof(fields, items), { maxLength: 5 })
