import { assert, describe, it } from "@effect/vitest"
import { exactName, findKind } from "../../src/inspect/findKind.ts"
import type { Served, ServedKind } from "../../src/kubernetes/Discovery.ts"
import { kindId } from "../../src/manifest/ObjectKey.ts"

const kind = (group: string, kind: string, plural: string, ...shortNames: ReadonlyArray<string>): ServedKind => ({
  group,
  kind,
  plural,
  singular: kind.toLowerCase(),
  shortNames,
  namespaced: true,
  versions: [{ version: "v1", verbs: new Set() }]
})

const kinds = [
  kind("events.k8s.io", "Event", "events", "ev"),
  kind("", "Event", "events", "ev"),
  kind("apps", "Deployment", "deployments", "deploy"),
  kind("", "ConfigMap", "configmaps", "cm")
]
const served: Served = { kinds: new Map(kinds.map((it) => [kindId(it), it])), unknownGroups: new Set() }

const found = (name: string, among = served) => {
  const it = findKind(name, among)
  return it._tag === "Found" ? [it.kind, ...it.others].map(exactName).join(" ") : it.message
}

describe("a kind", () => {
  it("is found by every name that rules take, in any case", () => {
    for (const name of ["deployment", "Deployments", "DEPLOY", "deployments.apps", "Deployment.apps"])
      assert.strictEqual(found(name), "deployments.apps", name)
  })

  it("of the core group comes before others of its name, which are told", () => {
    assert.strictEqual(found("ev"), "Event events.events.k8s.io")
    assert.strictEqual(found("events.events.k8s.io"), "events.events.k8s.io")
  })

  it("that isn't served is answered with the nearest name", () => {
    assert.strictEqual(found("deploymet"), `the cluster serves no "deploymet"; did you mean "deployment"?`)
    assert.strictEqual(
      found("deploymets.apps"),
      `the cluster serves no "deploymets.apps"; did you mean "deployments.apps"?`
    )
    assert.strictEqual(
      found("configmaps.apps"),
      `the cluster serves no "configmaps.apps"; did you mean "configmaps"?`
    )
    assert.strictEqual(
      found("frobnicators"),
      `the cluster serves no "frobnicators"; "kubectl api-resources" lists what it serves`
    )
  })

  it("may be in a group that doesn't answer", () =>
    assert.strictEqual(
      found("frobnicators", { ...served, unknownGroups: new Set(["metrics.k8s.io"]) }),
      `no API group that answers serves "frobnicators", and metrics.k8s.io does not answer now`
    ))
})
