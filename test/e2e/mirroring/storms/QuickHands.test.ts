// Who changes something again before the controller has seen its own last step come back: nothing of that is taken for
// somebody else's work.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../../../cluster/SharedControlPlane.ts"
import { eventually } from "../../../process/Eventually.ts"
import type { Controller } from "../../Controller.ts"
import { configMap, haveMet, type Mirroring, mirroring } from "../mirroring.ts"

const names = Array.from({ length: 30 }, (_, index) => `c${index}`)
const quick = { within: 40_000, every: 10 }

/** One more stays: that all of a kind goes is another matter. */
const applied = (bed: Mirroring, value: string) =>
  bed.apply(configMap("stays", { other: "x" }), ...names.map((name) => configMap(name, { value })))

const file = (namespace: string, value: string) =>
  names.map((name) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${namespace}}\ndata: {value: ${value}}\n`
  ).join("---\n")

const values = (bed: Mirroring) =>
  Effect.map(bed.kubectl("get", "configmaps", "-o", "jsonpath={.items[*].data.value}"), (text) => text.split(" "))

const inGit = (bed: Mirroring) =>
  Effect.map(
    bed.remote.documents,
    (documents) => [...documents.values()].flatMap(({ manifest }) => manifest.data?.["value"] ?? [])
  )

const all = (value: string) => (found: ReadonlyArray<string>) =>
  found.filter((one) => one === value).length === names.length

/** The troubles are for who reads why not. */
const areGone = (bed: Mirroring, { status }: Controller) =>
  eventually(
    "Git has lost them",
    Effect.all({
      found: inGit(bed),
      troubles: Effect.map(status, ({ kinds }) => kinds.flatMap(({ troubles }) => troubles))
    }),
    ({ found }) => found.length === 0,
    { ...quick, every: 200 }
  )

const shared = (bed: Mirroring) =>
  Effect.gen(function*() {
    const controller = yield* bed.start()
    yield* haveMet(bed)
    yield* bed.repository.commit({ "all.yaml": file(bed.namespace, "zero") })
    yield* eventually("the cluster has them", values(bed), all("zero"), quick)
    yield* controller.until("both are the same", ({ settled, total }) => settled && total.inStep >= names.length)
    return controller
  })

const bothRules = (namespace: string) => [{ resources: ["configmaps"], namespaces: [namespace], syncTo: "both" }]

const bothOnes = mirroring({ rules: bothRules })

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("with quick hands", (it) => {
  it.effect("what is deleted as soon as its change is in Git goes from Git", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring({ config: { deletions: { max: 1000, percent: 100 } } })
      const controller = yield* bed.start()
      yield* applied(bed, "zero")
      yield* eventually("Git has them", inGit(bed), all("zero"), quick)
      yield* controller.until("all is settled", ({ settled, total }) => settled && total.inStep >= names.length)
      yield* applied(bed, "one")
      yield* eventually("Git has the change", inGit(bed), (found) => found.includes("one"), quick)
      yield* bed.kubectl("delete", "configmap", ...names)
      yield* areGone(bed, controller)
    }), 120_000)

  it.effect("what the cluster changes again as soon as it is in Git is no conflict", () =>
    Effect.gen(function*() {
      const bed = yield* bothOnes
      yield* shared(bed)
      for (const [value, before] of [["one", "zero"], ["two", "one"], ["three", "two"]] as const) {
        yield* eventually(`Git has ${before}`, inGit(bed), (found) => found.includes(before), quick)
        yield* applied(bed, value)
      }
      yield* eventually("Git has the last", inGit(bed), all("three"), quick)
      assert.isTrue(all("three")(yield* values(bed)))
    }), 120_000)

  it.effect(
    "what the cluster makes and changes as soon as it is in Git is no conflict, and goes when it is deleted",
    () =>
      Effect.gen(function*() {
        const bed = yield* mirroring({
          rules: bothRules,
          config: { deletions: { max: 1000, percent: 100 } }
        })
        const controller = yield* bed.start()
        yield* applied(bed, "zero")
        yield* eventually("Git has zero", inGit(bed), (found) => found.includes("zero"), quick)
        yield* applied(bed, "one")
        yield* eventually("Git has one", inGit(bed), all("one"), quick)
        yield* bed.kubectl("delete", "configmap", ...names)
        yield* areGone(bed, controller)
      }),
    120_000
  )

  it.effect("what Git changes again as soon as it is in the cluster is no conflict", () =>
    Effect.gen(function*() {
      const bed = yield* bothOnes
      yield* shared(bed)
      for (const [value, before] of [["one", "zero"], ["two", "one"], ["three", "two"]] as const) {
        yield* eventually(`the cluster has ${before}`, values(bed), (found) => found.includes(before), quick)
        yield* bed.repository.commit({ "all.yaml": file(bed.namespace, value) })
      }
      yield* eventually("the cluster has the last", values(bed), all("three"), quick)
      assert.isTrue(all("three")(yield* inGit(bed)))
    }), 120_000)

  it.effect(
    "what the cluster changes after Git did, as soon as that is applied, is no conflict, nor the other way round",
    () =>
      Effect.gen(function*() {
        const bed = yield* bothOnes
        yield* shared(bed)
        yield* bed.repository.commit({ "all.yaml": file(bed.namespace, "one") })
        yield* eventually("the cluster has one", values(bed), all("one"), quick)
        yield* applied(bed, "two")
        yield* eventually("Git has two", inGit(bed), all("two"), quick)
        yield* bed.repository.commit({ "all.yaml": file(bed.namespace, "three") })
        yield* eventually("the cluster has three", values(bed), all("three"), quick)
        yield* applied(bed, "four")
        yield* eventually("Git has four", inGit(bed), all("four"), quick)
      }),
    120_000
  )
})
