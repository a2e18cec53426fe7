// Rules with "syncTo: both": whichever side changes a field, the other follows.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import type { Controller } from "../Controller.ts"
import { configMap, haveMet, type Mirroring, mirroring, type MirroringOptions, tells, troublesOf } from "./mirroring.ts"

const both = (namespace: string, more: Readonly<Record<string, unknown>> = {}) => [
  { resources: ["configmaps"], namespaces: [namespace], syncTo: "both", ...more }
]

const written = (data: Readonly<Record<string, string>>) => (namespace: string) => ({
  "settings.yaml": [
    "# shared by hand",
    "apiVersion: v1",
    "kind: ConfigMap",
    "metadata:",
    "  name: settings",
    `  namespace: ${namespace}`,
    "data:",
    ...Object.entries(data).map(([key, value]) => `  ${key}: ${value}`),
    ""
  ].join("\n")
})

const live = (bed: Mirroring, name = "settings") =>
  Effect.map(
    bed.kubectl("get", "configmap", name, "-o", "json"),
    (text): Readonly<Record<string, string>> => JSON.parse(text).data ?? {}
  )

const isLive = (bed: Mirroring, wanted: Readonly<Record<string, string>>) =>
  eventually(
    `the cluster has ${JSON.stringify(wanted)}`,
    live(bed),
    (data) => Object.entries(wanted).every(([key, value]) => data[key] === value),
    { within: 30_000 }
  )

const patch = (bed: Mirroring, data: Readonly<Record<string, string | null>>) =>
  bed.kubectl("patch", "configmap", "settings", "-p", JSON.stringify({ data }))

const edit = (bed: Mirroring, from: string, to: string) =>
  Effect.gen(function*() {
    const text = (yield* bed.remote.text("settings.yaml")) ?? ""
    assert.include(text, from)
    yield* bed.repository.commit({ "settings.yaml": text.replace(from, to) })
  })

