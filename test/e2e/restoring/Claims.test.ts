// Claims and what uses them, in a new cluster whose snapshot controller the test plays: nothing comes back empty, and nothing else waits for it.
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { snapshotCrds } from "../../cluster/SnapshotCrds.ts"
import { eventually } from "../../process/Eventually.ts"
import { configMap, tells } from "../mirroring/mirroring.ts"
import { idFile, isRestored, lose, NewCluster, restoring } from "./restoring.ts"
import { claim, deployment, filesOf, makeReady, snapshotPair, statefulSet } from "./volumes.ts"

const kinds = [
  "configmaps",
  "persistentvolumeclaims",
  "volumesnapshots",
  "volumesnapshotcontents",
  "deployments",
  "statefulsets"
]

const first = "2026-01-01T00:00:00Z"
const second = "2026-01-02T00:00:00Z"

const setUp = Effect.fnUntraced(function*(files: (namespace: string) => ReadonlyArray<ReturnType<typeof claim>>) {
  const bed = yield* restoring({
    rules: (namespace) => [
      { resources: ["volumesnapshotcontents"], names: [`content-${namespace}-*`], syncTo: "git" },
      { resources: kinds, namespaces: [namespace], syncTo: "git" }
    ]
  })
  const crds = yield* snapshotCrds()
  yield* bed.second.kubectlOk(["apply", "--server-side", "-f", crds])
  yield* bed.second.kubectlOk(["wait", "--for=condition=Established", "--timeout=30s", "-f", crds])
  yield* bed.second.kubectlOk(["create", "namespace", bed.namespace])
  yield* bed.apply(configMap("beside"))
  const owner = yield* bed.start()
  yield* bed.remote.has(bed.key("ConfigMap", "beside"))
  yield* lose(owner)
  yield* bed.repository.commit(filesOf(files(bed.namespace)))
  return bed
})

