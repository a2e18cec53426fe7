// What Git has of a claim and its volume, in another cluster on the same storage: the very volume can be had again, and nothing
// that is missing there destroys it.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { type LiveVolume, patient } from "../../csi/Volumes.ts"
import { eventually } from "../../process/Eventually.ts"
import { latest, namespace } from "../restoring/lifeOfLostCluster.ts"
import { lostCluster } from "../restoring/LostCluster.ts"
import { type Here, startAnother } from "./Yesterday.ts"

interface Phased extends LiveVolume {
  readonly status: { readonly phase: string }
}

const volumeIs = ({ volume, volumes }: Here, phase: string) =>
  eventually(
    `the volume is ${phase}`,
    volumes.get<Phased>("persistentvolume", volume.metadata.name),
    ({ status }) => status.phase === phase,
    patient
  )

describe("a volume and its claim in Git", () => {
  it.live("say nothing that only the old cluster knew", () =>
    Effect.gen(function*() {
      const { claim, volume } = (yield* lostCluster).told
      assert.deepStrictEqual(claim.metadata, { name: "data", namespace })
      assert.deepStrictEqual(claim.spec, {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Mi" } }
      })
      assert.deepStrictEqual(volume.spec?.["claimRef"], {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        name: "data",
        namespace
      })
      // The server's default, and so not written: Retain.
      assert.notProperty(volume.spec, "persistentVolumeReclaimPolicy")
    }))

  it.live(
    "give another cluster the very same volume, and keep it when the claim is deleted there",
    () =>
      Effect.gen(function*() {
        const here = yield* startAnother()
        yield* here.volumes.apply(here.volume)
        yield* volumeIs(here, "Available")
        yield* here.volumes.apply({
          ...here.claim,
          spec: { ...here.claim.spec, volumeName: here.volume.metadata.name }
        })
        yield* here.volumes.isBound("data")
        assert.strictEqual(yield* here.volumes.read("data", "file"), latest)
        yield* here.volumes.kubectl("delete", "persistentvolumeclaim", "data")
        yield* volumeIs(here, "Released")
        yield* here.volumes.claim("other")
        yield* here.volumes.kubectl("delete", "persistentvolumeclaim", "other")
        const deleted = yield* eventually(
          "the volume that was made here goes",
          here.cluster.calls("DeleteVolume"),
          (calls) => calls.length > 0,
          patient
        )
        const { spec } = yield* here.volumes.get<LiveVolume>("persistentvolume", here.volume.metadata.name)
        assert.notInclude(deleted.map(({ request }) => request["volumeId"]), spec.csi.volumeHandle)
        assert.isTrue(existsSync(join(here.cluster.cloud, "volumes", spec.csi.volumeHandle)))
      }),
    180_000
  )
})
