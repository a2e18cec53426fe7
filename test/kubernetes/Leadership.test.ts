import { assert, layer } from "@effect/vitest"
import { Clock, Effect, Exit, Layer, Scope, Stream } from "effect"
import { Leadership, type Standing } from "../../src/kubernetes/Leadership.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { connected } from "./connected.ts"
import { detour } from "./detour.ts"
import { shiftedClock } from "./shiftedClock.ts"

const lease = { duration: 4000, renew: 2500, retry: 300 }

/** A candidate with a scope of its own: closing it is its orderly end. */
const candidate = Effect.fnUntraced(function*(kubeconfig: string, stateNamespace: string) {
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
  const options = connected(kubeconfig, { stateNamespace, lease })
  const context = yield* Layer.buildWithScope(Leadership.layer.pipe(Layer.provide(options)), scope)
  const leadership = yield* Leadership.pipe(Effect.provide(context))
  return { ...leadership, end: Scope.close(scope, Exit.void) }
})

type Candidate = Effect.Success<ReturnType<typeof candidate>>

const standing = ({ standing }: Candidate) => standing.pipe(Stream.runHead, Effect.flatMap(Effect.fromOption))

const until = (candidate: Candidate, what: string, wanted: (standing: Standing) => boolean) =>
  eventually(what, standing(candidate), wanted, { within: 30_000 })

const leading = ({ _tag }: Standing) => _tag === "Leading"

interface LiveLease {
  readonly spec: { readonly holderIdentity?: string; readonly renewTime: string; readonly leaseTransitions: number }
}

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("leadership", (it) => {
  const liveLease = (namespace: string) =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      return yield* cluster.kubectlJson<LiveLease>(["get", "lease", "gitops-controller.test", "-n", namespace])
    })

  it.effect("is taken by one of two, in a namespace that is made for it; the other knows who leads", () =>
    Effect.gen(function*() {
      const { kubeconfig } = yield* ControlPlane
      const namespace = `state-${crypto.randomUUID().slice(0, 8)}`
      const one = yield* candidate(kubeconfig, namespace)
      yield* until(one, "the first leads", leading)
      const two = yield* candidate(kubeconfig, namespace)
      yield* until(two, "the second stands by", (seen) => seen._tag === "Standby" && seen.holder === one.identity)
      assert.strictEqual((yield* one.permit).number, 1)
      assert.strictEqual((yield* Effect.flip(two.permit)).holder, one.identity)
      const { spec } = yield* liveLease(namespace)
      assert.strictEqual(spec.holderIdentity, one.identity)
      assert.match(spec.renewTime, /\.\d{6}Z$/)
    }).pipe(Effect.scoped))

  it.effect("goes on at once to the next when the leader ends in order", () =>
    Effect.gen(function*() {
      const { kubeconfig } = yield* ControlPlane
      const namespace = `state-${crypto.randomUUID().slice(0, 8)}`
      const one = yield* candidate(kubeconfig, namespace)
      yield* until(one, "the first leads", leading)
      const two = yield* candidate(kubeconfig, namespace)
      yield* until(two, "the second stands by", (seen) => seen._tag === "Standby" && seen.holder !== undefined)
      yield* one.end
      assert.notStrictEqual((yield* liveLease(namespace)).spec.holderIdentity, one.identity)
      yield* until(two, "the second leads", leading)
      assert.strictEqual((yield* two.permit).number, 2)
    }).pipe(Effect.scoped))

  it.effect("is nobody else's, whatever the clocks of the two machines are set to", () =>
    Effect.gen(function*() {
      const { kubeconfig } = yield* ControlPlane
      const namespace = `state-${crypto.randomUUID().slice(0, 8)}`
      const [ours, theirs] = [yield* shiftedClock, yield* shiftedClock]
      const one = yield* candidate(kubeconfig, namespace).pipe(Effect.provideService(Clock.Clock, ours.clock))
      yield* until(one, "the first leads", leading)
      const two = yield* candidate(kubeconfig, namespace).pipe(Effect.provideService(Clock.Clock, theirs.clock))
      yield* until(two, "the second stands by", (seen) => seen._tag === "Standby" && seen.holder === one.identity)
      const hour = 3_600_000
      for (const [here, there] of [[hour, 0], [-hour, hour], [0, -hour], [hour, hour], [0, 0]] as const) {
        const { spec } = yield* liveLease(namespace)
        ours.shift(here)
        theirs.shift(there)
        yield* eventually(
          "it is renewed, by the same holder",
          liveLease(namespace),
          (lease) => lease.spec.renewTime !== spec.renewTime && lease.spec.holderIdentity === one.identity
        )
        yield* until(one, "the first leads", leading)
        assert.isTrue(yield* Effect.isFailure(two.permit))
      }
    }).pipe(Effect.scoped))

  it.effect("ends by itself when the Lease cannot be renewed, before another may lead, and comes back later", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = `state-${crypto.randomUUID().slice(0, 8)}`
      const way = yield* detour(cluster.kubeconfig)
      const one = yield* candidate(way.kubeconfig, namespace)
      yield* until(one, "the first leads", leading)
      const two = yield* candidate(cluster.kubeconfig, namespace)
      yield* until(two, "the second stands by", (seen) => seen._tag === "Standby" && seen.holder === one.identity)
      yield* way.close
      const both = yield* eventually(
        "the second leads",
        Effect.all([Effect.isSuccess(one.permit), Effect.isSuccess(two.permit)]),
        ([first, second]) => {
          assert.isFalse(first && second, "two lead at once")
          return second
        },
        { within: 30_000, every: 10 }
      )
      assert.deepStrictEqual(both, [false, true])
      yield* way.open
      yield* until(one, "the first knows who leads", (seen) => seen._tag === "Standby" && seen.holder === two.identity)
      yield* two.end
      yield* until(one, "the first leads again", leading)
      assert.strictEqual((yield* one.permit).number, 3)
    }).pipe(Effect.scoped))
})
