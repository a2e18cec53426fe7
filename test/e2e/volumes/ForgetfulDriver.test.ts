// A driver that can't say of a snapshot whether it is there, how large it is or when it was taken: Git remembers that.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  restoreSizeAnnotation,
  snapshotCreatedAnnotation,
  sourceClaimAnnotation
} from "../../../src/manifest/portable/SnapshotAnnotations.ts"
import type { LiveContent } from "../../csi/Volumes.ts"
import { newest } from "../restoring/lifeOfLostCluster.ts"
import { mirrorVolumes, snapshotRules } from "./mirrorVolumes.ts"
import { startAnother, telling } from "./Yesterday.ts"

describe("where the driver lists no snapshots", () => {
  it.live(
    "a snapshot that came back from Git goes there again with its old size, time and claim",
    () =>
      Effect.gen(function*() {
        const here = yield* startAnother({ listSnapshots: false })
        yield* here.volumes.apply(here.snapshot, here.content)
        const live = yield* here.volumes.isReady("a-second")
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
        const again = (yield* bed.remote.has(`VolumeSnapshot ${here.namespace}/a-second`)).manifest
        assert.deepStrictEqual(again, here.snapshot)
        assert.strictEqual(again.metadata.annotations?.[restoreSizeAnnotation], "1Mi")
        assert.strictEqual(again.metadata.annotations?.[sourceClaimAnnotation], "data")
        const contentAgain = (yield* bed.remote.has(`VolumeSnapshotContent ${here.content.metadata.name}`)).manifest
        assert.deepStrictEqual(contentAgain, here.content)
        yield* here.volumes.claim("data", { from: "a-second" })
        assert.strictEqual(yield* here.volumes.read("data", "file"), newest)
        assert.deepStrictEqual(yield* here.cluster.calls(...telling), [])
      }),
    180_000
  )
})
