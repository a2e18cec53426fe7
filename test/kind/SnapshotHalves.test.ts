import { assert, it } from "@effect/vitest"
import { snapshotHalves } from "../../src/kind/SnapshotHalves.ts"
import type { Served, ServedKind } from "../../src/kubernetes/Discovery.ts"
import { kindId } from "../../src/manifest/ObjectKey.ts"
import type { Rule } from "../../src/rules/Rule.ts"
import { rule } from "./samples.ts"

const group = "snapshot.storage.k8s.io"

const served = (kind: string): ServedKind => ({
  group,
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  shortNames: [],
  namespaced: kind === "VolumeSnapshot",
  versions: [{ version: "v1", verbs: new Set(["get", "list", "watch", "patch", "create"]) }]
})

const all: Served = {
  kinds: new Map([served("VolumeSnapshot"), served("VolumeSnapshotContent")].map((kind) => [kindId(kind), kind])),
  unknownGroups: new Set()
}

const told = (...changes: ReadonlyArray<Partial<Rule>>) =>
  snapshotHalves(changes.map((change, index) => rule({ index, ...change })), all).map((problem) => problem.rule)

const snapshots = { resources: ["volumesnapshots"], syncTo: "git" } as const
const contents = { resources: ["volumesnapshotcontents"], syncTo: "git" } as const
const inShop = { namespaces: ["shop"] }

it("rules that send snapshots to Git without their contents are told", () => {
  assert.deepStrictEqual(told(snapshots, {}), [0])
  assert.deepStrictEqual(told({ ...contents, syncTo: "ignore" }, snapshots), [1])
  assert.deepStrictEqual(told({ apiGroups: [group], syncTo: "git", ...inShop }), [0], "contents have no namespace")
})

it("rules that send both, or no snapshots, are right", () => {
  assert.deepStrictEqual(told({ ...snapshots, ...inShop }, contents), [])
  assert.deepStrictEqual(told({ apiGroups: [group], syncTo: "git" }), [])
  assert.deepStrictEqual(told({ syncTo: "kubernetes" }), [])
  assert.deepStrictEqual(told({ ...snapshots, suspend: true }), [])
  assert.deepStrictEqual(told({ apiGroups: [group], syncTo: "both", namespaces: ["*"] }), [])
})
