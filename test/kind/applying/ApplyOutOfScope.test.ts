import { assert, layer } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as fc from "fast-check"
import { gitScope } from "../../../src/kind/GitScope.ts"
import * as FieldsV1 from "../../../src/kubernetes/fields/FieldsV1.ts"
import { entriesOf, entryId, fieldsOf } from "../../../src/kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject } from "../../../src/kubernetes/KubernetesObject.ts"
import { isClient } from "../../../src/kubernetes/surgery/Adopt.ts"
import { releasedManager } from "../../../src/kubernetes/surgery/Release.ts"
import { format } from "../../../src/manifest/FieldPath.ts"
import type { FieldScope } from "../../../src/manifest/FieldScope.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { parse } from "../../../src/rules/FilterSyntax.ts"
import { layered } from "../../../src/rules/Ownership.ts"
import type { Ownership } from "../../../src/rules/Ruleset.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { outside } from "../../kubernetes/cutting.ts"
import { fieldManager } from "../../kubernetes/operating.ts"
import { serveShapes, shapeType } from "../../kubernetes/shapes.ts"
import { bring, found, inNamespace } from "../applying.ts"
import { rule } from "../samples.ts"

const text = fc.constantFrom("1", "2")
const map = fc.dictionary(fc.constantFrom("a", "b"), text, { minKeys: 1 })
const item = fc.record({ name: fc.constantFrom("a", "b"), value: text, map }, { requiredKeys: ["name"] })
const anySpec: fc.Arbitrary<JsonObject> = fc.record({
  text,
  more: text,
  map,
  maps: fc.dictionary(fc.constantFrom("a", "b"), map, { minKeys: 1 }),
  whole: map,
  list: fc.array(text, { minLength: 1, maxLength: 2 }),
  set: fc.uniqueArray(fc.constantFrom("a", "b"), { minLength: 1 }),
  items: fc.uniqueArray(item, { minLength: 1, selector: ({ name }) => name }),
  open: fc.dictionary(fc.constantFrom("a", "b"), map, { minKeys: 1 })
}, { requiredKeys: [] })

const anyFilter = fc.constantFrom(
  "/spec/text",
  "/spec/more",
  "/spec/map",
  "/spec/map/a",
  "/spec/maps/*/a",
  "/spec/maps/b",
  "/spec/whole",
  "/spec/list",
  "/spec/set",
  "/spec/items",
  "/spec/items/[name=a]",
  "/spec/items/*/value",
  "/spec/items/[name=b]/map/a",
  "/spec/open/b/a"
)
const anyRule = fc.record({
  syncTo: fc.constantFrom("kubernetes" as const, "ignore" as const),
  filters: fc.uniqueArray(anyFilter, { minLength: 1, maxLength: 3 })
})
const anyRules = fc.record({
  filtered: fc.array(anyRule, { minLength: 1, maxLength: 3 }),
  whole: fc.constantFrom("kubernetes" as const, "kubernetes" as const, "ignore" as const, undefined)
})
type Rules = typeof anyRules extends fc.Arbitrary<infer A> ? A : never

const ownershipOf = ({ filtered, whole }: Rules): Ownership =>
  layered(
    filtered.map(({ filters, syncTo }) =>
      rule({ syncTo, filters: filters.map((filter) => Result.getOrThrow(parse(filter))) })
    ),
    whole === undefined ? undefined : rule({ syncTo: whole })
  )

const anyStory = fc.record({
  creator: fc.record({ manager: fc.constantFrom("kubectl-create", "helm", "other"), spec: anySpec }),
  // What Git has said by then, under the rules of then
  before: fc.array(fc.record({ rules: anyRules, spec: anySpec }), { minLength: 1, maxLength: 2 }),
  opponent: fc.record({ manager: fc.constantFrom("kubectl-edit", "helm", "autoscaler", "other"), spec: anySpec }),
  now: fc.record({ rules: anyRules, spec: anySpec })
})

