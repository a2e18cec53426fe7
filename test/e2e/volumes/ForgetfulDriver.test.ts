// A driver that can't say of a snapshot whether it is there, how large it is or when it was taken: Git remembers that.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import {
  restoreSizeAnnotation,
  snapshotCreatedAnnotation,
  sourceClaimAnnotation
} from "../../../src/manifest/portable/SnapshotAnnotations.ts"
import type { LiveContent } from "../../csi/Volumes.ts"
import { mirrorVolumes, snapshotRules } from "./mirrorVolumes.ts"
import { bytes, startAnother, telling, Yesterday } from "./Yesterday.ts"

layer(Yesterday.layer, { excludeTestServices: true, timeout: 180_000 })("where the driver lists no snapshots", (it) => {
  it.effect(
    "a snapshot that came back from Git goes there again with its old size, time and claim",
    () =>
      Effect.gen(function*() {
        const here = yield* startAnother({ listSnapshots: false })
        yield* here.volumes.apply(here.snapshot, here.content)
        const live = yield* here.volumes.isReady("monday")
        const content = yield* here.volumes.get<LiveContent>("volumesnapshotcontent", here.content.metadata.name)
        const remembered = here.snapshot.metadata.annotations ?? {}
        assert.isUndefined(live.status?.restoreSize)
        assert.isUndefined(content.status?.restoreSize)
        assert.isAbove(
          Date.parse(live.status?.creationTime ?? ""),
          Date.parse(remembered[snapshotCreatedAnnotation] ?? ""),
          "the cluster knows nothing better than the time of the return"
        )

        const bed = yield* mirrorVolumes(here.cluster, { rules: () => snapshotRules("git")(here.namespace) })
        yield* bed.start()
        const again = (yield* bed.remote.has(`VolumeSnapshot ${here.namespace}/monday`)).manifest
        assert.deepStrictEqual(again, here.snapshot)
        assert.strictEqual(again.metadata.annotations?.[restoreSizeAnnotation], "1Mi")
        assert.strictEqual(again.metadata.annotations?.[sourceClaimAnnotation], "db")
        const contentAgain = (yield* bed.remote.has(`VolumeSnapshotContent ${here.content.metadata.name}`)).manifest
        assert.deepStrictEqual(contentAgain, here.content)
        yield* here.volumes.claim("db", { from: "monday" })
        assert.strictEqual(yield* here.volumes.read("db", "rows.txt"), bytes)
        assert.deepStrictEqual(yield* here.cluster.calls(...telling), [])
      }),
    180_000
  )
})
