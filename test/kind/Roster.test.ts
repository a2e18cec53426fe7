import { assert, describe, it } from "@effect/vitest"
import { roster, versionOf } from "../../src/kind/Roster.ts"
import type { Served, ServedKind } from "../../src/kubernetes/Discovery.ts"
import { ref, round, rule, spec } from "./samples.ts"

const verbs = new Set(["get", "list", "watch", "patch", "create"])

const kind = (group: string, name: string, versions: ReadonlyArray<string>): ServedKind => ({
  group,
  kind: name,
  plural: `${name.toLowerCase()}s`,
  singular: name.toLowerCase(),
  shortNames: [],
  namespaced: true,
  versions: versions.map((version) => ({ version, verbs }))
})

const served = (kinds: Readonly<Record<string, ServedKind>>, unknownGroups: ReadonlyArray<string> = []): Served => ({
  kinds: new Map(Object.entries(kinds)),
  unknownGroups: new Set(unknownGroups)
})

const inVersion = (version: string) => {
  const one = ref("a", "d1")
  return { ...one, manifest: { ...one.manifest, version } }
}

const options = { defaultNamespace: spec.defaultNamespace, own: spec.own, volumes: spec.volumes }
const nothing = new Set<string>()

describe("which kinds need an actor", () => {
  it("those a rule lets Git decide and of which Git has manifests", () => {
    const now = round(1, [ref("a", "d1")])
    assert.deepStrictEqual([
      ...roster(now, served({ ConfigMap: spec.kind, Role: kind("", "Role", ["v1"]) }), nothing, options).specs.keys()
    ], [
      "ConfigMap"
    ])
    const ignored = round(1, [ref("a", "d1")], { ruleset: { number: 1, rules: [rule({ syncTo: "ignore" })] } })
    assert.strictEqual(roster(ignored, served({ ConfigMap: spec.kind }), nothing, options).specs.size, 0)
  })

  it("and those of which we once applied objects, though Git has none any more", () => {
    assert.deepStrictEqual([
      ...roster(round(1, []), served({ ConfigMap: spec.kind }), new Set(["ConfigMap"]), options).specs.keys()
    ], ["ConfigMap"])
  })

  it("and those of which a rule takes away whatever Git doesn't have, though it has none", () => {
    const { tip, ...empty } = round(1, [])
    const kindsOf = (change: Parameters<typeof rule>[0]) => [
      ...roster(
        {
          ...empty,
          tip: { ...tip, index: { ...tip.index, kinds: new Map() } },
          ruleset: { number: 1, rules: [rule({ prune: "always", ...change })] }
        },
        served({ ConfigMap: spec.kind }),
        nothing,
        options
      ).specs.keys()
    ]
    assert.deepStrictEqual(kindsOf({ resources: ["configmaps"] }), ["ConfigMap"])
    assert.deepStrictEqual(kindsOf({ resources: ["configmaps"], suspend: true }), [])
    assert.deepStrictEqual(kindsOf({ resources: ["secrets"] }), [])
    assert.deepStrictEqual(kindsOf({ resources: [] }), [])
  })

  it("a kind that is not served waits by name, with its first place", () => {
    const { specs, unserved } = roster(round(1, [ref("a", "d1"), ref("b", "d1")]), served({}), nothing, options)
    assert.strictEqual(specs.size, 0)
    assert.deepInclude(unserved[0], { kind: "ConfigMap", manifests: 2, first: ref("a", "d1") })
    assert.include(unserved[0]?.message ?? "", "the cluster does not serve ConfigMap")
  })

  it("a kind of a group that does not answer is said to be unknown, not missing", () => {
    const now = round(1, [ref("a", "d1")])
    const { unserved } = roster(now, served({}, [""]), nothing, options)
    assert.include(unserved[0]?.message ?? "", "does not answer")
  })

  it("a kind that cannot be watched is not synced, and says so", () => {
    const unwatchable = { ...spec.kind, versions: [{ version: "v1", verbs: new Set(["create"]) }] }
    const { specs, unserved } = roster(round(1, [ref("a", "d1")]), served({ ConfigMap: unwatchable }), nothing, options)
    assert.strictEqual(specs.size, 0)
    assert.include(unserved[0]?.message ?? "", "cannot be listed, watched and patched")
  })

  it("snapshots and their contents are created when absent, everything else is applied", () => {
    const group = "snapshot.storage.k8s.io"
    const snapshot = kind(group, "VolumeSnapshot", ["v1"])
    const now = round(1, [])
    const { specs } = roster(
      now,
      served({ [`VolumeSnapshot.${group}`]: snapshot, ConfigMap: spec.kind }),
      new Set([`VolumeSnapshot.${group}`, "ConfigMap"]),
      options
    )
    assert.strictEqual(specs.get(`VolumeSnapshot.${group}`)?.mode, "create")
    assert.strictEqual(specs.get("ConfigMap")?.mode, "apply")
  })
})

describe("the version that is watched", () => {
  const scaler = kind("autoscaling", "HorizontalPodAutoscaler", ["v2", "v1"])

  it("is the one most manifests are written in, if it is served", () => {
    assert.strictEqual(versionOf(scaler, [inVersion("v1"), inVersion("v1"), inVersion("v2")]), "v1")
    assert.strictEqual(versionOf(scaler, [inVersion("v2beta2"), inVersion("v2beta2")]), "v2")
  })

  it("is the one the cluster prefers when manifests do not decide", () => {
    assert.strictEqual(versionOf(scaler, []), "v2")
    assert.strictEqual(versionOf(scaler, [inVersion("v1"), inVersion("v2")]), "v2")
  })
})
