import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { snapshotCrds } from "../cluster/SnapshotCrds.ts"
import { startControlPlane, type StartedControlPlane } from "../cluster/StartedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { startController } from "./Controller.ts"

const quickStart =
  "rules: [{apiGroups: [snapshot.storage.k8s.io], resources: [volumesnapshots, volumesnapshotcontents], syncTo: kubernetes}]\n"

/**
 * Word for word there is no other port than 8080. Whoever else runs these tests on this machine gives it back soon;
 * any other program that holds it is told of in the controller's own words.
 */
const startQuickly = (cluster: StartedControlPlane, gitUrl: string) =>
  startController({ kubeconfig: cluster.kubeconfig, gitUrl, configText: quickStart }).pipe(
    Effect.retry({
      while: ({ message }) => message.includes("Port 8080 can't be listened on: another program listens there"),
      schedule: Schedule.spaced("1 second"),
      times: 15
    })
  )

const snapshot = `apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: { name: data, namespace: default }
spec:
  source: { volumeSnapshotContentName: data }
`

const content = `apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotContent
metadata: { name: data }
spec:
  deletionPolicy: Retain
  driver: example.csi.driver
  source: { snapshotHandle: snap-1 }
  volumeSnapshotRef: { name: data, namespace: default }
`

const files = { "backup/snapshot.yaml": snapshot, "backup/content.yaml": content }

interface Content {
  readonly metadata: { readonly resourceVersion: string }
  readonly spec: { readonly volumeSnapshotRef: { readonly uid?: string } }
}

const getContent = (cluster: StartedControlPlane) =>
  cluster.kubectlJson<Content>(["get", "volumesnapshotcontent", "data"])

const installCrds = Effect.fnUntraced(function*(cluster: StartedControlPlane) {
  yield* cluster.kubectlOk(["apply", "--server-side", "-f", yield* snapshotCrds()])
})

const bothAreThere = (cluster: StartedControlPlane) =>
  eventually(
    "the snapshot and its content are in the cluster",
    cluster.kubectlOk(["get", "volumesnapshot/data", "volumesnapshotcontent/data", "-o", "name"]),
    (names) => names.trim().split("\n").length === 2,
    { within: 30_000 }
  )

const metadata = "name: data, namespace: default"

describe("the quick start that people know", () => {
  it.live("brings snapshots into a cluster that serves them", () =>
    Effect.gen(function*() {
      const cluster = yield* startControlPlane()
      yield* installCrds(cluster)
      const repository = yield* bareRepository()
      const commit = yield* repository.commit(files)
      const controller = yield* startQuickly(cluster, repository.url)
      yield* bothAreThere(cluster)
      const status = yield* controller.inStepWith(commit)
      assert.strictEqual(status.total.inStep, 2)
    }), 120_000)

  it.live(
    "waits for definitions that come later, saying so, and goes on by itself when they are there",
    () =>
      Effect.gen(function*() {
        const cluster = yield* startControlPlane()
        const repository = yield* bareRepository()
        yield* repository.commit(files)
        const controller = yield* startQuickly(cluster, repository.url)
        const waiting = yield* controller.until(
          "both are listed as not served",
          ({ unserved }) => unserved.length === 2
        )
        assert.include(waiting.unserved[0]?.message ?? "", "applied as soon as its CustomResourceDefinition is there")
        yield* installCrds(cluster)
        yield* bothAreThere(cluster)
        const done = yield* controller.until(
          "nothing waits any more",
          (status) => status.unserved.length === 0 && status.settled
        )
        assert.strictEqual(done.total.inStep, 2)
      }),
    120_000
  )
})

describe("records of something outside the cluster", () => {
  it.live(
    "are never written over, whatever Git says: a uid that a controller bound stays",
    () =>
      Effect.gen(function*() {
        const cluster = yield* startControlPlane()
        yield* installCrds(cluster)
        const repository = yield* bareRepository()
        yield* repository.commit(files)
        const config = { gitUrl: repository.url, rules: [{ syncTo: "kubernetes" }] }
        const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config })
        yield* bothAreThere(cluster)
        const binding = "{\"spec\":{\"volumeSnapshotRef\":{\"uid\":\"bound-by-a-controller\"}}}"
        yield* cluster.kubectlOk(["patch", "volumesnapshotcontent", "data", "--type=merge", "-p", binding])
        const bound = yield* getContent(cluster)
        const mark = yield* cluster.auditMark
        const next = yield* repository.commit({
          "backup/snapshot.yaml": snapshot.replace(metadata, `${metadata}, labels: { a: b }`),
          "backup/content.yaml": content.replace("name: data }", "name: data, labels: { a: b } }"),
          "backup/second.yaml": content.replaceAll("name: data", "name: second").replace("snap-1", "snap-2")
        })
        yield* controller.inStepWith(next)
        yield* cluster.kubectlOk(["get", "volumesnapshotcontent", "second"])
        const after = yield* getContent(cluster)
        assert.strictEqual(after.spec.volumeSnapshotRef.uid, "bound-by-a-controller")
        assert.strictEqual(after.metadata.resourceVersion, bound.metadata.resourceVersion)
        const writes = (yield* cluster.auditSince(mark)).filter(({ apiGroup, write }) =>
          write && apiGroup === "snapshot.storage.k8s.io"
        )
        assert.deepStrictEqual(writes.map(({ code, name, verb }) => `${verb} ${name}: ${code}`), ["create second: 201"])
      }),
    120_000
  )
})
