// The image as deploy/ runs it, on a real node: what only a kubelet shows.
import { assert, describe, layer } from "@effect/vitest"
import { Context, Effect, Fiber, Layer } from "effect"
import { eventually } from "../process/Eventually.ts"
import { whyNoContainers } from "./ContainerTools.ts"
import { home, install, type Installation, type Pod, shop } from "./node/installation.ts"
import { nodeName } from "./node/NodeFiles.ts"

class Installed extends Context.Service<Installed, Installation>()("test/Installed") {
  static readonly layer = Layer.effect(Installed, install)
}

/** Run by the Node in the image, since there is no shell. */
const lookAround = `
const { readFileSync, writeFileSync } = require("node:fs")
const canWrite = (file) => { try { writeFileSync(file, ""); return true } catch { return false } }
const status = readFileSync("/proc/self/status", "utf8")
const field = (name) => new RegExp(name + ":\\\\s+(\\\\S+)").exec(status)[1]
console.log(JSON.stringify({
  user: process.getuid(),
  capabilities: field("CapEff"),
  noNewPrivileges: field("NoNewPrivs"),
  seccomp: field("Seccomp"),
  writes: ["/file", "/tmp/file", "/app/file", "/ssh/file", "/config/file"].filter(canWrite)
}))`

/** Eats what memory is left, a little at a time, and stays smaller than the program beside it. */
const eatMemory = `const eaten = []; setInterval(() => eaten.push(Buffer.alloc(2_000_000, 1)), 20)`

const uids = (pods: ReadonlyArray<Pod>) => pods.map(({ metadata }) => metadata.uid)

const restarts = (pods: ReadonlyArray<Pod>) =>
  pods.flatMap(({ status }) => status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0)

const isRunning = ({ metadata, status }: Pod) =>
  metadata.deletionTimestamp === undefined && (status.containerStatuses ?? []).some(({ ready }) => ready)

describe.skipIf(whyNoContainers !== undefined)("on a node", () => {
  const options = { excludeTestServices: true, timeout: 400_000 }
  layer(Installed.layer, options)("the controller as a Deployment", (it) => {
    it.effect(
      "rolls out under the restricted policy, and keeps both sides in step over SSH",
      () =>
        Effect.gen(function*() {
          const { bothWays, rolledOut } = yield* Installed
          yield* rolledOut
          yield* bothWays("first")
        }),
      120_000
    )

    it.effect("has no rights on its node, and nowhere to write", () =>
      Effect.gen(function*() {
        const { kubectl } = yield* Installed
        const seen: unknown = JSON.parse(yield* kubectl("exec", `deployment/${home}`, "--", "node", "-e", lookAround))
        assert.deepStrictEqual(seen, {
          user: 65532,
          capabilities: "0000000000000000",
          noNewPrivileges: "1",
          seccomp: "2",
          writes: []
        })
        const shell = yield* Effect.flip(kubectl("exec", `deployment/${home}`, "--", "sh", "-c", "true"))
        assert.include(String(shell), "executable file not found")
        const version = yield* kubectl("exec", `deployment/${home}`, "--", "gitops-controller", "--version")
        assert.match(version, /^gitops-controller v/)
      }))

    it.effect("goes on through a rolling update, in new pods", () =>
      Effect.gen(function*() {
        const { bothWays, kubectl, pods, rolledOut } = yield* Installed
        const before = yield* pods
        yield* kubectl("rollout", "restart", `deployment/${home}`)
        yield* bothWays("during-update")
        yield* rolledOut
        const after = (yield* pods).filter(isRunning)
        assert.strictEqual(after.length, 2)
        assert.strictEqual(uids(after).filter((uid) => uids(before).includes(uid)).length, 0)
        yield* bothWays("after-update")
      }), 120_000)

    it.effect("goes on while its node is drained, one replica at a time", () =>
      Effect.gen(function*() {
        const { bothWays, kubectl, pods, rolledOut } = yield* Installed
        const before = uids(yield* pods)
        const draining = yield* Effect.forkChild(
          kubectl("drain", nodeName, "--force", "--ignore-daemonsets", "--timeout=90s")
        )
        const remaining = yield* eventually(
          "one replica has gone, and its successor has no node",
          pods,
          (now) => now.length === 2 && uids(now).filter((uid) => before.includes(uid)).length === 1,
          { within: 40_000 }
        )
        assert.strictEqual(remaining.filter(isRunning).length, 1)
        yield* bothWays("during-drain")
        yield* kubectl("uncordon", nodeName)
        yield* Fiber.join(draining)
        yield* rolledOut
        const after = (yield* pods).filter(isRunning)
        assert.strictEqual(uids(after).filter((uid) => before.includes(uid)).length, 0)
        yield* bothWays("after-drain")
      }), 180_000)

    it.effect(
      "killed for its memory in the middle of its work, it leaves nothing half done",
      () =>
        Effect.gen(function*() {
          const { bothWays, kubectl, node, pods, remote, repository, rolledOut } = yield* Installed
          yield* kubectl("scale", `deployment/${home}`, "--replicas=1")
          yield* kubectl("set", "resources", `deployment/${home}`, "--limits=memory=160Mi", "--requests=memory=64Mi")
          yield* rolledOut
          yield* bothWays("before-kill")
          const [pod] = (yield* pods).filter(isRunning)
          const eating = yield* Effect.forkChild(
            Effect.ignore(kubectl("exec", pod?.metadata.name ?? "", "--", "node", "-e", eatMemory))
          )
          const names = Array.from({ length: 40 }, (_, i) => `made-amid-${i}`)
          const made = Effect.forEach(names, (name) => node.kubectlOk(["create", "serviceaccount", name, "-n", shop]))
          const killed = eventually("the kernel has killed it", pods, (now) => restarts(now) > 0, { within: 60_000 })
          const [, seen] = yield* Effect.all([made, killed], { concurrency: "unbounded" })
          yield* Fiber.interrupt(eating)
          const ends = seen.flatMap(({ status }) => status.containerStatuses ?? []).map(({ lastState }) =>
            lastState.terminated
          )
          assert.deepInclude(ends.map((end) => end?.reason), "OOMKilled")
          yield* bothWays("after-kill", { within: 60_000 })
          for (const name of names) yield* remote.has(`ServiceAccount ${shop}/${name}`)
          yield* repository.git("fsck", "--strict")
          const added = yield* repository.git("log", "--format=", "--name-only", "--diff-filter=A", repository.branch)
          const paths = added.split("\n").filter((path) => path.includes("made-amid-"))
          assert.strictEqual(paths.length, names.length)
          assert.deepStrictEqual(yield* remote.removed, [])
        }),
      240_000
    )
  })
})
