import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Leadership } from "../../src/kubernetes/Leadership.ts"
import { hasLease, removeLease, takeLease } from "../../src/kubernetes/takeLease.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { connected } from "./connected.ts"

const lease = { duration: 2000, renew: 1500, retry: 300 }
const name = "gitops-controller.test"

const setUp = Effect.gen(function*() {
  const cluster = yield* ControlPlane
  const stateNamespace = yield* cluster.namespace("lease")
  const options = () => connected(cluster.kubeconfig, { stateNamespace, lease })
  const candidate = () => Leadership.layer.pipe(Layer.provideMerge(options()))
  const holder = cluster.kubectlOk([
    "get",
    "lease",
    name,
    "-n",
    stateNamespace,
    "-o",
    "jsonpath={.spec.holderIdentity}"
  ])
  return { cluster, stateNamespace, options, candidate, holder }
})

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })(
  "a Lease that somebody wants at once",
  (it) => {
    it.effect("is not waited for while its holder lives", () =>
      Effect.gen(function*() {
        const { candidate, holder, stateNamespace } = yield* setUp
        const leader = yield* Layer.build(candidate())
        yield* takeLease.pipe(Effect.provide(leader))
        const other = yield* Layer.build(candidate())
        const refused = yield* Effect.flip(takeLease.pipe(Effect.provide(other)))
        assert.strictEqual(
          refused.message,
          `${yield* holder} leads: it holds the Lease ${stateNamespace}/${name}, and renews it`
        )
      }).pipe(Effect.scoped))

    it.effect("is had once a holder that died is known to be dead", () =>
      Effect.gen(function*() {
        const { candidate, cluster, holder, stateNamespace } = yield* setUp
        const left = {
          apiVersion: "coordination.k8s.io/v1",
          kind: "Lease",
          metadata: { name, namespace: stateNamespace },
          spec: { holderIdentity: "dead", leaseDurationSeconds: 2, leaseTransitions: 7 }
        }
        yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(left) })
        yield* Effect.gen(function*() {
          const { identity } = yield* Leadership
          yield* takeLease
          assert.strictEqual(yield* holder, identity)
        }).pipe(Effect.provide(candidate()))
      }))

    it.effect("is removed when nobody holds it, and not when somebody does", () =>
      Effect.gen(function*() {
        const { candidate, options } = yield* setUp
        const away = Effect.provide(removeLease, options())
        const isThere = Effect.provide(hasLease, options())
        assert.isFalse(yield* isThere)
        yield* Effect.gen(function*() {
          yield* takeLease
          assert.isFalse(yield* away)
        }).pipe(Effect.provide(candidate()))
        assert.isTrue(yield* isThere)
        assert.isTrue(yield* away)
        assert.isFalse(yield* isThere)
      }))
  }
)
