import { describe, expect, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { ControlPlane } from "./ControlPlane.ts"
import { sharedControlPlane } from "./SharedControlPlane.ts"
import { snapshotCrds } from "./SnapshotCrds.ts"
import { startControlPlane } from "./StartedControlPlane.ts"

layer(sharedControlPlane)("the shared control plane", (it) => {
  it.effect("is Kubernetes 1.37 with a kubectl that fits", () =>
    Effect.gen(function*() {
      const { kubectlJson } = yield* ControlPlane
      type Versions = Readonly<Record<"clientVersion" | "serverVersion", { readonly gitVersion: string }>>
      const versions = yield* kubectlJson<Versions>(["version"])
      expect(versions.serverVersion.gitVersion).toMatch(/^v1\.37\./)
      expect(versions.clientVersion.gitVersion).toMatch(/^v1\.37\./)
    }))

  it.effect("gives each test a namespace of its own and takes manifests on stdin", () =>
    Effect.gen(function*() {
      const { kubectlJson, kubectlOk, namespace } = yield* ControlPlane
      const own = yield* namespace("orders")
      expect(yield* namespace("orders")).not.toBe(own)
      const manifest = `{apiVersion: v1, kind: ConfigMap, metadata: {name: limits}, data: {max: "3"}}`
      yield* kubectlOk(["apply", "--namespace", own, "--server-side", "-f", "-"], { stdin: manifest })
      const live = yield* kubectlJson<{ data: unknown }>(["get", "configmap", "limits", "-n", own])
      expect(live.data).toEqual({ max: "3" })
    }))

  it.effect("refuses a user without rights, and lets in one with a binding", () =>
    Effect.gen(function*() {
      const { kubeconfigFor, kubectl, kubectlOk, namespace } = yield* ControlPlane
      const own = yield* namespace()
      const kubeconfig = yield* kubeconfigFor("alice", ["readers"])
      const list = kubectl(["get", "secrets", "-n", own], { kubeconfig })
      const refused = yield* list
      expect(refused.exitCode).toBe(1)
      expect(refused.stderr).toContain(`Forbidden): secrets is forbidden: User "alice" cannot list resource "secrets"`)
      yield* kubectlOk(["create", "role", "read", "-n", own, "--verb=list", "--resource=secrets"])
      yield* kubectlOk(["create", "rolebinding", "read", "-n", own, "--role=read", "--group=readers"])
      expect((yield* list).exitCode).toBe(0)
    }))

  it.effect("tells every request that was made, and which of them wrote", () =>
    Effect.gen(function*() {
      const { auditMark, auditSince, kubectlOk, namespace } = yield* ControlPlane
      const own = yield* namespace()
      const inHere = (mark: number) => Effect.map(auditSince(mark), (all) => all.filter((it) => it.namespace === own))
      const mark = yield* auditMark
      yield* kubectlOk(["create", "configmap", "dry", "-n", own, "--dry-run=server"])
      yield* kubectlOk(["create", "configmap", "wet", "-n", own])
      const seen = (yield* inHere(mark)).map(({ code, dryRun, name, verb, write }) => ({
        code,
        dryRun,
        name,
        verb,
        write
      }))
      expect(seen).toEqual([
        { code: 201, dryRun: true, name: "dry", verb: "create", write: false },
        { code: 201, dryRun: false, name: "wet", verb: "create", write: true }
      ])
      expect(yield* inHere(yield* auditMark)).toEqual([])
    }))

  it.effect("takes the real volume snapshot CRDs", () =>
    Effect.gen(function*() {
      const { kubectlOk } = yield* ControlPlane
      const file = join(yield* snapshotCrds(), "snapshot.storage.k8s.io_volumesnapshots.yaml")
      const out = yield* kubectlOk(["create", "--dry-run=server", "-o", "name", "-f", file])
      expect(out.trim()).toBe("customresourcedefinition.apiextensions.k8s.io/volumesnapshots.snapshot.storage.k8s.io")
    }))
})

describe("a control plane of one's own", () => {
  it.live("goes away, killed or stopped, and comes back on its port with what it stored", () =>
    Effect.gen(function*() {
      const plane = yield* startControlPlane()
      const stored = yield* plane.namespace("kept")
      const isThere = Effect.map(plane.kubectl(["get", "namespace", stored]), ({ exitCode }) => exitCode === 0)
      for (const end of [plane.killApiServer, plane.stopApiServer]) {
        yield* end
        expect(yield* isThere).toBe(false)
        yield* plane.startApiServer
        expect(yield* isThere).toBe(true)
      }
    }))

  it.live("runs the controllers if asked: a Deployment gets its ReplicaSet", () =>
    Effect.gen(function*() {
      const plane = yield* startControlPlane({ controllerManager: true })
      const own = yield* plane.namespace()
      yield* plane.kubectlOk(["create", "deployment", "web", "--image=web:1", "-n", own])
      const observed = "jsonpath={.status.observedGeneration}=1"
      yield* plane.kubectlOk(["wait", `--for=${observed}`, "deployment/web", "-n", own, "--timeout=30s"])
      expect(yield* plane.kubectlOk(["get", "replicasets", "-n", own, "-o", "name"])).toContain("replicaset.apps/web-")
    }))
})
