import { assert, describe, it } from "@effect/vitest"
import { deletingRights } from "../../../src/kind/rights/DeletingRights.ts"
import type { ServedKind } from "../../../src/kubernetes/Discovery.ts"
import { nameOf } from "../../../src/kubernetes/rights/Right.ts"
import type { Rule } from "../../../src/rules/Rule.ts"
import { rule } from "../../rules/samples.ts"

const kind = (group: string, name: string, change: Partial<ServedKind> = {}): ServedKind => ({
  group,
  kind: name,
  plural: `${name.toLowerCase()}s`,
  singular: name.toLowerCase(),
  shortNames: [],
  namespaced: true,
  versions: [{ version: "v1", verbs: new Set(["get", "list", "delete"]) }],
  ...change
})

const served = [
  kind("", "Secret"),
  kind("", "Event"),
  kind("", "Namespace", { namespaced: false }),
  kind("metrics.example.com", "Reading", { versions: [{ version: "v1", verbs: new Set(["list"]) }] }),
  kind("apps", "Deployment")
]

const of = (change: Partial<Rule>, kinds: ReadonlyArray<ServedKind> | undefined = served) =>
  deletingRights([rule(0, change)], kinds).map((right) => `${nameOf(right)}: ${right.verbs.join()}`)

describe("the rights to delete", () => {
  it("namespaces are to list what can be left in them", () => {
    const namespaces = { resources: ["ns"], isPruneWritten: true }
    assert.deepStrictEqual(of(namespaces), ["secrets: list", "deployments.apps: list"])
    assert.deepStrictEqual(deletingRights([rule(0, namespaces)], undefined), [
      { namespace: "", group: "*", resource: "*", verbs: ["list"] }
    ])
    assert.deepStrictEqual(of({ ...namespaces, isPruneWritten: false }), [], "no namespace goes by such a rule")
    assert.deepStrictEqual(of({ ...namespaces, prune: "never" }), [])
    assert.deepStrictEqual(of({ ...namespaces, syncTo: "git" }), [])
  })

  it("roles are to list what they are bound by", () => {
    const bindings = ["clusterrolebindings", "rolebindings"].map((name) => `${name}.rbac.authorization.k8s.io: list`)
    assert.deepStrictEqual(of({ resources: ["clusterroles"] }), bindings)
    assert.deepStrictEqual(of({ resources: ["Role"] }), bindings.slice(1))
    assert.deepStrictEqual(of({}), bindings)
    assert.deepStrictEqual(of({ resources: ["clusterroles"], suspend: true }), [])
    assert.deepStrictEqual(of({ resources: ["configmaps"] }), [])
    assert.deepStrictEqual(deletingRights([rule(0)], served, (kind) => kind === "ConfigMap"), [], "there are none")
  })
})
