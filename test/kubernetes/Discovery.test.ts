import { assert, describe, it } from "@effect/vitest"
import {
  aggregatedGroups,
  type DiscoveredGroup,
  listedGroups,
  listedResources,
  nothingServed,
  served
} from "../../src/kubernetes/Discovery.ts"

const resource = (kind: string, verbs: ReadonlyArray<string> = ["get", "list", "watch"]) => ({
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  shortNames: [],
  namespaced: true,
  verbs
})

const group = (
  name: string,
  versions: Readonly<Record<string, ReadonlyArray<string>>>,
  incomplete = false
): DiscoveredGroup => ({
  group: name,
  versions: Object.entries(versions).map(([version, kinds]) => ({
    version,
    resources: kinds.map((kind) => resource(kind))
  })),
  incomplete
})

describe("what the cluster serves", () => {
  it("reads an aggregated discovery document, versions as the server prefers them, without subresources", () => {
    const groups = aggregatedGroups({
      kind: "APIGroupDiscoveryList",
      items: [{
        metadata: { name: "apps" },
        versions: ["v1", "v1beta1"].map((version) => ({
          version,
          freshness: "Current",
          resources: [{
            resource: "deployments",
            responseKind: { group: "apps", version, kind: "Deployment" },
            scope: "Namespaced",
            singularResource: "deployment",
            shortNames: ["deploy"],
            verbs: ["get", "patch"],
            subresources: [{ subresource: "scale", responseKind: { kind: "Scale" }, verbs: ["get"] }]
          }]
        }))
      }]
    })
    assert.deepStrictEqual([...served(nothingServed, groups ?? []).kinds], [[
      "Deployment.apps",
      {
        group: "apps",
        kind: "Deployment",
        plural: "deployments",
        singular: "deployment",
        shortNames: ["deploy"],
        namespaced: true,
        versions: [
          { version: "v1", verbs: new Set(["get", "patch"]) },
          { version: "v1beta1", verbs: new Set(["get", "patch"]) }
        ]
      }
    ]])
  })

  it("knows the lists of an older server", () => {
    assert.isUndefined(aggregatedGroups({ kind: "APIVersions", versions: ["v1"] }))
    assert.deepStrictEqual(listedGroups({ kind: "APIVersions", versions: ["v1"] }), [{ group: "", versions: ["v1"] }])
    assert.deepStrictEqual(
      listedGroups({
        kind: "APIGroupList",
        groups: [{
          name: "apps",
          versions: [{ version: "v1beta1" }, { version: "v1" }],
          preferredVersion: { version: "v1" }
        }]
      }),
      [{ group: "apps", versions: ["v1", "v1beta1"] }]
    )
    const resources = listedResources({
      kind: "APIResourceList",
      resources: [
        { name: "pods", singularName: "", kind: "Pod", namespaced: true, shortNames: ["po"], verbs: ["get"] },
        { name: "pods/status", singularName: "", kind: "Pod", namespaced: true, verbs: ["get"] }
      ]
    })
    assert.deepStrictEqual(resources.map(({ plural }) => plural), ["pods"])
  })

  it("keeps what was known of a group that cannot be asked, and says that it is unknown", () => {
    const before = served(nothingServed, [
      group("apps", { v1: ["Deployment"] }),
      group("metrics.k8s.io", { v1: ["Node"] })
    ])
    const now = served(before, [group("apps", { v1: ["Deployment"] }), group("metrics.k8s.io", { v1: [] }, true)])
    assert.strictEqual(now.kinds.get("Node.metrics.k8s.io"), before.kinds.get("Node.metrics.k8s.io"))
    assert.deepStrictEqual(now.unknownGroups, new Set(["metrics.k8s.io"]))
  })

  it("lets go of what a group does not serve any more", () => {
    const before = served(nothingServed, [
      group("a.io", { v1: ["Widget", "Gadget"] }),
      group("b.io", { v1: ["Thing"] })
    ])
    const now = served(before, [group("a.io", { v1: ["Widget"] })])
    assert.deepStrictEqual([...now.kinds.keys()], ["Widget.a.io"])
  })

  it("is the same value when nothing changed, and keeps each kind that did not change", () => {
    const groups = () => [group("a.io", { v1: ["Widget", "Gadget"] })]
    const before = served(nothingServed, groups())
    assert.strictEqual(served(before, groups()), before)
    const more = served(before, [group("a.io", { v2: ["Gadget"], v1: ["Widget", "Gadget"] })])
    assert.notStrictEqual(more, before)
    assert.strictEqual(more.kinds.get("Widget.a.io"), before.kinds.get("Widget.a.io"))
    assert.deepStrictEqual(more.kinds.get("Gadget.a.io")?.versions.map(({ version }) => version), ["v2", "v1"])
  })
})
