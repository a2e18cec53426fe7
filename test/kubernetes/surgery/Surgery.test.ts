import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as FieldsV1 from "../../../src/kubernetes/fields/FieldsV1.ts"
import { entryId, fieldsOf, type Owned, ownEntry, tidied } from "../../../src/kubernetes/fields/ManagedFields.ts"
import type { ManagedFieldsEntry } from "../../../src/kubernetes/KubernetesObject.ts"
import { isClient } from "../../../src/kubernetes/surgery/Adopt.ts"
import { releasedManager } from "../../../src/kubernetes/surgery/Release.ts"
import { restated } from "../../../src/kubernetes/surgery/Restated.ts"
import { droppingLabel, type Patch, patchBody, type Surgery, surgery } from "../../../src/kubernetes/surgery/Surgery.ts"
import { format } from "../../../src/manifest/FieldPath.ts"
import * as FieldScope from "../../../src/manifest/FieldScope.ts"
import { type FieldType, scalar, unknown } from "../../../src/manifest/FieldType.ts"
import { anyScope, anySet } from "../anyFields.ts"
import { gitOwnsAllBut, gitOwnsOnly } from "../scopes.ts"

const fieldManager = "gitops-controller"

const owned = (managedFields: ReadonlyArray<ManagedFieldsEntry>): Owned => ({
  metadata: { name: "web", uid: "u", resourceVersion: "7", managedFields }
})

const entry = (
  manager: string,
  operation: ManagedFieldsEntry["operation"],
  fieldsV1: FieldsV1.FieldsV1,
  more: { readonly apiVersion?: string; readonly subresource?: string } = {}
): ManagedFieldsEntry => ({ manager, operation, apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1, ...more })

const patchOf = (found: Surgery): Patch => {
  assert(found._tag === "Patch")
  return found
}

const fieldsIn = (managedFields: ReadonlyArray<ManagedFieldsEntry>, manager: string) =>
  managedFields.filter((entry) => entry.manager === manager).flatMap((entry) =>
    FieldsV1.paths(fieldsOf(entry)).map(format)
  )

const anyEntries = fc.record({
  held: anySet,
  others: fc.array(
    fc.record({
      manager: fc.constantFrom(fieldManager, "kubectl-create", "helm", "kubectl", "hpa", releasedManager, "other"),
      operation: fc.constantFrom("Apply" as const, "Update" as const),
      fieldsV1: anySet,
      apiVersion: fc.constantFrom("v1", "v1", "v1beta1"),
      subresource: fc.constantFrom("", "", "", "scale", "status")
    }),
    { maxLength: 5 }
  )
}).map(({ held, others }) =>
  tidied([
    entry(fieldManager, "Apply", held),
    ...others.filter(({ manager, operation }) => manager !== fieldManager || operation === "Update")
      .map(({ fieldsV1, manager, operation, ...more }) => entry(manager, operation, fieldsV1, more))
  ])
)

/** Of the fields that somebody owns in an API version: those with nothing owned below them. */
const owners = (entries: ReadonlyArray<ManagedFieldsEntry>, apiVersion: string): ReadonlyArray<string> => {
  const all = entries.filter((entry) => entry.apiVersion === apiVersion)
    .reduce((set, entry) => FieldsV1.union(set, fieldsOf(entry)), FieldsV1.empty)
  const paths = FieldsV1.paths(all).map(format)
  return paths.filter((path) => !paths.some((other) => other.startsWith(`${path}/`))).sort()
}