const complement = (scope: FieldScope): FieldScope => ({
  includes: !scope.includes,
  isUniform: scope.isUniform,
  at: (step) => complement(scope.at(step))
})

const isIn = (items: ReadonlySet<string>, path: string) =>
  [...items].some((item) => path === item || path.startsWith(`${item}/`))

/** What others than clients own out of Git's scope, without the items that went or came whole. */
const owned = (live: KubernetesObject, scope: FieldScope, moved: ReadonlySet<string>) =>
  new Map(
    entriesOf(live)
      .filter((entry) =>
        entry.manager !== fieldManager && entry.manager !== releasedManager && !isClient(entry, fieldManager)
      )
      .map((entry) => [
        entryId(entry),
        FieldsV1.paths(FieldsV1.filter(fieldsOf(entry), complement(scope))).map(format)
          .filter((path) => path.startsWith("/spec") && !isIn(moved, path)).sort()
      ])
  )

const itemPaths = (live: KubernetesObject): ReadonlySet<string> => {
  const { items = [] } = (live["spec"] ?? {}) as { readonly items?: ReadonlyArray<{ readonly name: string }> }
  return new Set(items.map(({ name }) => `/spec/items/[name=${name},protocol=TCP]`))
}

layer(sharedControlPlane, { timeout: 300_000, excludeTestServices: true })("what is not Git's", (it) => {
  it.effect(
    "stays as it is, whatever the object, the rules of now and before, and the other managers",
    () =>
      inNamespace((namespace) =>
        Effect.gen(function*() {
          const cluster = yield* ControlPlane
          const { apiVersion } = yield* serveShapes(namespace)
          const sent = { released: 0, changed: 0 }
          for (const [index, story] of fc.sample(anyStory, { numRuns: 25, seed: 11 }).entries()) {
            const { before, creator, now, opponent } = story
            const told = JSON.stringify({ index, ...story })
            const name = `s${index}`
            const shape = (spec: JsonObject): JsonObject => ({
              apiVersion,
              kind: "Shape",
              metadata: { name, namespace },
              spec
            })
            const stdin = JSON.stringify(shape(creator.spec))
            yield* cluster.kubectlOk(["create", `--field-manager=${creator.manager}`, "-f", "-"], { stdin })
            for (const { rules, spec } of before) yield* bring(shape(spec), ownershipOf(rules))
            yield* cluster.kubectlOk([
              "patch",
              `shapes.${namespace}.example.com`,
              name,
              "-n",
              namespace,
              "--type=merge",
              `--field-manager=${opponent.manager}`,
              "-p",
              JSON.stringify({ spec: opponent.spec })
            ])

            const manifest = shape(now.spec)
            const ownership = ownershipOf(now.rules)
            const scope = gitScope(ownership)
            const was = yield* found(manifest)
            const applied = yield* bring(manifest, ownership)
            const is = yield* found(manifest)
            const moved = itemPaths(was).symmetricDifference(itemPaths(is))
            assert.deepStrictEqual(outside(is, shapeType, scope, moved), outside(was, shapeType, scope, moved), told)
            for (const [id, fields] of owned(was, scope, moved))
              assert.deepStrictEqual(owned(is, scope, moved).get(id) ?? [], fields, `${id}: ${told}`)
            if (!FieldsV1.isEmpty(applied.released)) sent.released += 1
            if (applied.outcome === "configured") sent.changed += 1

            assert.strictEqual((yield* bring(manifest, ownership)).outcome, "unchanged", told)
            const again = yield* found(manifest)
            assert.strictEqual(
              again.metadata.resourceVersion,
              is.metadata.resourceVersion,
              `no write changes nothing: ${told}`
            )
          }
          assert.isAbove(sent.released, 3)
          assert.isAbove(sent.changed, 10)
        })
      ),
    200_000
  )
})
