// Snapshots that Git has, in the cluster they come from and in another: they are made when absent, and never touched again.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { type LiveContent, patient } from "../../csi/Volumes.ts"
import { eventually } from "../../process/Eventually.ts"
import { configMap } from "../mirroring/mirroring.ts"
import type { Manifest } from "../mirroring/readRemote.ts"
import { newest } from "../restoring/lifeOfLostCluster.ts"
import { mirrorVolumes, snapshotRules } from "./mirrorVolumes.ts"
import { goOn, type Here, startAnother, telling } from "./Yesterday.ts"

const fileOf = ({ namespace }: Here, ...manifests: ReadonlyArray<object>) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: manifests.map((manifest) => ({
      ...manifest,
      metadata: { namespace, ...("metadata" in manifest ? manifest.metadata as object : {}) }
    }))
  })

/** As somebody changes it in Git. */
const labelled = (manifest: Manifest): Manifest => ({
  ...manifest,
  metadata: { ...manifest.metadata, labels: { changed: "in-git" } }
})

/** Git decides about snapshots, and has this pair. */
const declaring = Effect.fnUntraced(function*(here: Here) {
  const files = (...manifests: ReadonlyArray<object>) => ({ "snapshots.json": fileOf(here, ...manifests) })
  const bed = yield* mirrorVolumes(here.cluster, {
    rules: () => snapshotRules("kubernetes")(here.namespace),
    files: () => files(here.snapshot, here.content, configMap("first"))
  })
  const controller = yield* bed.start()
  const declares = Effect.fnUntraced(function*(...manifests: ReadonlyArray<object>) {
    const commit = yield* bed.repository.commit(files(...manifests))
    yield* controller.inStepWith(commit)
  })
  return { bed, controller, declares }
})

const contentIn = ({ content, volumes }: Here) =>
  volumes.get<LiveContent>("volumesnapshotcontent", content.metadata.name)

/** Waits until the content belongs to the snapshot that is there. */
const boundContent = (here: Here) =>
  Effect.gen(function*() {
    yield* here.volumes.isReady("a-second")
    const { metadata } = yield* here.volumes.get("volumesnapshot", "a-second")
    const content = yield* contentIn(here)
    assert.strictEqual(content.spec.volumeSnapshotRef.uid, metadata.uid)
    return content
  })

describe("snapshots that Git has", () => {
  it.live(
    "are left as they are in the cluster they were taken in, whatever Git says of them",
    () =>
      Effect.gen(function*() {
        const here = yield* goOn
        const before = yield* contentIn(here)
        const { controller, declares } = yield* declaring(here)
        yield* declares(labelled(here.snapshot), labelled(here.content), configMap("second"))
        assert.include(yield* here.volumes.kubectl("get", "configmap", "second", "-o", "name"), "second")
        assert.deepStrictEqual((yield* controller.status).kinds.flatMap(({ troubles }) => troubles), [])
        const after = yield* contentIn(here)
        assert.deepStrictEqual([after.spec, after.metadata.labels], [before.spec, undefined])
        yield* here.volumes.claim("again", { from: "a-second" })
        assert.strictEqual(yield* here.volumes.read("again", "file"), newest)
        assert.deepStrictEqual(yield* here.cluster.calls(...telling), [])
      }),
    180_000
  )

  it.live(
    "are made in another cluster, keep what binds them, and go without taking the data along",
    () =>
      Effect.gen(function*() {
        const here = yield* startAnother()
        const { bed, controller, declares } = yield* declaring(here)
        const bound = yield* boundContent(here)
        yield* declares(labelled(here.snapshot), labelled(here.content), configMap("second"))
        yield* controller.process.stop
        const next = yield* bed.start()
        const commit = yield* bed.repository.commit({ "third.json": fileOf(here, configMap("third")) })
        yield* next.inStepWith(commit)
        assert.deepStrictEqual((yield* boundContent(here)).spec, bound.spec)
        yield* here.volumes.claim("restored", { from: "a-second" })
        assert.strictEqual(yield* here.volumes.read("restored", "file"), newest)

        yield* next.inStepWith(yield* bed.repository.commit({ "snapshots.json": fileOf(here, configMap("second")) }))
        yield* here.volumes.kubectl("delete", "volumesnapshot", "a-second")
        const released = yield* eventually(
          "the content knows that its snapshot went",
          contentIn(here),
          ({ metadata }) =>
            Object.keys(metadata.annotations ?? {}).some((name) => name.endsWith("volumesnapshot-being-deleted")),
          patient
        )
        yield* here.volumes.kubectl("delete", "volumesnapshotcontent", released.metadata.name)
        assert.deepStrictEqual(yield* here.cluster.calls(...telling), [])
        assert.isTrue(existsSync(join(here.cluster.cloud, "snapshots", released.status?.snapshotHandle ?? "none")))
      }),
    180_000
  )
})
