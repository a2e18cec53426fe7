import { assert, describe, it } from "@effect/vitest"
import { claimsUsed } from "../../../src/kind/restoring/claimsUsed.ts"

const place = { namespace: "shop", name: "db" }
const podSpec = { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "data" } }, { name: "w", emptyDir: {} }] }
const workload = { spec: { template: { spec: podSpec } } }

const used = (kind: string, manifest: Parameters<typeof claimsUsed>[2], known: ReadonlyArray<string> = []) =>
  [...claimsUsed(kind, place, manifest, known)].sort()

describe("the claims that are used", () => {
  it("are those of the volumes of its pods", () => {
    for (const kind of ["Deployment.apps", "DaemonSet.apps", "ReplicaSet.apps", "Job.batch", "StatefulSet.apps"])
      assert.deepStrictEqual(used(kind, workload), ["shop/data"])
    assert.deepStrictEqual(used("Pod", { spec: podSpec }), ["shop/data"])
    assert.deepStrictEqual(used("CronJob.batch", { spec: { jobTemplate: workload } }), ["shop/data"])
    assert.deepStrictEqual(used("ConfigMap", { spec: podSpec }), [])
  })

  it("are those that a StatefulSet makes for each replica, and those that Git knows beyond them", () => {
    const volumeClaimTemplates = [{ metadata: { name: "disk" } }]
    const set = (spec: object) => ({ spec: { ...spec, volumeClaimTemplates } })
    assert.deepStrictEqual(used("StatefulSet.apps", set({})), ["shop/disk-db-0"])
    assert.deepStrictEqual(used("StatefulSet.apps", set({ replicas: 2, ordinals: { start: 3 } })), [
      "shop/disk-db-3",
      "shop/disk-db-4"
    ])
    assert.deepStrictEqual(
      used("StatefulSet.apps", set({ replicas: 0 }), [
        "shop/disk-db-7",
        "shop/disk-db-x",
        "other/disk-db-1",
        "shop/disk-dbb-0"
      ]),
      ["shop/disk-db-7"]
    )
  })
})
