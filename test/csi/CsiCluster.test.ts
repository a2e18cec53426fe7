import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { eventually } from "../process/Eventually.ts"
import { startCsiCluster } from "./CsiCluster.ts"
import { copyOf, saveCluster } from "./SavedCluster.ts"
import { installClasses, patient, volumesOf } from "./Volumes.ts"

const life = saveCluster({}, (cluster) =>
  Effect.gen(function*() {
    yield* installClasses(cluster)
    const volumes = volumesOf(cluster, yield* cluster.namespace("csi"))
    yield* volumes.claim("notes")
    yield* volumes.write("notes", "one.txt", "as it was")
    yield* volumes.snapshot("monday", "notes")
    yield* volumes.write("notes", "one.txt", "later")
    yield* volumes.claim("again", { from: "monday" })
    expect(yield* volumes.read("again", "one.txt")).toBe("as it was")
    expect(yield* volumes.read("notes", "one.txt")).toBe("later")
    expect((yield* cluster.calls("CreateSnapshot", "DeleteSnapshot", "DeleteVolume")).map(({ method }) => method))
      .toEqual(["CreateSnapshot"])
    return volumes.namespace
  }))

describe("a cluster with real volumes", () => {
  it.live(
    "gives a claim that is made from a snapshot the bytes of that moment, also when it goes on from a copy",
    () =>
      Effect.gen(function*() {
        const saved = yield* life
        const cluster = yield* startCsiCluster(yield* copyOf(saved))
        const volumes = volumesOf(cluster, saved.told)
        yield* volumes.claim("third", { from: "monday" })
        expect(yield* volumes.read("third", "one.txt")).toBe("as it was")
        yield* volumes.kubectl("delete", "persistentvolumeclaim", "third")
        yield* eventually("its volume is deleted", cluster.calls("DeleteVolume"), ({ length }) => length > 0, patient)
      }),
    180_000
  )
})
