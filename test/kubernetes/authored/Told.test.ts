import { assert, it } from "@effect/vitest"
import { withTold } from "../../../src/kubernetes/authored/Told.ts"

const group = "snapshot.storage.k8s.io"
const portable = { metadata: { name: "a", labels: { team: "a" } }, spec: { class: "fast", ref: { name: "b" } } }
const set = { metadata: { name: "a" }, spec: { ref: {} } }

it("a snapshot and its content tell all of their spec, whoever set it, and nothing else that nobody set", () => {
  for (const kind of ["VolumeSnapshot", "VolumeSnapshotContent"])
    assert.deepStrictEqual(withTold({ group, kind }, set, portable), { ...set, spec: portable.spec })
})

it("other objects tell what somebody set", () => {
  assert.strictEqual(withTold({ group, kind: "VolumeSnapshotClass" }, set, portable), set)
})
