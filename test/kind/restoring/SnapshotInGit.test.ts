import { assert, describe, it } from "@effect/vitest"
import { newest, type Read, snapshotsInGit, volumesInGit } from "../../../src/kind/restoring/SnapshotInGit.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { ref } from "../samples.ts"

const read = (name: string, body: JsonObject): Read => {
  const sample = ref(name, "digest")
  return { ref: { ...sample, manifest: { ...sample.manifest, name, namespace: "shop" } }, body }
}

const snapshot = (name: string, created?: string, claim = "data") =>
  read(name, {
    metadata: {
      annotations: {
        "gitops-controller/source-claim": claim,
        ...created === undefined ? {} : { "gitops-controller/snapshot-created": created }
      }
    }
  })

const found = (...all: ReadonlyArray<Read>) => snapshotsInGit(all, [], "default")

describe("the snapshot that a claim comes back from", () => {
  it("is the newest by the time it was taken, whatever the names are and however the time is written", () => {
    const all = found(
      snapshot("z-first", "2026-01-01T10:00:00Z"),
      snapshot("a-last", "2026-01-01T12:00:00+01:00"),
      snapshot("m", "2026-01-01T10:30:00.999Z")
    )
    assert.strictEqual(newest(all, undefined)?.name, "a-last")
    assert.strictEqual(newest(all, undefined)?.claim, "shop/data")
  })

  it("was there when the restore began; one whose time isn't known is the last choice", () => {
    const all = found(
      snapshot("late", "2026-01-03T00:00:00Z"),
      snapshot("early", "2026-01-01T00:00:00Z"),
      snapshot("when")
    )
    assert.strictEqual(newest(all, Date.parse("2026-01-02T00:00:00Z"))?.name, "early")
    assert.strictEqual(newest(all, 0)?.name, "when")
    assert.isUndefined(newest([], undefined))
  })

  it("is told from another of the same second by the time that their contents tell", () => {
    const of = (name: string, content: string) => {
      const { body, ref } = snapshot(name, "2026-01-01T10:00:00Z")
      return { ref, body: { ...body, spec: { source: { volumeSnapshotContentName: content } } } }
    }
    const content = (name: string, created: string) =>
      read(name, { metadata: { annotations: { "gitops-controller/snapshot-created": created } } })
    const all = snapshotsInGit(
      [of("z-first", "c1"), of("a-second", "c2")],
      [content("c1", "2026-01-01T10:00:00.100Z"), content("c2", "2026-01-01T10:00:00.900Z")],
      "default"
    )
    assert.strictEqual(newest(all, undefined)?.name, "a-second")
    const wrong = snapshotsInGit([of("z-first", "c1"), of("a-second", "c2")], [
      content("c1", "2026-01-01T10:00:00.100Z"),
      content("c2", "2020-01-01T00:00:00Z")
    ], "default")
    assert.strictEqual(newest(wrong, undefined)?.name, "z-first", "a content whose time is another's is not believed")
  })

  it("says of which claim it is", () => {
    assert.deepStrictEqual(found(read("nobody's", { metadata: {} })), [])
    assert.strictEqual(found(snapshot("s", undefined, "other"))[0]?.claim, "shop/other")
  })
})

describe("the volume that a claim had", () => {
  it("is the one that says so", () => {
    const claimRef = { namespace: "shop", name: "data", uid: "gone" }
    const all = volumesInGit([read("pv-1", { spec: { claimRef } }), read("pv-2", { spec: {} })])
    assert.deepStrictEqual(all.map(({ claim, name }) => [name, claim]), [["pv-1", "shop/data"]])
  })
})
