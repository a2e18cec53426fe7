// What somebody put into Git as kubectl printed it, in another cluster on the same storage: the data stays, and the cure is told.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { configMap, troublesOf } from "../mirroring/mirroring.ts"
import type { Told } from "../restoring/lifeOfLostCluster.ts"
import { mirrorVolumes, snapshotRules } from "./mirrorVolumes.ts"
import { startAnother, telling } from "./Yesterday.ts"

const inMap = (value: unknown) => typeof value === "object" && value !== null ? value : {}

/** As the old cluster had them. */
const exported = ({ content, volume }: Told) => [
  {
    ...volume,
    spec: {
      ...volume.spec,
      persistentVolumeReclaimPolicy: "Delete",
      claimRef: { ...inMap(volume.spec?.["claimRef"]), uid: "5cf85ff3-0a91-4b1e-a7b0-1c0e7b7d3c11" }
    }
  },
  {
    ...content,
    spec: {
      ...content.spec,
      deletionPolicy: "Delete",
      source: { volumeHandle: content.metadata.annotations?.["gitops-controller/source-volume"] }
    }
  }
]

describe("a raw export in Git", () => {
  it.live("is not applied, and the status says why", () =>
    Effect.gen(function*() {
      const here = yield* startAnother()
      const { metadata } = configMap("sentinel")
      const items = [
        ...exported(here),
        { ...configMap("sentinel"), metadata: { ...metadata, namespace: here.namespace } }
      ]
      const bed = yield* mirrorVolumes(here.cluster, {
        rules: () => snapshotRules("kubernetes")(here.namespace),
        files: () => ({ "exported.json": JSON.stringify({ apiVersion: "v1", kind: "List", items }) })
      })
      const controller = yield* bed.start()
      const status = yield* controller.inStepWith((yield* bed.repository.tip()) ?? "")
      assert.include(yield* here.volumes.kubectl("get", "configmap", "sentinel", "-o", "name"), "sentinel")
      for (const { metadata } of [here.volume, here.content])
        assert.include(troublesOf(status, metadata.name)[0]?.message, "It is never applied: ")

      // What the provisioner and the snapshotter have done by now they would have done of those before.
      yield* here.volumes.claim("another")
      yield* here.volumes.snapshot("tuesday", "another")
      const calls = yield* here.cluster.calls(...telling)
      assert.deepStrictEqual(calls.map(({ method }) => method), ["CreateSnapshot"])
      const handle = here.content.metadata.annotations?.["gitops-controller/source-volume"] ?? "none"
      assert.isTrue(existsSync(join(here.cluster.cloud, "volumes", handle)))
    }), 180_000)
})