describe("surgery on random owners", () => {
  const after = (entries: ReadonlyArray<ManagedFieldsEntry>, gitOwns: FieldScope.FieldScope, adopt: boolean) => {
    const found = surgery(owned(entries), { fieldManager, gitOwns, adopt })
    return found._tag === "Patch" ? found.managedFields : entries
  }
  const held = (entries: ReadonlyArray<ManagedFieldsEntry>) => {
    const own = ownEntry(owned(entries), fieldManager)
    return own === undefined ? FieldsV1.empty : fieldsOf(own)
  }

  it("releases what is not Git's and keeps the rest: together they are what we held", () => {
    fc.assert(fc.property(anyEntries, anyScope, (entries, gitOwns) => {
      const found = surgery(owned(entries), { fieldManager, gitOwns, adopt: false })
      const [before, now] = [held(entries), held(found._tag === "Patch" ? found.managedFields : entries)]
      const released = found._tag === "Patch" ? found.released : FieldsV1.empty
      assert.isTrue(FieldsV1.equal(FieldsV1.union(released, now), before))
      assert.isTrue(FieldsV1.isEmpty(FieldsV1.intersection(released, now)))
      assert.isTrue(FieldsV1.isEmpty(FieldsV1.filter(released, gitOwns)), "nothing of Git's is released")
    }))
  })

  it("leaves no field without an owner, and no object without an entry", () => {
    fc.assert(fc.property(anyEntries, anyScope, fc.boolean(), (entries, gitOwns, adopt) => {
      const now = after(entries, gitOwns, adopt)
      for (const version of ["v1", "v1beta1"]) assert.deepStrictEqual(owners(now, version), owners(entries, version))
      assert.strictEqual(now.length === 0, entries.length === 0)
      assert.strictEqual(new Set(now.map(entryId)).size, now.length)
    }))
  })

  it("takes only Git's fields, only from clients, and changes no other entry", () => {
    fc.assert(fc.property(anyEntries, anyScope, fc.boolean(), (entries, gitOwns, adopt) => {
      const now = after(entries, gitOwns, adopt)
      for (const before of entries) {
        if (before === ownEntry(owned(entries), fieldManager)) continue
        const same = now.find((candidate) => entryId(candidate) === entryId(before))
        const left = same === undefined ? FieldsV1.empty : fieldsOf(same)
        const lost = FieldsV1.difference(fieldsOf(before), left)
        const gained = FieldsV1.difference(left, fieldsOf(before))
        if (before.manager !== releasedManager) assert.isTrue(FieldsV1.isEmpty(gained))
        if (!adopt || !isClient(before, fieldManager)) assert.isTrue(FieldsV1.isEmpty(lost))
        assert.isTrue(FieldsV1.equal(FieldsV1.filter(lost, gitOwns), lost))
      }
    }))
  })

  it("has nothing to do a second time", () => {
    fc.assert(fc.property(anyEntries, anyScope, fc.boolean(), (entries, gitOwns, adopt) => {
      const now = after(entries, gitOwns, adopt)
      if (now.length === 0) return
      assert.strictEqual(surgery(owned(now), { fieldManager, gitOwns, adopt })._tag, "NothingToDo")
    }))
  })
})

