import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { matrix, type Row } from "../../src/inspect/Matrix.ts"
import type { ToGit } from "../../src/inspect/ToGit.ts"
import { memberLabel } from "../../src/kind/ApplySet.ts"
import { claimedFields } from "../../src/kubernetes/fields/ClaimedFields.ts"
import * as FieldsV1 from "../../src/kubernetes/fields/FieldsV1.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../../src/kubernetes/KubernetesObject.ts"
import { decodeStep, equal, field, type FieldPath, format, startsWith } from "../../src/manifest/FieldPath.ts"
import type { JsonObject } from "../../src/manifest/Manifest.ts"
import { layered, type OwnerNode, type Ownership } from "../../src/rules/Ownership.ts"
import { shapeType } from "../kubernetes/shapes.ts"
import { filters, rule } from "../rules/samples.ts"

const text = fc.constantFrom("1", "2")
const map = fc.dictionary(fc.constantFrom("a", "b"), text)
const item = fc.record(
  { name: fc.constantFrom("a", "b"), protocol: fc.constantFrom("TCP", "UDP"), value: text, map },
  { requiredKeys: ["name"] }
)
const parts = {
  text,
  more: text,
  map,
  maps: fc.dictionary(fc.constantFrom("a", "b"), map),
  whole: map,
  list: fc.array(text, { maxLength: 2 }),
  set: fc.uniqueArray(fc.constantFrom("a", "b", "c")),
  items: fc.uniqueArray(item, { selector: ({ name, protocol = "TCP" }) => `${name} ${protocol}` }),
  open: fc.dictionary(fc.constantFrom("a", "b"), map)
}
const anySpec: fc.Arbitrary<JsonObject> = fc.record(parts, { requiredKeys: [] })

const filterTexts = [
  "/metadata",
  "/spec/text",
  "/spec/map",
  "/spec/map/a",
  "/spec/maps/*/a",
  "/spec/whole",
  "/spec/set",
  "/spec/items",
  "/spec/items/*/value",
  "/spec/items/[name=a,protocol=TCP]",
  "/spec/items/[name=b]/map/*",
  "/spec/open/a"
]

const anyRule = (index: number) =>
  fc.record({
    syncTo: fc.constantFrom("kubernetes" as const, "git" as const, "both" as const, "ignore" as const),
    suspend: fc.boolean()
  })
    .map((change) => rule(index, change))

