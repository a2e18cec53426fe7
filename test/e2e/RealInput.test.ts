import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { differences } from "./realInput/differences.ts"
import type { SetName } from "./realInput/ManifestSets.ts"
import { refusedByKubectl } from "./realInput/RefusedByKubectl.ts"
import { TwoClusters } from "./realInput/TwoClusters.ts"

/** How many objects each set has; a set that shrinks by mistake would prove less. */
const objectCounts: Readonly<Record<SetName, number>> = { "snapshot-crds": 6, shapes: 78, kubernetes: 237 }

/** Created when absent and never applied, so that nothing of them is owned by apply. */
const isRecord = (key: string) => /^VolumeSnapshot(Content)?\./.test(key)

const comparison = Effect.fnUntraced(function*(set: SetName) {
  const { read, sets } = yield* TwoClusters
  const files = sets.files.filter((file) => file.set === set)
  const { byController, byKubectl } = yield* read(files)
  const keys = [...byKubectl.keys()].toSorted()
  return { files, keys, byController, byKubectl }
})

layer(TwoClusters.layer, { timeout: 180_000, excludeTestServices: true })("real manifests", (it) => {
  it.effect("are all in step: no file to mend, nothing passed over, nothing refused", () =>
    Effect.gen(function*() {
      const { status } = yield* TwoClusters
      assert.deepStrictEqual(status.problems, [])
      assert.deepStrictEqual(status.passedOver, [])
      assert.deepStrictEqual(status.unserved, [])
      assert.deepStrictEqual(status.kinds.flatMap(({ troubles }) => troubles), [])
      const total = Object.values(objectCounts).reduce((sum, count) => sum + count)
      assert.deepStrictEqual(status.total, { inStep: total, pending: 0, waiting: 0, failed: 0, held: 0 })
    }))

  for (const set of ["snapshot-crds", "shapes", "kubernetes"] as const) {
    it.effect(`${objectCounts[set]} objects of ${set} are stored as kubectl apply --server-side stores them`, () =>
      Effect.gen(function*() {
        const { byController, byKubectl, files, keys } = yield* comparison(set)
        assert.strictEqual(keys.length, objectCounts[set])
        assert.strictEqual(keys.length, files.flatMap((file) => file.keys).length)
        const found = keys.flatMap((key) =>
          differences(byKubectl.get(key)?.content, byController.get(key)?.content, key)
        )
        assert.deepStrictEqual(found, [])
      }))

    it.effect(`${objectCounts[set]} objects of ${set} are owned, field by field, as kubectl apply --server-side owns them`, () =>
      Effect.gen(function*() {
        const { byController, byKubectl, keys: all } = yield* comparison(set)
        const keys = all.filter((key) => !isRecord(key))
        const found = keys.flatMap((key) => differences(byKubectl.get(key)?.owned, byController.get(key)?.owned, key))
        assert.deepStrictEqual(found, [])
        const stated = keys.filter((key) => differences({}, byKubectl.get(key)?.owned).length > 0)
        assert.isAbove(stated.length, keys.length * 0.9)
      }))
  }

  it.effect("are in step for a controller that starts anew: it writes nothing", () =>
    Effect.gen(function*() {
      const { again, ours, status } = yield* TwoClusters
      const mark = yield* ours.auditMark
      const { total } = yield* again
      assert.deepStrictEqual(total, status.total)
      const requests = yield* ours.auditSince(mark)
      const writes = requests.filter(({ resource, write }) => write && resource !== "leases")
      assert.deepStrictEqual(writes.map(({ uri, verb }) => `${verb} ${uri}`), [])
      assert.isAbove(requests.filter(({ verb }) => verb === "watch" || verb === "list").length, 40)
    }), 120_000)

  it.effect("mean what a person expects who reads them", () =>
    Effect.gen(function*() {
      const { ours } = yield* TwoClusters
      const value = (resource: string, path: string) =>
        ours.kubectlOk(["get", ...resource.split(" "), "-o", `jsonpath=${path}`])
      const web = "service web -n shop"
      assert.strictEqual(yield* value(web, "{.spec.ports[*].nodePort}"), "30080 30081")
      const db = "statefulset db -n data"
      const volumes = "{.spec.template.spec.volumes[*]['projected', 'configMap', 'secret'].defaultMode}"
      assert.strictEqual(yield* value(db, volumes), "288 493 256")
      const first = "{.spec.template.spec.containers[0].resources.requests}"
      assert.deepStrictEqual(JSON.parse(yield* value(db, first)), {
        cpu: "1",
        memory: "1Gi",
        "ephemeral-storage": "1G",
        "example.com/gpu": "2"
      })
      const policy = yield* value("networkpolicy web -n shop", "{.spec.ingress[0].from[*].ipBlock.cidr}")
      assert.strictEqual(policy, "10.1.0.0/16")
      assert.strictEqual(yield* value("order first -n shop", "{.spec.lines[*].quantity}"), "1 16 420")
      assert.strictEqual(yield* value("order first -n shop", "{.spec.lines[*].size}"), "M L 44")
    }))

  it.effect("a difference would be seen", () =>
    Effect.gen(function*() {
      const { read, sets, theirs } = yield* TwoClusters
      const files = sets.files.filter(({ path }) => path === "shapes/network.yaml")
      yield* theirs.kubectlOk([
        "patch",
        "networkpolicy",
        "web",
        "-n",
        "shop",
        "--type=json",
        "-p",
        JSON.stringify([{ op: "remove", path: "/spec/ingress/0/from/0/ipBlock/except/1" }])
      ])
      const { byController, byKubectl } = yield* read(files)
      const key = "NetworkPolicy.networking.k8s.io shop/web"
      assert.deepStrictEqual(differences(byKubectl.get(key)?.content, byController.get(key)?.content), [
        "/spec/ingress/0/from/0/ipBlock/except/1: kubectl nothing, here \"10.1.3.128/25\"",
        "/metadata/generation: kubectl 2, here 1"
      ])
    }))

  it.effect("files that are left out on both sides: those that kubectl refuses, and those that describe an object again", () =>
    Effect.gen(function*() {
      const { sets, theirs } = yield* TwoClusters
      assert.deepStrictEqual(
        sets.refused.map(({ path }) => path),
        Object.keys(refusedByKubectl)
      )
      const folder = yield* temporaryFolder("gitops-refused-")
      for (const { bytes, path } of sets.refused) {
        const file = join(folder, path.replaceAll("/", "_"))
        writeFileSync(file, bytes)
        const answer = yield* theirs.kubectl([
          "apply",
          "--server-side",
          "--force-conflicts",
          "--dry-run=server",
          "-f",
          file
        ])
        assert.notStrictEqual(answer.exitCode, 0, path)
        assert.include(answer.stderr, refusedByKubectl[path] ?? "")
      }
      assert.strictEqual(sets.refused.length, 12)
      assert.strictEqual(sets.repeated.length, 15)
      assert.strictEqual(sets.limiting.length, 7)
    }))
})