layer(Layer.merge(NewCluster.layer, sharedControlPlane), { excludeTestServices: true, timeout: 120_000 })(
  "a claim",
  (it) => {
    it.effect(
      "comes back from its newest snapshot once that is ready, and what uses it after it; everything beside goes on",
      () =>
        Effect.gen(function*() {
          const bed = yield* setUp((namespace) =>
            [
              claim(namespace, "data"),
              claim(namespace, "fresh"),
              ...snapshotPair(namespace, "z-older", { claim: "data", taken: first }),
              ...snapshotPair(namespace, "a-newer", { claim: "data", taken: second }),
              ...snapshotPair(namespace, "disk-0", { claim: "disk-db-0", taken: first }),
              deployment(namespace, "uses", "data"),
              deployment(namespace, "free"),
              statefulSet(namespace, "db", "disk")
            ] as unknown as ReadonlyArray<ReturnType<typeof claim>>
          )
          const planned = yield* bed.command("plan")
          assert.deepStrictEqual([planned.code, planned.stderr], [0, ""])
          const lines = planned.stdout.split("\n")
          const lineOf = (object: string) => lines.findIndex((line) => line.includes(`${bed.namespace}/${object} (`))
          assert.match(lines[lineOf("data")] ?? "", /: from VolumeSnapshot a-newer, taken 2026-01-02T00:00:00Z$/)
          assert.match(lines[lineOf("fresh")] ?? "", /: from nothing: Git has no snapshot of it/)
          assert.match(
            lines[lineOf("db")] ?? "",
            /: for PersistentVolumeClaim [^ ]+disk-db-0: .* no manifest describes it/
          )
          assert.isTrue(lineOf("a-newer") < lineOf("data") && lineOf("data") < lineOf("uses"), "in order")
          assert.match(planned.stdout, /Nothing was written\.\n$/)
          assert.deepStrictEqual(yield* bed.there("persistentvolumeclaims,volumesnapshots,deployments"), [])

          const controller = yield* bed.restore()
          yield* eventually("what is beside is back", bed.there("deployments"), (all) => all.includes("free"), {
            within: 60_000
          })
          yield* tells(
            controller,
            /waits for VolumeSnapshot [^ ]+a-newer \(taken 2026-01-02T00:00:00Z\): it is not ready/
          )
          yield* tells(
            controller,
            /waits for PersistentVolumeClaim [^ ]+data, which comes back from VolumeSnapshot a-newer/
          )
          yield* tells(controller, /disk-db-0: Git has VolumeSnapshot disk-0 .* no manifest describes the claim/)
          assert.deepStrictEqual(yield* bed.there("persistentvolumeclaims"), ["fresh"])
          assert.deepStrictEqual(yield* bed.there("deployments"), ["free"])
          assert.deepStrictEqual(yield* bed.there("statefulsets"), [])
          assert.deepStrictEqual(yield* bed.there("configmaps"), ["beside"])
          const contentOf = (path: string) =>
            bed.second.kubectlOk([
              "get",
              "volumesnapshotcontent",
              `content-${bed.namespace}-a-newer`,
              "-o",
              `jsonpath=${path}`
            ])
          assert.strictEqual(yield* contentOf("{.spec.deletionPolicy} {.spec.volumeSnapshotRef.uid}"), "Retain ")

          yield* makeReady(bed, "a-newer")
          yield* eventually("the claim is back", bed.there("persistentvolumeclaims"), (all) => all.includes("data"), {
            within: 30_000
          })
          const source = bed.inSecond(
            "get",
            "pvc",
            "data",
            "-o",
            "jsonpath={.spec.dataSource.kind} {.spec.dataSource.name}"
          )
          assert.strictEqual(yield* source, "VolumeSnapshot a-newer")
          yield* eventually("what uses it follows", bed.there("deployments"), (all) => all.includes("uses"), {
            within: 30_000
          })
          assert.deepStrictEqual(yield* bed.there("statefulsets"), [])
          const asked = yield* bed.command("status", "--url", yield* controller.address)
          assert.strictEqual(asked.code, 1, asked.stderr)
          assert.match(asked.stdout, /^restoring from cluster .*: 1 object to come\n/)
          assert.match(asked.stdout, /Waits:\n  StatefulSet\.apps .*: waits for PersistentVolumeClaim [^ ]+disk-db-0/)
          const make = (object: object) =>
            bed.second.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(object) })
          yield* make(claim(bed.namespace, "disk-db-0"))
          yield* tells(controller, /disk-db-0 is there without the data of VolumeSnapshot disk-0/)
          assert.deepStrictEqual(yield* bed.there("statefulsets"), [])
          yield* bed.inSecond("delete", "pvc", "disk-db-0", "--wait=false")
          yield* bed.inSecond("patch", "pvc", "disk-db-0", "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
            .pipe(Effect.ignore)
          const { spec, ...rest } = claim(bed.namespace, "disk-db-0")
          const dataSource = { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "disk-0" }
          yield* make({ ...rest, spec: { ...spec, dataSource } })
          yield* isRestored(controller, { within: 60_000 })
          assert.deepStrictEqual(yield* bed.there("statefulsets"), ["db"])
          yield* lose(controller)
          const told = yield* bed.command("status")
          assert.strictEqual(told.code, 0, told.stderr)
          assert.match(told.stdout, /No controller answers; the record .* says:\nrestored from cluster .* at 20/)
          assert.deepStrictEqual(yield* bed.remote.removed, [])
        }),
      150_000
    )

    it.effect(
      "that asks for less than its snapshot needs, a content without a handle and a snapshot of a claim are named with their cure",
      () =>
        Effect.gen(function*() {
          const bed = yield* setUp((namespace) => {
            const [bare, content] = snapshotPair(namespace, "bare", { claim: "lost", taken: first })
            return [
              claim(namespace, "small", "1Mi"),
              claim(namespace, "lost"),
              ...snapshotPair(namespace, "large", { claim: "small", taken: first, size: "2Mi" }),
              bare,
              { ...content, spec: { ...content?.spec, source: { volumeHandle: "vol-1" } } },
              {
                apiVersion: "snapshot.storage.k8s.io/v1",
                kind: "VolumeSnapshot",
                metadata: { name: "taking", namespace },
                spec: { source: { persistentVolumeClaimName: "lost" } }
              }
            ] as unknown as ReadonlyArray<ReturnType<typeof claim>>
          })
          const controller = yield* bed.restore()
          yield* eventually("its snapshot is there", bed.there("volumesnapshots"), (all) => all.includes("large"), {
            within: 60_000
          })
          yield* makeReady(bed, "large")
          yield* tells(controller, /asks for 1Mi, and VolumeSnapshot large .* needs at least 2Mi/)
          yield* tells(controller, /volumeHandle asks for a new snapshot of that volume/)
          yield* tells(controller, /names no VolumeSnapshotContent/)
          yield* tells(controller, /bare .*: it is not ready: its VolumeSnapshotContent .* is not there/)
          assert.deepStrictEqual(yield* bed.there("persistentvolumeclaims"), [])
          yield* bed.repository.commit({
            "PersistentVolumeClaim-small.json": JSON.stringify(claim(bed.namespace, "small", "2Mi")),
            "PersistentVolumeClaim-lost.json": null,
            "VolumeSnapshot-bare.json": null
          })
          yield* isRestored(controller, { within: 60_000 })
          assert.deepStrictEqual(yield* bed.there("persistentvolumeclaims"), ["small"])
          assert.notInclude((yield* bed.remote.text(idFile)) ?? "", "takeover")
        }),
      150_000
    )

    it.effect(
      "gets the volume that it had instead, where the configuration says so, and nothing of a snapshot",
      () =>
        Effect.gen(function*() {
          const bed = yield* setUp((namespace) =>
            [
              claim(namespace, "data"),
              ...snapshotPair(namespace, "some", { claim: "data", taken: first }),
              {
                apiVersion: "v1",
                kind: "PersistentVolume",
                metadata: {
                  name: `volume-${namespace}`,
                  annotations: { "pv.kubernetes.io/provisioned-by": "played.csi.test" }
                },
                spec: {
                  accessModes: ["ReadWriteOnce"],
                  capacity: { storage: "1Mi" },
                  claimRef: { namespace, name: "data", uid: "00000000-0000-0000-0000-00000000dead" },
                  csi: { driver: "played.csi.test", volumeHandle: "handle" },
                  persistentVolumeReclaimPolicy: "Delete"
                }
              }
            ] as unknown as ReadonlyArray<ReturnType<typeof claim>>
          )
          const volumes = [{ resources: ["persistentvolumes"], names: [`volume-${bed.namespace}`], syncTo: "git" }]
          const { rules } = bed.config() as { readonly rules: ReadonlyArray<Readonly<Record<string, unknown>>> }
          const controller = yield* bed.restore({ rules: [...volumes, ...rules], config: { volumes: "reattach" } })
          yield* isRestored(controller, { within: 60_000 })
          const said = (path: string) => bed.inSecond("get", "pvc", "data", "-o", `jsonpath=${path}`)
          assert.strictEqual(yield* said("{.spec.volumeName} {.spec.dataSource.name}"), `volume-${bed.namespace} `)
          const volume = yield* bed.second.kubectlOk([
            "get",
            "pv",
            `volume-${bed.namespace}`,
            "-o",
            "jsonpath={.spec.persistentVolumeReclaimPolicy} {.spec.claimRef.name} {.spec.claimRef.uid}"
          ])
          assert.strictEqual(volume, "Retain data ")
        }),
      120_000
    )

    it.effect(
      "of a rule that only applies what Git says comes back from its snapshot too, and what uses it waits",
      () =>
        Effect.gen(function*() {
          const bed = yield* restoring({
            rules: (namespace) => [{ resources: kinds, namespaces: [namespace], syncTo: "kubernetes" }]
          })
          const crds = yield* snapshotCrds()
          yield* bed.second.kubectlOk(["apply", "--server-side", "-f", crds])
          yield* bed.second.kubectlOk(["create", "namespace", bed.namespace])
          yield* bed.repository.commit(filesOf([
            claim(bed.namespace, "data"),
            deployment(bed.namespace, "uses", "data"),
            deployment(bed.namespace, "free"),
            ...snapshotPair(bed.namespace, "only", { claim: "data", taken: first })
          ]))
          const controller = yield* bed.restore()
          yield* eventually("what is beside is there", bed.there("deployments"), (all) => all.includes("free"), {
            within: 30_000
          })
          yield* tells(controller, /waits for VolumeSnapshot .*only .*: it is not ready/)
          assert.deepStrictEqual(yield* bed.there("persistentvolumeclaims"), [])
          assert.deepStrictEqual(yield* bed.there("deployments"), ["free"])
          yield* makeReady(bed, "only")
          yield* eventually("both are there", bed.there("deployments"), (all) => all.length === 2, { within: 40_000 })
          const source = bed.inSecond("get", "pvc", "data", "-o", "jsonpath={.spec.dataSource.name}")
          assert.strictEqual(yield* source, "only")
          yield* controller.until(
            "all is in step",
            ({ ready, settled, total }) => ready && settled && total.waiting === 0
          )
          assert.strictEqual(yield* source, "only")
        }),
      120_000
    )
  }
)
