// One replica leads and the others stand by: what a standby does and doesn't, and how another takes over when the leader is killed,
// ends, freezes or loses its Lease.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { startController } from "../Controller.ts"
import { bothWays, file, isWrite, leaderAmong, pathOf, replicas, type Sent } from "./replicas.ts"

/** Whether it may have the Lease: asked once, as it starts. */
const isQuestion = ({ url }: Sent) => url.includes("/selfsubjectaccessreviews")

const isOfLease = ({ url }: Sent) => url.includes("/leases/gitops-controller.")

/** Nobody waits for it in these tests: who takes over sooner was given it. */
const slowLease = { duration: "60s", renew: "40s", retry: "500ms" }

layer(sharedControlPlane, { excludeTestServices: true, timeout: 180_000 })("of several replicas", (it) => {
  it.effect(
    "one that stands by answers, writes and watches nothing, and has what Git holds at hand when the leader dies",
    () =>
      Effect.gen(function*() {
        const bed = yield* replicas(["a"])
        const leader = yield* bed.start
        yield* bothWays(bed, "a", 1)
        const standby = yield* bed.standBy
        yield* bothWays(bed, "a", 2)
        const tip = yield* bed.repository.tip()
        yield* standby.controller.until("it follows the branch", ({ commit }) => commit === tip)
        assert.strictEqual((yield* standby.controller.get("/healthz")).status, 200)
        assert.strictEqual((yield* standby.controller.get("/readyz")).status, 200)
        assert.match((yield* standby.controller.get("/metrics")).body, /^gitops_leading 0$/m)
        assert.match((yield* leader.controller.get("/metrics")).body, /^gitops_leading 1$/m)
        const isLook = (one: Sent) => isOfLease(one) && one.method === "GET"
        assert.deepStrictEqual(standby.sent.filter((one) => !isLook(one) && !isQuestion(one)), [])
        assert.isAbove(standby.sent.length, 2)
        const { phase } = yield* standby.controller.status
        const holder = yield* bed.cluster.kubectlOk([
          "get",
          "leases",
          "-n",
          `${bed.namespace}-state`,
          "-o",
          "jsonpath={.items[0].spec.holderIdentity}"
        ])
        assert.strictEqual(phase, `standby: ${holder} leads`)

        yield* bed.server.stop
        yield* leader.controller.process.signal("SIGKILL")
        yield* bed.kubectl("patch", "configmap", "a", "--type=merge", "-p", JSON.stringify({ data: { git: "drift" } }))
        yield* eventually("it puts drift right without a Git server", bed.live("a"), (value) => value === "2", {
          within: 40_000
        })
      })
  )

  it.effect("another goes on where the leader was killed, in both directions, and no commit comes twice", () =>
    Effect.gen(function*() {
      const bed = yield* replicas(["a", "b"])
      const leader = yield* bed.start
      yield* bothWays(bed, "a", 1)
      const standby = yield* bed.standBy
      // Between what is seen and its commit.
      yield* bed.set("b", 5)
      yield* leader.controller.process.signal("SIGKILL")
      yield* bed.set("a", 2)
      yield* eventually("it is in Git", bed.inGit("b"), (value) => value === "5", { within: 40_000 })
      yield* bothWays(bed, "a", 3)
      assert.isTrue(yield* standby.leads)
      const changes = yield* bed.repository.git("log", "--format=", "-p", "--", "b.yaml")
      assert.lengthOf(changes.match(/^\+ {2}cluster: "5"/gm) ?? [], 1)
    }))

  it.effect("a leader that ends in order gives the Lease to another at once", () =>
    Effect.gen(function*() {
      const bed = yield* replicas(["a"], slowLease)
      const leader = yield* bed.start
      yield* bothWays(bed, "a", 1)
      const standby = yield* bed.standBy
      yield* leader.controller.process.signal("SIGTERM")
      yield* bothWays(bed, "a", 2)
      assert.isTrue(yield* standby.leads)
      assert.deepStrictEqual(yield* leader.controller.process.exit, { code: 0, signal: null })
    }))

  it.effect("a leader that was frozen for longer than its Lease sends nothing more when it wakes, and stands by", () =>
    Effect.gen(function*() {
      const bed = yield* replicas(["a", "b"])
      const frozen = yield* bed.start
      yield* bothWays(bed, "a", 1)
      const standby = yield* bed.standBy
      // Work is at hand on both sides as it freezes.
      yield* bed.set("b", 7)
      yield* bed.kubectl("patch", "configmap", "a", "--type=merge", "-p", JSON.stringify({ data: { git: "drift" } }))
      yield* frozen.controller.process.signal("SIGSTOP")
      yield* leaderAmong([standby])
      yield* bothWays(bed, "a", 2)
      yield* eventually("it is in Git", bed.inGit("b"), (value) => value === "7")
      yield* bed.kubectl("patch", "configmap", "b", "--type=merge", "-p", JSON.stringify({ data: { git: "drift" } }))
      const commits = yield* bed.repository.git("rev-list", "main")
      const pushes = bed.server.requests.filter(({ path }) => path.endsWith("/git-receive-pack")).length
      const before = frozen.sent.length
      yield* frozen.controller.process.signal("SIGCONT")
      yield* frozen.controller.until("it stands by", ({ phase }) => /^standby: (?!nobody)/.test(phase))
      const late = frozen.sent.slice(before)
      assert.isTrue(late.some(isOfLease), "it is awake")
      assert.deepStrictEqual(late.filter((one) => isWrite(one) || (isOfLease(one) && one.method !== "GET")), [])
      assert.strictEqual(
        bed.server.requests.filter(({ path }) => path.endsWith("/git-receive-pack")).length,
        pushes
      )
      assert.strictEqual(yield* bed.repository.git("rev-list", "main"), commits)
      yield* bothWays(bed, "b", 8)
      const seen = frozen.sent.length
      yield* bothWays(bed, "b", 9)
      assert.deepStrictEqual(
        frozen.sent.slice(seen).filter((one) => !isOfLease(one)),
        [],
        "it watches nothing any more"
      )
    }))

  it.effect("the leader goes on when somebody deletes its Lease, and nobody else leads meanwhile", () =>
    Effect.gen(function*() {
      // A standby looks twice before the leader renews.
      const bed = yield* replicas(["a"], { duration: "10s", renew: "8s", retry: "2s" })
      const leader = yield* bed.start
      yield* bothWays(bed, "a", 1)
      const standby = yield* bed.standBy
      const holder = bed.cluster.kubectlOk([
        "get",
        "leases",
        "-n",
        `${bed.namespace}-state`,
        "-o",
        "jsonpath={.items[*].spec.holderIdentity}/{.items[*].spec.leaseTransitions}"
      ])
      const before = yield* holder
      yield* bed.cluster.kubectlOk(["delete", "leases", "--all", "-n", `${bed.namespace}-state`])
      yield* eventually("it is there again", holder, (now) => now === before)
      yield* bothWays(bed, "a", 2)
      assert.isTrue(yield* leader.leads)
      assert.deepStrictEqual(standby.sent.filter(isWrite), [])
    }))

  it.effect("the leader keeps its Lease while it reads fifty thousand new manifests", () =>
    Effect.gen(function*() {
      const bed = yield* replicas(["a"], { duration: "3s", renew: "2s", retry: "300ms" })
      // Not by the way through this process, which is busy itself.
      const leader = yield* startController({ kubeconfig: bed.cluster.kubeconfig, configText: bed.configText })
      yield* bothWays(bed, "a", 1)
      const many = Array.from({ length: 50_000 }, (_, index) => `other-${index}`)
      const tip = yield* bed.repository.commit(
        Object.fromEntries(many.map((name) => [`other/${pathOf(name)}`, file("other", name, { cluster: 0, git: 0 })]))
      )
      yield* leader.until("it has read them", ({ commit }) => commit === tip, { within: 60_000 })
      yield* bothWays(bed, "a", 2)
      const log = yield* leader.log
      assert.include(log, "Leading since now, term 1")
      assert.notInclude(log, "Leadership lost")
    }))

  it.effect("one that can't reach the API server stops writing to Git before another begins", () =>
    Effect.gen(function*() {
      const bed = yield* replicas(["a", "b"])
      const leader = yield* bed.start
      yield* bothWays(bed, "a", 1)
      const standby = yield* bed.standBy
      yield* leader.cutOff
      yield* bothWays(bed, "a", 2)
      assert.isFalse(yield* leader.leads)
      yield* leader.reconnect
      yield* leader.controller.until("it stands by", ({ phase }) => /^standby: (?!nobody)/.test(phase))
      yield* standby.controller.process.signal("SIGTERM")
      yield* bothWays(bed, "b", 3)
      assert.isTrue(yield* leader.leads, "its turn came again")
    }))
})