const anyOwnership: fc.Arbitrary<Ownership> = fc.tuple(
  fc.array(fc.subarray(filterTexts, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
  fc.option(anyRule(9), { nil: undefined })
).chain(([written, lifecycle]) =>
  fc.tuple(...written.map((texts, index) => anyRule(index).map((it) => ({ ...it, filters: filters(...texts) })))).map((
    filtered
  ) => layered(filtered, lifecycle))
)

const objectOf = (spec: JsonObject): JsonObject => ({
  apiVersion: "example.com/v1",
  kind: "Shape",
  metadata: { name: "web", namespace: "shop", labels: { app: "web" } },
  spec
})

const managers = ["gitops-controller", "kubectl-edit", "autoscaler"]

const entry = (manager: string, fieldsV1: FieldsV1.FieldsV1): ManagedFieldsEntry => ({
  manager,
  operation: manager === "gitops-controller" ? "Apply" : "Update",
  apiVersion: "example.com/v1",
  fieldsV1
})

const liveOf = (spec: JsonObject, managedFields: ReadonlyArray<ManagedFieldsEntry>): KubernetesObject => ({
  apiVersion: "example.com/v1",
  kind: "Shape",
  metadata: { name: "web", namespace: "shop", uid: "u", resourceVersion: "1", labels: { app: "web" }, managedFields },
  spec
})

const anyLive = fc.tuple(anySpec, fc.array(anySpec, { maxLength: 3 })).map(([spec, owned]) =>
  liveOf(spec, owned.map((it, at) => entry(managers[at] ?? "", claimedFields(objectOf(it), shapeType))))
)

const ownerAt = (root: OwnerNode, path: FieldPath) => path.reduce<OwnerNode>((node, step) => node.at(step), root).owner

/** The fields of a set that have nothing below them. */
const leaves = (set: FieldsV1.FieldsV1): ReadonlyArray<FieldPath> =>
  FieldsV1.segmentsOf(set).flatMap((segment) => {
    const [step, below] = [decodeStep(segment), FieldsV1.below(set, segment)]
    if (step === undefined || below === undefined) return []
    return FieldsV1.isEmpty(below) ? [[step]] : leaves(below).map((path) => [step, ...path])
  })

const told = (git: JsonObject | undefined, live: KubernetesObject | undefined) => [
  ...leaves(git === undefined ? {} : claimedFields(git, shapeType)),
  ...(live?.metadata.managedFields ?? []).flatMap(({ fieldsV1 }) => leaves(fieldsV1 ?? {}))
]

const covers = ({ isWhole, path }: Row, field: FieldPath) => equal(path, field) || (isWhole && startsWith(field, path))

const inputs = {
  type: shapeType,
  fieldManager: "gitops-controller",
  applySet: "set",
  isKnownInStep: false,
  toGit: undefined
}

describe("the matrix of an object", () => {
  it("has every field that Git states or a field manager owns in exactly one row, with its owner by the rules", () =>
    fc.assert(
      fc.property(
        fc.option(anySpec.map(objectOf), { nil: undefined }),
        fc.option(anyLive, { nil: undefined }),
        anyOwnership,
        (git, live, ownership) => {
          const rows = matrix({ ...inputs, git, live, ownership })
          for (const { owner, path } of rows) assert.strictEqual(owner, ownerAt(ownership.root, path), format(path))
          for (const field of told(git, live)) {
            const its = rows.filter((row) => covers(row, field))
            assert.strictEqual(its.length, 1, `${format(field)} in ${its.map(({ path }) => format(path)).join(", ")}`)
            assert.strictEqual(its[0]?.owner, ownerAt(ownership.root, field), format(field))
          }
        }
      ),
      { numRuns: 500 }
    ))

  it("has no row below another that stands for a whole subtree, and none twice", () =>
    fc.assert(
      fc.property(anySpec.map(objectOf), anyLive, anyOwnership, (git, live, ownership) => {
        const rows = matrix({ ...inputs, git, live, ownership })
        for (const one of rows) assert.strictEqual(rows.filter((other) => covers(other, one.path)).length, 1)
      }),
      { numRuns: 200 }
    ))

  it("has only rows of what is live, in Git, or some field manager's, whatever filters name", () =>
    fc.assert(
      fc.property(
        fc.option(anySpec.map(objectOf), { nil: undefined }),
        fc.option(anyLive, { nil: undefined }),
        anyOwnership,
        (git, live, ownership) => {
          for (const row of matrix({ ...inputs, git, live, ownership })) {
            const isThere = row.git !== undefined || row.live !== undefined || row.managers.length > 0
            assert.isTrue(isThere, format(row.path))
          }
        }
      ),
      { numRuns: 500 }
    ))

  const shown = (rows: ReadonlyArray<Row>) =>
    rows.map(({ fields, managers, owner, path, standing }) =>
      `${format(path)} ${fields} ${owner?.syncTo ?? "-"} ${standing} ${
        managers.map(({ manager }) => manager).join("+")
      }`
    )

  const spec = { text: "1", items: [{ name: "a", value: "1" }, { name: "b", value: "1" }] }
  const git = objectOf(spec)
  const ours = entry("gitops-controller", claimedFields(git, shapeType))

  it("is one row for each part of an object that is Git's as a whole and in step", () => {
    const live = liveOf({ text: "1", items: spec.items.map((it) => ({ ...it, protocol: "TCP" })) }, [ours])
    assert.deepStrictEqual(shown(matrix({ ...inputs, git, live, ownership: layered([], rule(0)) })), [
      "/metadata/labels/app 1 kubernetes inStep gitops-controller",
      "/spec 5 kubernetes inStep gitops-controller"
    ])
  })

  it("tells a field apart that differs, one that a rule takes, and one that another writer set", () => {
    const live = liveOf({ text: "2", items: [{ name: "a", protocol: "TCP", value: "7" }], map: { a: "1" } }, [
      entry("gitops-controller", claimedFields(objectOf({ items: [{ name: "a" }] }), shapeType)),
      entry("kubectl-edit", claimedFields({ spec: { text: "2", items: [{ name: "a", value: "7" }] } }, shapeType)),
      entry("autoscaler", claimedFields({ spec: { map: { a: "1" } } }, shapeType))
    ])
    const ownership = layered([rule(0, { filters: filters("/spec/items/*/value"), syncTo: "ignore" })], rule(1))
    assert.deepStrictEqual(shown(matrix({ ...inputs, git, live, ownership })), [
      "/metadata/labels/app 1 kubernetes inStep gitops-controller",
      "/spec/items/[name=a,protocol=TCP]/name 1 kubernetes inStep gitops-controller+kubectl-edit",
      "/spec/items/[name=a,protocol=TCP]/value 1 ignore leftAlone kubectl-edit",
      "/spec/items/[name=b,protocol=TCP]/name 1 kubernetes missing ",
      "/spec/items/[name=b,protocol=TCP]/value 1 ignore toBeSeeded ",
      "/spec/map/a 1 kubernetes notInGit autoscaler",
      "/spec/text 1 kubernetes differs kubectl-edit"
    ])
  })

  it("has a row for a live field that a filter names, though nobody owns it, and none for one that isn't there", () => {
    const ownership = layered([rule(0, { filters: filters("/spec/more", "/spec/map/a"), syncTo: "ignore" })], undefined)
    assert.deepStrictEqual(
      shown(matrix({ ...inputs, git: objectOf({}), live: liveOf({ more: "1" }, []), ownership })),
      [
        "/metadata/labels/app 1 - unclaimed ",
        "/spec 1 - unclaimed ",
        "/spec/more 1 ignore leftAlone "
      ]
    )
  })

  it("tells of a field that is the cluster's what becomes of it in Git", () => {
    const live = liveOf({ text: "2", more: "7", map: { a: "1" } }, [
      entry("kubectl-edit", claimedFields({ spec: { text: "2", more: "7", map: { a: "1" } } }, shapeType))
    ])
    const stated = objectOf({ text: "1", map: { a: "1" }, set: ["a"], items: [{ name: "a" }] })
    const at = (...names: ReadonlyArray<string>) => names.map(field)
    const why = { rule: "rule 1" }
    const key = { group: "example.com", kind: "Shape", namespace: "shop", name: "web" }
    const toGit: ToGit = {
      change: {
        _tag: "PatchDocument",
        key,
        type: shapeType,
        why,
        changes: [
          { _tag: "Set", path: at("spec", "text"), value: "2", previous: "1" },
          { _tag: "Remove", path: at("spec", "set"), previous: ["a"] }
        ]
      },
      withheld: [at("spec", "items")],
      notes: []
    }
    const ownership = layered([], rule(0, { syncTo: "git" }))
    assert.deepStrictEqual(shown(matrix({ ...inputs, git: stated, live, ownership, toGit })), [
      "/metadata/labels/app 1 git inStep ",
      "/spec/items/[name=a,protocol=TCP]/name 1 git conflict ",
      "/spec/map/a 1 git inStep kubectl-edit",
      "/spec/more 1 git notWritten kubectl-edit",
      "/spec/set/[=a] 1 git toBeTakenOut ",
      "/spec/text 1 git toBeWritten kubectl-edit"
    ])
    const document: ToGit = {
      change: { _tag: "PutDocument", key, manifest: objectOf({ text: "2", map: { a: "1" } }), why },
      withheld: [],
      notes: []
    }
    assert.deepStrictEqual(shown(matrix({ ...inputs, git: undefined, live, ownership, toGit: document })), [
      "/spec/map/a 1 git toBeWritten kubectl-edit",
      "/spec/more 1 git notWritten kubectl-edit",
      "/spec/text 1 git toBeWritten kubectl-edit"
    ])
  })

  it("leaves out what a manager of the status owns", () => {
    const live = liveOf({}, [{ ...entry("kubelet", { "f:spec": { "f:more": {} } }), subresource: "status" }])
    assert.deepStrictEqual(shown(matrix({ ...inputs, git: undefined, live, ownership: layered([], rule(0)) })), [])
  })

  it("knows the controller's own label", () => {
    const live = liveOf({}, [
      entry("gitops-controller", { "f:metadata": { "f:labels": { [`f:${memberLabel}`]: {} } } })
    ])
    const labelled = { ...live, metadata: { ...live.metadata, labels: { [memberLabel]: "set" } } }
    const rows = matrix({ ...inputs, git: undefined, live: labelled, ownership: layered([], rule(0)) })
    assert.deepStrictEqual(shown(rows), [
      "/metadata/labels/applyset.kubernetes.io~1part-of 1 kubernetes ownLabel gitops-controller"
    ])
  })
})
