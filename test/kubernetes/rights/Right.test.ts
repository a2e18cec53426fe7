import { assert, describe, it } from "@effect/vitest"
import { merged, type Right } from "../../../src/kubernetes/rights/Right.ts"
import { rightsManifests } from "../../../src/kubernetes/rights/RightsManifest.ts"

const right = (group: string, resource: string, verbs: ReadonlyArray<string>, more: Partial<Right> = {}): Right => ({
  namespace: "",
  group,
  resource,
  verbs,
  ...more
})

describe("Rights laid together", () => {
  it("name each resource once, with all verbs in their customary order", () =>
    assert.deepStrictEqual(
      merged([right("apps", "deployments", ["patch", "get"]), right("apps", "deployments", ["list", "get"])]),
      [right("apps", "deployments", ["get", "list", "patch"])]
    ))

  it("leave out what a wider one holds: of any group, any resource, all namespaces, all objects", () => {
    const wide = right("*", "*", ["get", "list"])
    assert.deepStrictEqual(
      merged([
        right("apps", "deployments", ["get", "create"]),
        wide,
        right("", "configmaps", ["get", "update"], { namespace: "state" }),
        right("", "namespaces", ["get"], { name: "kube-system" })
      ]),
      [
        right("*", "*", ["get", "list"]),
        right("apps", "deployments", ["create"]),
        right("", "configmaps", ["update"], { namespace: "state" })
      ]
    )
  })

  it("keep what is for fewer objects beside what is for others", () => {
    const one = right("", "namespaces", ["get"], { name: "kube-system" })
    assert.deepStrictEqual(merged([one, right("", "namespaces", ["list"])]), [right("", "namespaces", ["list"]), one])
    const here = right("", "configmaps", ["get"], { namespace: "a" })
    const there = right("", "configmaps", ["get"], { namespace: "b" })
    assert.deepStrictEqual(merged([there, here]), [here, there])
  })
})

describe("Rights as manifests", () => {
  const rights = [
    right("", "namespaces", ["list"]),
    right("", "services", ["list"]),
    right("apps", "deployments", ["list"]),
    right("", "namespaces", ["get"], { name: "kube-system" }),
    right("", "configmaps", ["get"], { namespace: "state" })
  ]

  it("are one role and one binding for the cluster and for each namespace", () => {
    const all = rightsManifests(rights, { name: "sync", user: "system:serviceaccount:state:sync" })
    assert.deepStrictEqual(all.map(({ kind, metadata }) => [kind, metadata]), [
      ["ClusterRole", { name: "sync" }],
      ["ClusterRoleBinding", { name: "sync" }],
      ["Role", { name: "sync", namespace: "state" }],
      ["RoleBinding", { name: "sync", namespace: "state" }]
    ])
    assert.deepStrictEqual(all[0]?.["rules"], [
      { apiGroups: [""], resources: ["namespaces", "services"], verbs: ["list"] },
      { apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"] },
      { apiGroups: [""], resources: ["namespaces"], resourceNames: ["kube-system"], verbs: ["get"] }
    ])
    assert.deepStrictEqual(all[3]?.["roleRef"], { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "sync" })
    assert.deepStrictEqual(all[3]?.["subjects"], [{ kind: "ServiceAccount", name: "sync", namespace: "state" }])
  })

  it("bind a user that is no ServiceAccount by its name", () =>
    assert.deepStrictEqual(rightsManifests(rights, { name: "sync", user: "jane" })[1]?.["subjects"], [
      { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "jane" }
    ]))
})
