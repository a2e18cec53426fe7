// What Git has of a claim and its volume, in another cluster on the same storage: the very volume can be had again, and nothing
// that is missing there destroys it.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { type LiveVolume, patient } from "../../csi/Volumes.ts"
import { eventually } from "../../process/Eventually.ts"
import { bytes, type Here, startAnother, Yesterday } from "./Yesterday.ts"

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

layer(Yesterday.layer, { excludeTestServices: true, timeout: 180_000 })("a volume and its claim in Git", (it) => {
  it.effect("say nothing that only the old cluster knew", () =>
    Effect.gen(function*() {
      const { claim, namespace, volume } = (yield* Yesterday).told
      assert.deepStrictEqual(claim.metadata, { name: "db", namespace })
      assert.deepStrictEqual(claim.spec, {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Mi" } }
      })
      assert.deepStrictEqual(volume.spec?.["claimRef"], {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        name: "db",
        namespace
      })
      // The server's default, and so not written: Retain.
      assert.notProperty(volume.spec, "persistentVolumeReclaimPolicy")
    }))

  it.effect(
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
        yield* here.volumes.isBound("db")
        assert.strictEqual(yield* here.volumes.read("db", "rows.txt"), bytes)
        yield* here.volumes.kubectl("delete", "persistentvolumeclaim", "db")
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