const manifestOf = ({ namespace }: Mirroring, name: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${namespace}}\ndata: {a: one}\n`

/** A ConfigMap that stands in Git and was brought to the cluster. */
const shared = (options: MirroringOptions = {}) =>
  Effect.gen(function*() {
    const bed = yield* mirroring({ rules: (namespace) => both(namespace), ...options })
    const controller = yield* bed.start()
    yield* haveMet(bed)
    yield* bed.repository.commit({
      ...written({ a: "one", b: "one", c: "one" })(bed.namespace),
      "other.yaml": manifestOf(bed, "other")
    })
    yield* isLive(bed, { a: "one", b: "one", c: "one" })
    yield* controller.until("both are the same", ({ kinds, settled }) =>
      settled && kinds.some(({ rules }) => rules.some(({ inStep }) => inStep > 1)))
    // From then on it is known what each side had.
    yield* eventually(
      "the record has both",
      bed.cluster.kubectlOk(["get", "configmaps", "-n", bed.state, "-o", "json"]),
      (text) =>
        ["settings", "other"].every((name) => new RegExp(`${bed.namespace}/${name}( [^ \\\\"]+){3}`).test(text))
    )
    return { bed, controller }
  })

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })(
  "of an object that both sides may change",
  (it) => {
    it.effect(
      "what only Git has is not made where the two meet for the first time, or after the record was lost; what comes later is",
      () =>
        Effect.gen(function*() {
          const bed = yield* mirroring({ rules: (namespace) => both(namespace) })
          const make = (name: string) => bed.repository.commit({ [`${name}.yaml`]: manifestOf(bed, name) })
          const isMade = (name: string) =>
            eventually(`${name} is made`, live(bed, name), ({ a }) => a === "one", { within: 30_000 })
          const names = Effect.map(
            bed.kubectl("get", "configmaps", "-o", "jsonpath={.items[*].metadata.name}"),
            (all) => all.split(" ").filter((name) => name !== "kube-root-ca.crt").sort()
          )
          const isHeld = (controller: Controller, name: string) =>
            controller.until(`${name} is said to be only in Git`, (status) =>
              troublesOf(status, `${bed.namespace}/${name}`).some(({ message }) =>
                message.includes("only in Git")
              ))
          yield* make("old")
          yield* bed.apply(configMap("here"))
          const first = yield* bed.start()
          yield* bed.remote.has(bed.key("ConfigMap", "here"))
          yield* isHeld(first, "old")
          yield* haveMet(bed)
          yield* make("new")
          yield* isMade("new")
          yield* first.process.signal("SIGKILL")
          yield* make("newer")
          const second = yield* bed.start()
          yield* isMade("newer")
          yield* isHeld(second, "old")
          assert.deepStrictEqual(yield* names, ["here", "new", "newer"])
          yield* second.until("all is told", ({ settled }) => settled)
          yield* second.process.stop

          yield* bed.cluster.kubectlOk(["-n", bed.state, "delete", "configmaps", "--all"])
          yield* bed.kubectl("delete", "configmap", "new")
          const third = yield* bed.start()
          yield* isHeld(third, "new")
          yield* haveMet(bed)
          yield* make("newest")
          yield* isMade("newest")
          assert.deepStrictEqual(yield* names, ["here", "newer", "newest"])
          assert.deepStrictEqual(yield* bed.remote.removed, [])

          yield* bed.kubectl("create", "configmap", "old", "--from-literal=a=one")
          yield* third.until("it is no trouble any more", (status) =>
            status.settled && troublesOf(status, `${bed.namespace}/old`).length === 0)
          yield* bed.kubectl("delete", "configmap", "old")
          yield* bed.remote.lacks(bed.key("ConfigMap", "old"))
        }),
      120_000
    )

    it.effect("what one side changes comes to the other, field by field", () =>
      Effect.gen(function*() {
        const { bed } = yield* shared()
        yield* patch(bed, { a: "cluster" })
        yield* bed.remote.has(bed.key("ConfigMap", "settings"), ({ manifest }) => manifest.data?.["a"] === "cluster")
        yield* edit(bed, "b: one", "b: git")
        yield* isLive(bed, { a: "cluster", b: "git", c: "one" })
        yield* patch(bed, { b: "again" })
        yield* bed.remote.has(bed.key("ConfigMap", "settings"), ({ manifest }) => manifest.data?.["b"] === "again")
        assert.include((yield* bed.remote.text("settings.yaml")) ?? "", "# shared by hand")
        assert.deepStrictEqual(yield* live(bed), { a: "cluster", b: "again", c: "one" })
      }))

    it.effect("what changed while nobody looked is merged after a kill -9", () =>
      Effect.gen(function*() {
        const { bed, controller } = yield* shared()
        yield* patch(bed, { a: "first" })
        yield* bed.remote.has(bed.key("ConfigMap", "settings"), ({ manifest }) => manifest.data?.["a"] === "first")
        yield* controller.until(
          "both are the same again",
          ({ kinds }) => kinds.some(({ rules }) => rules.some(({ inStep, pending }) => inStep > 1 && pending === 0))
        )
        yield* controller.process.signal("SIGKILL")
        yield* patch(bed, { a: "cluster" })
        yield* edit(bed, "b: one", "b: git")
        yield* bed.start()
        yield* isLive(bed, { a: "cluster", b: "git" })
        yield* bed.remote.has(
          bed.key("ConfigMap", "settings"),
          ({ manifest }) => manifest.data?.["a"] === "cluster" && manifest.data["b"] === "git"
        )
      }))

    it.effect("a field that both changed is held, shown with both values, and the others go on", () =>
      Effect.gen(function*() {
        const { bed, controller } = yield* shared()
        yield* controller.process.stop
        yield* patch(bed, { a: "cluster", c: "cluster" })
        yield* edit(bed, "a: one", "a: git")
        const again = yield* bed.start()
        const words = yield* tells(again, /was changed on both sides/)
        assert.match(
          words.replaceAll("\\", ""),
          /\/data\/a was changed on both sides, to "git" in Git \(at [0-9a-f]{8} by A Person\) and to "cluster" in the cluster \(by kubectl-patch\)/
        )
        assert.notInclude(words, "/data/c")
        yield* bed.remote.has(bed.key("ConfigMap", "settings"), ({ manifest }) => manifest.data?.["c"] === "cluster")
        assert.strictEqual((yield* live(bed))["a"], "cluster")
        assert.include((yield* bed.remote.text("settings.yaml")) ?? "", "a: git")
        yield* edit(bed, "a: git", "a: cluster")
        yield* again.until(
          "the conflict is over",
          ({ kinds }) => kinds.every(({ troubles }) => troubles.every(({ message }) => !message.includes("both sides")))
        )
      }))

    for (const [conflict, winner] of [["git", "git"], ["kubernetes", "cluster"]] as const) {
      it.effect(`"conflict: ${conflict}" says who wins`, () =>
        Effect.gen(function*() {
          const { bed, controller } = yield* shared({ rules: (namespace) => both(namespace, { conflict }) })
          yield* controller.process.stop
          yield* patch(bed, { a: "cluster" })
          yield* edit(bed, "a: one", "a: git")
          yield* bed.start()
          yield* isLive(bed, { a: winner })
          yield* bed.remote.has(bed.key("ConfigMap", "settings"), ({ manifest }) => manifest.data?.["a"] === winner)
        }))
    }

    it.effect("what only the cluster has comes to Git, and what goes there goes from Git", () =>
      Effect.gen(function*() {
        const { bed } = yield* shared()
        yield* bed.apply(configMap("fresh"))
        yield* bed.remote.has(bed.key("ConfigMap", "fresh"))
        yield* bed.repository.commit({
          "late.yaml":
            `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: late, namespace: ${bed.namespace}}\ndata: {a: b}\n`
        })
        yield* eventually("what is new in Git is made", live(bed, "late"), ({ a }) => a === "b")
        yield* bed.kubectl("delete", "configmap", "fresh")
        yield* bed.remote.lacks(bed.key("ConfigMap", "fresh"))
      }))

    it.effect(
      "what goes from Git goes from the cluster, unless it was changed there, and that is said",
      () =>
        Effect.gen(function*() {
          const { bed, controller } = yield* shared()
          const late = (name: string) =>
            `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${bed.namespace}}\ndata: {a: one}\n`
          yield* bed.repository.commit({ "late.yaml": late("late"), "keep.yaml": late("keep") })
          yield* eventually("what is new in Git is made", live(bed, "late"), ({ a }) => a === "one")
          yield* controller.until("all is in step", ({ settled, total }) => settled && total.pending === 0)
          yield* controller.process.stop
          yield* patch(bed, { a: "changed" })
          yield* bed.repository.commit({ "settings.yaml": null, "late.yaml": null })
          const again = yield* bed.start()
          const names = bed.kubectl("get", "configmaps", "-o", "name")
          yield* eventually("it goes", names, (all) => !all.includes("configmap/late"), { within: 30_000 })
          yield* tells(again, /its manifest is gone from Git, and it was changed/)
          assert.strictEqual((yield* live(bed))["a"], "changed")
        }),
      60_000
    )
  }
)
