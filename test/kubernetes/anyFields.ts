// Random sets of fields and scopes over a few names, so that they meet.
import * as fc from "fast-check"
import type { FieldsV1 } from "../../src/kubernetes/fields/FieldsV1.ts"
import { decodeStep, format } from "../../src/manifest/FieldPath.ts"
import type { FieldScope } from "../../src/manifest/FieldScope.ts"
import { gitOwnsAllBut, gitOwnsOnly } from "./scopes.ts"

const segments = ["f:a", "f:b", "f:name", "k:{\"name\":\"x\"}", "k:{\"name\":\"y\"}", "v:\"a\""]

const { children } = fc.letrec<{ node: FieldsV1; children: FieldsV1 }>((tie) => ({
  node: fc.tuple(fc.boolean(), tie("children")).map(([member, below]) =>
    member && Object.keys(below).length > 0 ? { ".": {}, ...below } : below
  ),
  children: fc.dictionary(fc.constantFrom(...segments), fc.oneof({ maxDepth: 3 }, fc.constant({}), tie("node")), {
    maxKeys: 4
  })
}))

export const anySet: fc.Arbitrary<FieldsV1> = children

const anyPath = fc.array(fc.constantFrom(...segments), { minLength: 1, maxLength: 3 })
  .map((path) => format(path.flatMap((segment) => decodeStep(segment) ?? [])))

export const anyScope: fc.Arbitrary<FieldScope> = fc.tuple(fc.boolean(), fc.array(anyPath, { maxLength: 4 }))
  .map(([only, paths]) => only ? gitOwnsOnly(...paths) : gitOwnsAllBut(...paths))
