import { assert, describe, it } from "@effect/vitest"
import { permissionTable } from "../../../src/kubernetes/rights/PermissionTable.ts"
import type { Right } from "../../../src/kubernetes/rights/Right.ts"

const deployments: Right = {
  namespace: "",
  group: "apps",
  resource: "deployments",
  verbs: ["get", "list", "watch", "create", "patch"]
}
const leases: Right = {
  namespace: "state",
  group: "coordination.k8s.io",
  resource: "leases",
  verbs: ["get", "create", "update"]
}
const kubeSystem: Right = { namespace: "", group: "", resource: "namespaces", name: "kube-system", verbs: ["get"] }
const services: Right = { ...deployments, group: "", resource: "services" }

describe("The table of rights", () => {
  it("has a row for each resource of which something is missing, and a column for each verb that these need", () =>
    assert.deepStrictEqual(
      permissionTable([services, deployments, leases, kubeSystem], [
        { ...deployments, verbs: ["create", "patch"] },
        { ...leases, verbs: ["update"] },
        kubeSystem
      ]).split("\n"),
      [
        "RESOURCE                    NAMESPACE  GET      LIST  WATCH  CREATE   UPDATE   PATCH",
        "deployments.apps            (all)      yes      yes   yes    MISSING  -        MISSING",
        "leases.coordination.k8s.io  state      yes      -     -      yes      MISSING  -",
        "namespaces kube-system      (all)      MISSING  -     -      -        -        -"
      ]
    ))
})
