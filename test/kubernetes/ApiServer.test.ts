import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope, Stream } from "effect"
import { ApiServer, type WatchLine } from "../../src/kubernetes/ApiServer.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { connected } from "./connected.ts"

/** So many at once take their time on a busy machine. */
const slow = { within: 45_000 }

const subject = { verb: "get", resource: "configmaps" } as const

const onServer = <A, E>(use: Effect.Effect<A, E, ApiServer | ControlPlane | Scope.Scope>) =>
  Effect.gen(function*() {
    const cluster = yield* ControlPlane
    return yield* use.pipe(Effect.scoped, Effect.provide(connected(cluster.kubeconfig)))
  })

const streamedList = (namespace: string) =>
  `/api/v1/namespaces/${namespace}/configmaps?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("the API server", (it) => {
  it.effect("answers with the object, every byte of it", () =>
    onServer(Effect.gen(function*() {
      const api = yield* ApiServer
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("bytes")
      const policy = {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "from-and-except", namespace },
        spec: {
          podSelector: {},
          policyTypes: ["Ingress"],
          ingress: [{
            from: [{ namespaceSelector: { matchLabels: { "example.org/team": "x" } } }, {
              ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] }
            }]
          }]
        }
      }
      yield* api.request({
        method: "PATCH",
        path:
          `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/${policy.metadata.name}?fieldManager=t&force=true`,
        subject,
        contentType: "application/apply-patch+yaml",
        body: JSON.stringify(policy)
      })
      const stored = yield* cluster.kubectlJson<typeof policy>([
        "get",
        "networkpolicy",
        policy.metadata.name,
        "-n",
        namespace
      ])
      assert.deepStrictEqual(stored.spec, policy.spec)
    })))

  it.effect("keeps characters beyond the basic plane, and what a name may contain", () =>
    onServer(Effect.gen(function*() {
      const api = yield* ApiServer
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("names")
      const role = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "System:foo:Bar", annotations: { smile: "😀 ü" } }
      }
      yield* api.request({
        method: "PATCH",
        path: `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/${
          encodeURIComponent(role.metadata.name)
        }?fieldManager=t`,
        subject,
        contentType: "application/apply-patch+yaml",
        body: JSON.stringify(role)
      })
      const stored = yield* cluster.kubectlJson(["get", "role", "System:foo:Bar", "-n", namespace])
      assert.strictEqual(stored.metadata.annotations?.["smile"], "😀 ü")
    })))

  it.effect("says who may not do what, as whom it was asked", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const kubeconfig = yield* cluster.kubeconfigFor("nobody-in-particular")
      const failure = yield* Effect.gen(function*() {
        const api = yield* ApiServer
        return yield* Effect.flip(
          api.request({ method: "GET", path: "/api/v1/configmaps", subject: { ...subject, verb: "list" } })
        )
      }).pipe(Effect.provide(connected(kubeconfig)))
      assert.strictEqual(
        failure.message,
        "nobody-in-particular may not list configmaps (403). Give that ServiceAccount or user the verb \"list\" on configmaps " +
          "for the whole cluster, by a role and a binding."
      )
    }).pipe(Effect.scoped))

  it.effect("answers requests while a hundred and twenty watches are open, and shows a change to each of them", () =>
    onServer(Effect.gen(function*() {
      const api = yield* ApiServer
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("many")
      yield* cluster.kubectlOk(["create", "configmap", "one", "-n", namespace])
      let complete = 0
      let changed = 0
      const hear = ({ type }: WatchLine) =>
        Effect.sync(() => {
          if (type === "BOOKMARK") complete += 1
          if (type === "MODIFIED") changed += 1
        })
      const watch = api.watch({ path: streamedList(namespace), subject, gzip: true }).pipe(
        Effect.flatMap(Stream.runForEach(hear)),
        Effect.scoped
      )
      const watches = yield* Effect.forEach(Array(120), () => Effect.forkChild(watch))
      yield* eventually("all watches are complete", Effect.sync(() => complete), (count) => count >= 120, slow)
      const answer = yield* api.request({
        method: "GET",
        path: `/api/v1/namespaces/${namespace}/configmaps/one`,
        subject
      })
      assert.strictEqual(answer.status, 200)
      yield* cluster.kubectlOk(["label", "configmap", "one", "-n", namespace, "seen=yes"])
      yield* eventually("all watches show the change", Effect.sync(() => changed), (count) => count >= 120, slow)
      yield* Fiber.interruptAll(watches)
    })))

  it.effect("stops a watch on the wire when nobody wants it any more", () =>
    onServer(Effect.gen(function*() {
      const api = yield* ApiServer
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("abort")
      const mark = yield* cluster.auditMark
      const scope = yield* Scope.make()
      yield* api.watch({ path: `${streamedList(namespace)}&timeoutSeconds=300`, subject }).pipe(Scope.provide(scope))
      yield* Scope.close(scope, Exit.void)
      const requests = yield* eventually("the server logs the end of the watch", cluster.auditSince(mark), (seen) =>
        seen.some(({ namespace: of, verb }) =>
          verb === "watch" && of === namespace
        ))
      assert.isNotEmpty(requests)
    })))

  it.effect("gives a page item by item, then where the next page begins", () =>
    onServer(Effect.gen(function*() {
      const api = yield* ApiServer
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("pages")
      for (const name of ["a", "b", "c"]) yield* cluster.kubectlOk(["create", "configmap", name, "-n", namespace])
      const parts = yield* Stream.runCollect(
        api.list({ path: `/api/v1/namespaces/${namespace}/configmaps?limit=2`, subject, gzip: true })
      )
      assert.strictEqual(parts.flatMap((part) => part._tag === "Items" ? part.items : []).length, 2)
      const end = parts.at(-1)
      assert.isTrue(end?._tag === "End" && typeof end.metadata["continue"] === "string")
    })))
})
