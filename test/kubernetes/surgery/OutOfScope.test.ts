import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { claimedFields } from "../../../src/kubernetes/fields/ClaimedFields.ts"
import * as FieldsV1 from "../../../src/kubernetes/fields/FieldsV1.ts"
import { entriesOf, entryId, fieldsOf } from "../../../src/kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../../../src/kubernetes/KubernetesObject.ts"
import { isClient } from "../../../src/kubernetes/surgery/Adopt.ts"
import { releasedManager } from "../../../src/kubernetes/surgery/Release.ts"
import { type FieldPath, format } from "../../../src/manifest/FieldPath.ts"
import type { FieldScope } from "../../../src/manifest/FieldScope.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { isObject } from "../../../src/manifest/ServerFields.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { cutTo, outside } from "../cutting.ts"
import { apply, fieldManager, here, live, operateOn, valuesOf } from "../operating.ts"
import { gitOwnsAllBut, gitOwnsOnly } from "../scopes.ts"
import { serveShapes, shapeType } from "../shapes.ts"

const text = fc.constantFrom("1", "2")
const map = fc.dictionary(fc.constantFrom("a", "b"), text, { minKeys: 1 })
const item = fc.record({ name: fc.constantFrom("a", "b"), value: text, map }, { requiredKeys: ["name"] })
const parts = {
  text,
  more: text,
  map,
  maps: fc.dictionary(fc.constantFrom("a", "b"), map, { minKeys: 1 }),
  whole: map,
  list: fc.array(text, { minLength: 1, maxLength: 2 }),
  set: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }),
  items: fc.uniqueArray(item, { minLength: 1, selector: ({ name }) => name }),
  open: fc.dictionary(fc.constantFrom("a", "b"), map, { minKeys: 1 })
}
const anySpec: fc.Arbitrary<JsonObject> = fc.record(parts, { requiredKeys: [] })

const anyPath = fc.constantFrom(
  "/spec/text",
  "/spec/more",
  "/spec/map",
  "/spec/map/a",
  "/spec/maps/a",
  "/spec/maps/b/a",
  "/spec/whole",
  "/spec/list",
  "/spec/set",
  "/spec/set/[=a]",
  "/spec/items",
  "/spec/items/[name=a,protocol=TCP]",
  "/spec/items/[name=a,protocol=TCP]/value",
  "/spec/items/[name=b,protocol=TCP]/map/a",
  "/spec/items/[name=b,protocol=TCP]/map",
  "/spec/open/a",
  "/spec/open/b/a"
)
const anyScope = fc.tuple(fc.boolean(), fc.uniqueArray(anyPath, { minLength: 1, maxLength: 6 }))
  .map(([only, paths]) => ({ paths, only, gitOwns: only ? gitOwnsOnly(...paths) : gitOwnsAllBut(...paths) }))

interface Opponent {
  readonly manager: string
  readonly applies: boolean
  readonly spec: JsonObject
}

const anyOpponent: fc.Arbitrary<Opponent> = fc.record({
  manager: fc.constantFrom("kubectl-create", "helm", "kubectl-edit", "autoscaler", "other"),
  applies: fc.boolean(),
  spec: anySpec
})

const anyStory = fc.record({
  creator: anyOpponent,
  opponents: fc.array(anyOpponent, { minLength: 1, maxLength: 2 }),
  before: anySpec,
  now: anySpec,
  scope: anyScope
})

const complement = (scope: FieldScope): FieldScope => ({
  includes: !scope.includes,
  isUniform: scope.isUniform,
  at: (step) => complement(scope.at(step))
})

const owners = (object: KubernetesObject): ReadonlyMap<string, ManagedFieldsEntry> =>
  new Map(
    entriesOf(object).filter(({ manager }) => manager !== fieldManager && manager !== releasedManager)
      .map((entry) => [entryId(entry), entry])
  )

/** What another manager owns out of Git's scope, without the items that Git has taken out whole. */
const theirs = (entry: ManagedFieldsEntry | undefined, gitOwns: FieldScope, gone: ReadonlySet<string>) =>
  FieldsV1.paths(FieldsV1.filter(entry === undefined ? FieldsV1.empty : fieldsOf(entry), complement(gitOwns)))
    .map(format)
    .filter((path) => ![...gone].some((item) => path === item || path.startsWith(`${item}/`)))
    .sort()

