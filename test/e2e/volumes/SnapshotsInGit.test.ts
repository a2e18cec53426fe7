// Snapshots that are taken in a cluster, on their way to Git: what comes there restores in another cluster.
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { type CsiCluster, startCsiCluster } from "../../csi/CsiCluster.ts"
import { className, snapshotManifest } from "../../csi/VolumeManifests.ts"
import { installClasses, type LiveContent, type LiveSnapshot, patient, volumesOf } from "../../csi/Volumes.ts"
import { eventually } from "../../process/Eventually.ts"
import { mirrorVolumes, type VolumesInGit } from "./mirrorVolumes.ts"

class Origin extends Context.Service<Origin, CsiCluster>()("test/Origin") {
  static readonly layer = Layer.effect(Origin, Effect.tap(startCsiCluster(), (cluster) => installClasses(cluster)))
}

const snapshotKey = (bed: VolumesInGit, name: string) => bed.key("VolumeSnapshot", name)

const contentKey = (snapshot: LiveSnapshot) =>
  `VolumeSnapshotContent ${snapshot.status?.boundVolumeSnapshotContentName}`

/** A snapshot and its content as Git has them, and the one commit that brought both. */
const pairInGit = Effect.fnUntraced(function*(bed: VolumesInGit, snapshot: LiveSnapshot) {
  const pair = [
    yield* bed.remote.has(snapshotKey(bed, snapshot.metadata.name)),
    yield* bed.remote.has(contentKey(snapshot))
  ]
  const paths = pair.map(({ path }) => path)
  const log = yield* bed.repository.git("log", "--format=%H", bed.repository.branch, "--", ...paths)
  assert.strictEqual(log.trim().split("\n").length, 1, "one commit brought both")
  return pair.map(({ manifest }) => manifest)
})

layer(Origin.layer, { excludeTestServices: true, timeout: 180_000 })("a snapshot that is taken in a cluster", (it) => {
  it.effect(
    "comes into Git with its content in one commit, and both restore in another cluster",
    () =>
      Effect.gen(function*() {
        const origin = yield* Origin
        const bed = yield* mirrorVolumes(origin)
        yield* bed.start()
        yield* bed.volumes.claim("db")
        yield* bed.volumes.write("db", "rows.txt", "forty-two")
        const live = yield* bed.volumes.snapshot("monday", "db")
        const pair = yield* pairInGit(bed, live)
        assert.deepStrictEqual(
          pair.map(({ spec }) => spec?.["volumeSnapshotClassName"]),
          [className, className],
          "both or none"
        )

        const other = yield* startCsiCluster({ cloud: origin.cloud })
        yield* installClasses(other)
        const volumes = volumesOf(other, bed.namespace)
        yield* other.kubectlOk(["create", "namespace", bed.namespace])
        yield* volumes.apply(...pair)
        yield* volumes.isReady("monday")
        yield* volumes.claim("db", { from: "monday" })
        assert.strictEqual(yield* volumes.read("db", "rows.txt"), "forty-two")
        assert.deepStrictEqual(yield* other.calls("CreateSnapshot", "DeleteSnapshot", "DeleteVolume"), [])
      }),
    180_000
  )

  it.effect(
    "goes from Git with its content in one commit when it expires, and the others stay",
    () =>
      Effect.gen(function*() {
        const origin = yield* Origin
        const bed = yield* mirrorVolumes(origin, { config: { commit: { quiet: "2s", maxAge: "30s" } } })
        yield* bed.start()
        yield* bed.volumes.claim("db")
        const [old, young] = [yield* bed.volumes.snapshot("old", "db"), yield* bed.volumes.snapshot("young", "db")]
        const gone = [yield* bed.remote.has(snapshotKey(bed, "old")), yield* bed.remote.has(contentKey(old))]
        yield* bed.remote.has(snapshotKey(bed, "young"))
        yield* bed.volumes.kubectl("delete", "volumesnapshot", "old")
        yield* bed.remote.lacks(snapshotKey(bed, "old"))
        yield* bed.remote.lacks(contentKey(old))
        const paths = gone.map(({ path }) => path)
        const log = yield* bed.repository.git(
          "log",
          "--diff-filter=D",
          "--format=%H",
          bed.repository.branch,
          "--",
          ...paths
        )
        assert.strictEqual(log.trim().split("\n").length, 1, "one commit took both")
        yield* bed.sentinel()
        assert.sameMembers([...yield* bed.remote.removed], paths)
        const documents = yield* bed.remote.documents
        assert.includeMembers([...documents.keys()], [snapshotKey(bed, "young"), contentKey(young)])
      }),
    180_000
  )

  it.effect("leaves its content in Git as it was when its class keeps what is stored", () =>
    Effect.gen(function*() {
      const bed = yield* mirrorVolumes(yield* Origin)
      yield* bed.start()
      yield* bed.volumes.claim("db")
      const live = yield* bed.volumes.snapshot("kept", "db")
      const name = live.status?.boundVolumeSnapshotContentName ?? ""
      yield* bed.volumes.kubectl(
        "patch",
        "volumesnapshotcontent",
        name,
        "--type=merge",
        "--patch",
        JSON.stringify({ spec: { deletionPolicy: "Retain" } })
      )
      const before = yield* bed.remote.has(contentKey(live))
      yield* bed.remote.has(snapshotKey(bed, "kept"))
      yield* bed.volumes.kubectl("delete", "volumesnapshot", "kept")
      const content = yield* bed.volumes.get<LiveContent>("volumesnapshotcontent", name)
      assert.property(content.metadata.annotations, "snapshot.storage.kubernetes.io/volumesnapshot-being-deleted")
      assert.strictEqual(content.spec.volumeSnapshotRef.uid, live.metadata.uid)
      yield* bed.remote.lacks(snapshotKey(bed, "kept"))
      yield* bed.sentinel()
      assert.strictEqual((yield* bed.remote.has(contentKey(live))).text, before.text)
      assert.deepStrictEqual(yield* (yield* Origin).calls("DeleteVolume"), [])
    }), 180_000)
})

class Slow extends Context.Service<Slow, CsiCluster>()("test/SlowDriver") {
  static readonly layer = Layer.effect(
    Slow,
    Effect.tap(startCsiCluster({ readyAfter: "15s" }), (cluster) => installClasses(cluster))
  )
}

layer(Slow.layer, { excludeTestServices: true, timeout: 180_000 })("a snapshot that takes its time", (it) => {
  it.effect("is not written before it is ready", () =>
    Effect.gen(function*() {
      const bed = yield* mirrorVolumes(yield* Slow)
      yield* bed.start()
      yield* bed.sentinel("first")
      yield* bed.volumes.claim("db")
      yield* bed.volumes.apply(snapshotManifest("monday", "db"))
      yield* eventually(
        "the snapshot has its content",
        bed.volumes.get<LiveSnapshot>("volumesnapshot", "monday"),
        ({ status }) => status?.boundVolumeSnapshotContentName !== undefined && status.creationTime !== undefined,
        patient
      )
      yield* bed.sentinel("second")
      const kinds = [...(yield* bed.remote.documents).values()].map(({ manifest }) => manifest.kind)
      assert.strictEqual(
        (yield* bed.volumes.get<LiveSnapshot>("volumesnapshot", "monday")).status?.readyToUse,
        false,
        "too late to tell"
      )
      assert.notInclude(kinds.join(), "Snapshot")
      yield* pairInGit(bed, yield* bed.volumes.isReady("monday"))
    }), 180_000)
})