describe("surgery", () => {
  const containers = (...names: ReadonlyArray<string>): FieldsV1.FieldsV1 => ({
    "f:spec": {
      "f:containers": Object.fromEntries(
        names.map((name) => [`k:{"name":"${name}"}`, { ".": {}, "f:image": {}, "f:name": {} }])
      )
    }
  })
  const ours = (fields: FieldsV1.FieldsV1) => entry(fieldManager, "Apply", fields)

  it("does nothing without an entry of ours, and says so when nobody has one", () => {
    const options = { fieldManager, gitOwns: FieldScope.nothing, adopt: true }
    const theirs = [
      entry("kubectl-create", "Update", containers("app")),
      entry(fieldManager, "Update", containers("app"))
    ]
    assert.strictEqual(surgery(owned(theirs), options)._tag, "NothingToDo")
    assert.strictEqual(surgery(owned([]), options)._tag, "OwnerUnknown")
    assert.strictEqual(
      surgery({ metadata: { name: "web", uid: "u", resourceVersion: "7" } }, options)._tag,
      "OwnerUnknown"
    )
  })

  it("keeps what names a list item as long as a field of it is Git's", () => {
    const gitOwns = gitOwnsOnly("/spec/containers/[name=app]/image")
    assert.strictEqual(
      surgery(owned([ours(containers("app"))]), { fieldManager, gitOwns, adopt: false })._tag,
      "NothingToDo"
    )
    const { managedFields } = patchOf(
      surgery(owned([ours(containers("app", "other"))]), { fieldManager, gitOwns, adopt: false })
    )
    assert.sameMembers([...fieldsIn(managedFields, fieldManager)], [
      "/spec/containers/[name=app]",
      "/spec/containers/[name=app]/name",
      "/spec/containers/[name=app]/image"
    ])
    assert.deepStrictEqual(fieldsIn(managedFields, releasedManager).sort(), [
      "/spec/containers/[name=other]",
      "/spec/containers/[name=other]/image",
      "/spec/containers/[name=other]/name"
    ])
  })

  it("lets go of the item's name too when the next apply leaves the item out: else the item would go with it", () => {
    const gitOwns = gitOwnsOnly("/spec/containers/[name=app]/image")
    const { managedFields } = patchOf(
      surgery(owned([ours(containers("app"))]), { fieldManager, gitOwns, adopt: false, claim: FieldsV1.empty })
    )
    assert.deepStrictEqual(fieldsIn(managedFields, fieldManager), ["/spec/containers/[name=app]/image"])
    assert.deepStrictEqual(fieldsIn(managedFields, releasedManager), [
      "/spec/containers/[name=app]",
      "/spec/containers/[name=app]/name"
    ])
  })

  it("frees an item that goes from everybody, and no other item", () => {
    const updater = entry("updater", "Apply", containers("going", "staying"))
    const { managedFields, taken } = patchOf(surgery(owned([ours(containers("going", "staying")), updater]), {
      fieldManager,
      gitOwns: gitOwnsAllBut("/spec/containers/[name=going]/image", "/spec/containers/[name=staying]/image"),
      adopt: false,
      claim: containers("staying")
    }))
    assert.deepStrictEqual(fieldsIn(managedFields, "updater"), [
      "/spec/containers/[name=staying]",
      "/spec/containers/[name=staying]/image",
      "/spec/containers/[name=staying]/name"
    ])
    assert.deepStrictEqual(taken.map(({ manager }) => manager), ["updater"])
  })

  it("leaves an item to others where the list is not Git's, or the item is not", () => {
    const entries = [ours(containers("app")), entry("updater", "Apply", containers("app"))]
    for (const path of ["/spec/containers", "/spec/containers/[name=app]"]) {
      const { managedFields } = patchOf(
        surgery(owned(entries), { fieldManager, gitOwns: gitOwnsAllBut(path), adopt: true, claim: FieldsV1.empty })
      )
      assert.strictEqual(fieldsIn(managedFields, "updater").length, 3)
      assert.deepStrictEqual(fieldsIn(managedFields, fieldManager), [])
      assert.deepStrictEqual(fieldsIn(managedFields, releasedManager), [], "updater keeps the values")
    }
  })

  it("takes a field that kubectl scaled, and no status", () => {
    const replicas = { "f:spec": { "f:replicas": {} } }
    const { managedFields } = patchOf(surgery(
      owned([
        ours(replicas),
        entry("kubectl", "Update", replicas, { subresource: "scale" }),
        entry("kubectl-edit", "Update", replicas, { subresource: "status" })
      ]),
      { fieldManager, gitOwns: FieldScope.everything, adopt: true }
    ))
    assert.deepStrictEqual(managedFields.map(({ manager }) => manager), [fieldManager, "kubectl-edit"])
  })

  it("takes nothing from an entry in another API version, whose fields may mean something else", () => {
    const replicas = { "f:spec": { "f:replicas": {} } }
    const entries = [ours(replicas), entry("kubectl-create", "Update", replicas, { apiVersion: "v1beta1" })]
    const options = { fieldManager, gitOwns: FieldScope.everything, adopt: true }
    assert.strictEqual(surgery(owned(entries), options)._tag, "NothingToDo")
  })

  it("states entries of older API versions anew, one entry for each manager and operation", () => {
    const [a, b] = [{ "f:spec": { "f:a": {} } }, { "f:spec": { "f:b": {} } }]
    const at = (apiVersion: string) => ({ apiVersion: `example.com/${apiVersion}` })
    const { managedFields } = patchOf(restated(
      owned([
        entry(fieldManager, "Apply", a, at("v1alpha1")),
        entry("kubectl-edit", "Update", a, at("v1alpha1")),
        entry("kubectl-edit", "Update", b, at("v1"))
      ]),
      "example.com/v1",
      unknown
    ))
    assert.deepStrictEqual(managedFields.map(({ apiVersion }) => apiVersion), ["example.com/v1", "example.com/v1"])
    assert.deepStrictEqual(fieldsIn(managedFields, "kubectl-edit"), ["/spec/a", "/spec/b"])
    assert.strictEqual(restated(owned(managedFields), "example.com/v1", unknown)._tag, "NothingToDo")
  })

  it("leaves an entry in its version when a field of it has another name in the one in use", () => {
    const at = { apiVersion: "example.com/v1alpha1" }
    const struct = (fields: Readonly<Record<string, FieldType>>): FieldType => ({
      _tag: "Struct",
      fields: new Map(Object.entries(fields).map(([name, type]) => [name, () => type])),
      rest: undefined
    })
    const { managedFields } = patchOf(restated(
      owned([
        entry("helm", "Update", { "f:spec": { "f:cpu": {} } }, at),
        entry(fieldManager, "Apply", { "f:spec": { "f:max": {} } }, at)
      ]),
      "example.com/v1",
      struct({ spec: struct({ max: scalar, metrics: scalar }) })
    ))
    assert.deepStrictEqual(managedFields.map(({ apiVersion, manager }) => [manager, apiVersion]), [
      ["helm", "example.com/v1alpha1"],
      [fieldManager, "example.com/v1"]
    ])
  })

  it("takes a label from everybody who owns it, and the empty map around it", () => {
    const labels = (...names: ReadonlyArray<string>): FieldsV1.FieldsV1 => ({
      "f:metadata": { "f:labels": { ".": {}, ...Object.fromEntries(names.map((name) => [`f:${name}`, {}])) } }
    })
    const live = (names: ReadonlyArray<string>, ...entries: ReadonlyArray<ManagedFieldsEntry>): Owned => ({
      metadata: { ...owned(entries).metadata, labels: Object.fromEntries(names.map((name) => [name, "x"])) }
    })
    const shared = live(["a", "b/c"], ours(labels("b/c")), entry("helm", "Update", labels("a", "b/c")))
    const nothing = { fieldManager, gitOwns: FieldScope.nothing, adopt: false }
    const found = droppingLabel(surgery(shared, nothing), shared, "b/c")
    assert.deepStrictEqual(found.managedFields.map(({ manager }) => manager), ["helm"])
    assert.deepStrictEqual(fieldsIn(found.managedFields, "helm"), ["/metadata/labels", "/metadata/labels/a"])
    assert.deepStrictEqual(JSON.parse(patchBody(found)).at(-1), { op: "remove", path: "/metadata/labels/b~1c" })

    const alone = live(["b/c"], ours(labels("b/c")))
    assert.deepStrictEqual(droppingLabel(surgery(alone, nothing), alone, "b/c").managedFields, [])
    const unowned = live(["b/c"])
    assert.deepStrictEqual(JSON.parse(patchBody(droppingLabel(surgery(unowned, nothing), unowned, "b/c"))), [
      { op: "replace", path: "/metadata/resourceVersion", value: "7" },
      { op: "remove", path: "/metadata/labels/b~1c" }
    ])
  })
})