const valueAt = (object: Json | undefined, [step, ...rest]: FieldPath): Json | undefined => {
  if (step === undefined) return object
  if (step._tag === "Field") return isObject(object) ? valueAt(object[step.name], rest) : undefined
  const items: ReadonlyArray<Json> = Array.isArray(object) ? object : []
  const found = items.find((item) =>
    step._tag === "Value"
      ? item === step.value
      : step._tag === "Item" && isObject(item) && Object.entries(step.keys).every(([key, value]) => item[key] === value)
  )
  return found === undefined ? undefined : valueAt(found, rest)
}

const itemPaths = (object: JsonObject): ReadonlyArray<string> => {
  const { items = [] } = object["spec"] as { readonly items?: ReadonlyArray<{ readonly name: string }> }
  return items.map(({ name }) => `/spec/items/[name=${name},protocol=TCP]`)
}

layer(sharedControlPlane, { timeout: 300_000, excludeTestServices: true })("what is not Git's", (it) => {
  it.effect(
    "stays with its values and its owners, whatever the object, the scope and the other managers",
    () =>
      here((namespace) =>
        Effect.gen(function*() {
          const cluster = yield* ControlPlane
          const { apiVersion } = yield* serveShapes(namespace)
          const stories = fc.sample(anyStory, { numRuns: 40, seed: 3 })
          let removed = 0
          for (const [index, { before, creator, now, opponents, scope }] of stories.entries()) {
            const { gitOwns } = scope
            const shape = (spec: Json): JsonObject => ({
              apiVersion,
              kind: "Shape",
              metadata: { name: `s${index}`, namespace },
              spec
            })
            const resource = `shapes.${namespace}.example.com`
            const write = ({ applies, manager, spec }: Opponent, creates: boolean) => {
              const args = applies ? ["apply", "--server-side", "--force-conflicts"] : creates ? ["create"] : undefined
              const patch = [
                "patch",
                resource,
                `s${index}`,
                "-n",
                namespace,
                "--type=merge",
                "-p",
                JSON.stringify({ spec })
              ]
              return args === undefined
                ? cluster.kubectl([...patch, `--field-manager=${manager}`])
                : cluster.kubectl([...args, `--field-manager=${manager}`, "-f", "-"], {
                  stdin: JSON.stringify(shape(spec))
                })
            }
            const story = JSON.stringify({
              index,
              creator,
              opponents,
              before,
              now,
              only: scope.only,
              paths: scope.paths
            })
            assert.strictEqual((yield* write(creator, true)).exitCode, 0, story)
            yield* apply(shape(before))
            // The server refuses some of these applies by itself, when they empty a map that another owns.
            for (const opponent of opponents) yield* write(opponent, false)

            const seen = yield* live(shape({}))
            const next = shape(cutTo(shape(now), seen, shapeType, gitOwns)["spec"] ?? {})
            yield* operateOn(next, { gitOwns, adopt: true, claim: claimedFields(next, shapeType) })
            const operated = yield* live(next)
            assert.deepStrictEqual(valuesOf(operated), valuesOf(seen), `surgery changes no value: ${story}`)
            yield* apply(next)
            const applied = yield* live(next)

            const gone = new Set(itemPaths(seen)).difference(new Set(itemPaths(applied)))
            removed += gone.size
            for (const [id, entry] of owners(seen)) {
              const after = owners(applied).get(id)
              assert.deepStrictEqual(theirs(after, gitOwns, gone), theirs(entry, gitOwns, gone), `${id}: ${story}`)
              if (isClient(entry, fieldManager)) continue
              const left = owners(operated).get(id)
              const lost = FieldsV1.difference(fieldsOf(entry), left === undefined ? FieldsV1.empty : fieldsOf(left))
              for (const path of FieldsV1.paths(lost))
                assert.isUndefined(valueAt(applied, path), `${id} loses only what goes: ${format(path)} ${story}`)
            }
            assert.deepStrictEqual(
              outside(applied, shapeType, gitOwns, gone),
              outside(seen, shapeType, gitOwns, gone),
              story
            )
          }
          assert.isAbove(removed, 0, "some items did go")
        })
      ),
    180_000
  )
})
