import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { nameOf } from "../../src/kubernetes/rights/Right.ts"
import type { ControlPlaneHandle } from "../cluster/ControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { installed, takeSnapshot, user } from "./installed.ts"

const within = { within: 60_000 }

const configMap = (name: string, value: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "shop" },
  data: { value }
})

const deployment = (image: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } }
  }
})

const claim = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data", namespace: "shop" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Ki" } } }
}

const role = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "Role",
  metadata: { name: "reader", namespace: "shop" },
  rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }]
}

const text = (value: object) => JSON.stringify(value, null, 2) + "\n"

/** Of what our ServiceAccount asked for since a mark nothing was forbidden, and this was among it, `verb resource`. */
const wasAllowed = Effect.fnUntraced(function*(cluster: ControlPlaneHandle, mark: number, used: ReadonlyArray<string>) {
  const ours = Effect.map(cluster.auditSince(mark), (all) => all.filter((request) => request.user === user))
  const requests = yield* ours
  const names = requests.map(({ apiGroup = "", resource = "", verb }) =>
    `${verb} ${nameOf({ group: apiGroup, resource })}`
  )
  assert.includeMembers(names, [...used])
  const forbidden = requests.filter(({ code }) => code === 401 || code === 403)
  assert.deepStrictEqual(forbidden.map(({ uri, verb }) => `${verb} ${uri}`), [])
  return requests
})

/** It looks at its rights after a quiet while; what it then had to say would be a warning. */
const hasLooked = (cluster: ControlPlaneHandle, mark: number) =>
  eventually(
    "it has asked for its rights",
    cluster.auditSince(mark),
    (requests) => requests.filter((it) => it.user === user && it.resource === "selfsubjectaccessreviews").length > 20,
    within
  )

describe("An overlay, as the ServiceAccount that it makes", () => {
  it.live(
    "syncs one namespace in both directions, and asks for nothing that it may not do",
    () =>
      Effect.gen(function*() {
        const { cluster, gitPath, inGit, repository, start } = yield* installed("one-namespace")
        const mark = yield* cluster.auditMark
        const first = yield* repository.commit({
          [`${gitPath}/a.json`]: text(configMap("a", "one")),
          [`${gitPath}/gone.json`]: text(configMap("gone", "soon")),
          [`${gitPath}/web.json`]: text(deployment("web:1"))
        })
        const controller = yield* start
        yield* eventually(
          "all of it is applied",
          cluster.kubectlOk(["get", "-n", "shop", "configmap/a", "configmap/gone", "deployment/web", "-o", "name"]),
          (names) => names.trim().split("\n").length === 3,
          within
        )
        assert.include(yield* repository.git("log", "--format=%H"), first)
        yield* cluster.kubectlOk(["set", "image", "deployment/web", "web=web:2", "-n", "shop"])
        yield* eventually("the image is in Git", inGit, (all) => all.includes("web:2"), within)
        yield* cluster.kubectlOk(["patch", "configmap", "a", "-n", "shop", "-p", "{\"data\":{\"value\":\"drift\"}}"])
        yield* eventually(
          "drift is put right",
          cluster.kubectlOk(["get", "configmap", "a", "-n", "shop", "-o", "jsonpath={.data.value}"]),
          (value) => value === "one",
          within
        )
        yield* repository.commit({ [`${gitPath}/gone.json`]: null })
        yield* eventually(
          "what went from Git is deleted",
          cluster.kubectl(["get", "configmap", "gone", "-n", "shop"]),
          ({ stderr }) => stderr.includes("NotFound"),
          within
        )
        yield* hasLooked(cluster, mark)
        assert.notInclude(yield* controller.log, "MISSING")
        yield* wasAllowed(cluster, mark, [
          "create configmaps",
          "patch configmaps",
          "delete configmaps",
          "update leases.coordination.k8s.io"
        ])
      }).pipe(Effect.scoped),
    240_000
  )

  it.live("backs snapshots and claims up, and asks for nothing that it may not do", () =>
    Effect.gen(function*() {
      const { apply, cluster, inGit, start } = yield* installed("snapshots")
      const mark = yield* cluster.auditMark
      yield* apply(claim)
      const controller = yield* start
      yield* eventually("the claim is in Git", inGit, (all) => all.includes("PersistentVolumeClaim"), within)
      yield* takeSnapshot(cluster, "nightly", "data")
      yield* eventually("the snapshot is in Git, with its content", inGit, (all) =>
        all.includes("kind: VolumeSnapshot\n") && all.includes("handle-nightly"), within)
      yield* cluster.kubectlOk(["delete", "volumesnapshot/nightly", "-n", "shop"])
      yield* cluster.kubectlOk(["delete", "volumesnapshotcontent/content-nightly"])
      yield* eventually("both go from Git", inGit, (all) =>
        !all.includes("handle-nightly"), within)
      yield* hasLooked(cluster, mark)
      assert.notInclude(yield* controller.log, "MISSING")
      const requests = yield* wasAllowed(cluster, mark, [
        "get customresourcedefinitions.apiextensions.k8s.io"
      ])
      const written = new Set(
        requests.filter(({ write }) =>
          write
        ).map(({ resource = "" }) => resource)
      )
      assert.deepStrictEqual([...written].toSorted(), ["configmaps", "leases"], "nothing is changed but its own state")
    }).pipe(Effect.scoped), 240_000)

  it.live("decides about everything, roles too, and asks for nothing that it may not do", () =>
    Effect.gen(function*() {
      const { apply, cluster, gitPath, inGit, repository, start } = yield* installed("everything")
      const mark = yield* cluster.auditMark
      yield* repository.commit({
        [`${gitPath}/namespace.json`]: text({ apiVersion: "v1", kind: "Namespace", metadata: { name: "later" } }),
        [`${gitPath}/role.json`]: text(role),
        [`${gitPath}/web.json`]: text(deployment("web:1"))
      })
      const controller = yield* start
      yield* eventually(
        "all of it is applied",
        cluster.kubectlOk(["get", "-n", "shop", "namespace/later", "role/reader", "deployment/web", "-o", "name"]),
        (names) => names.trim().split("\n").length === 3,
        within
      )
      yield* apply(claim)
      yield* takeSnapshot(cluster, "nightly", "data")
      yield* eventually("the snapshot is in Git", inGit, (all) => all.includes("handle-nightly"), within)
      yield* repository.commit({ [`${gitPath}/role.json`]: null })
      yield* eventually(
        "what went from Git is deleted",
        cluster.kubectl(["get", "role", "reader", "-n", "shop"]),
        ({ stderr }) => stderr.includes("NotFound"),
        within
      )
      assert.notInclude(yield* controller.log, "MISSING")
      yield* wasAllowed(cluster, mark, ["delete roles.rbac.authorization.k8s.io", "patch namespaces"])
    }).pipe(Effect.scoped), 240_000)
})
