import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as Progress from "../../src/coordination/Progress.ts"
import { ManifestReader } from "../../src/git/ManifestReader.ts"
import { Coordination } from "../../src/kind/Coordination.ts"
import * as KindActor from "../../src/kind/KindActor.ts"
import type { KindReport } from "../../src/kind/KindReport.ts"
import type { KindSpec } from "../../src/kind/KindSpec.ts"
import { Events } from "../../src/kubernetes/Events.ts"
import type { KubernetesObject } from "../../src/kubernetes/KubernetesObject.ts"
import { Landscape } from "../../src/kubernetes/Landscape.ts"
import { Reflector } from "../../src/kubernetes/Reflector.ts"
import type { ReflectorEvent } from "../../src/kubernetes/ReflectorState.ts"
import { Schemas } from "../../src/kubernetes/schemas/Schemas.ts"
import { Writer } from "../../src/kubernetes/Writer.ts"
import { unknown } from "../../src/manifest/FieldType.ts"
import { coordinating, nothingToGit } from "./coordinating.ts"
import { ref, round, spec } from "./samples.ts"

const group = "apiextensions.k8s.io"
const kind = `CustomResourceDefinition.${group}`
const name = "widgets.example.com"
const definitions: KindSpec = {
  ...spec,
  kind: {
    ...spec.kind,
    group,
    kind: "CustomResourceDefinition",
    plural: "customresourcedefinitions",
    namespaced: false
  }
}
const { manifest } = ref(name, "d1")
const definition = {
  path: "crd.yaml",
  blob: "d1",
  manifest: { ...manifest, group, kind: "CustomResourceDefinition", namespace: undefined }
}

/** As the API server shows it after our apply. */
const shown = (version: string, established: "True" | "False"): ReflectorEvent => ({
  _tag: "Applied",
  object: {
    metadata: {
      name,
      uid: "u1",
      resourceVersion: version,
      managedFields: [{ manager: "us", operation: "Apply", fieldsV1: { "f:spec": {} } }]
    },
    spec: {},
    status: { conditions: [{ type: "Established", status: established }] }
  } as unknown as KubernetesObject
})

/** The actor of definitions, with one to apply; what it tells, and what its watch shows. */
const start = Effect.gen(function*() {
  const watched = yield* Queue.unbounded<ReflectorEvent>()
  const told = yield* Queue.unbounded<KindReport>()
  const { tip, ...rest } = round(1, [])
  const first = { ...rest, tip: { ...tip, index: { ...tip.index, kinds: new Map([[kind, [definition]]]) } } }
  const world = Layer.mergeAll(
    Layer.succeed(
      Coordination,
      coordinating({
        rounds: Stream.concat(Stream.succeed(first), Stream.never),
        report: (report) => Effect.asVoid(Queue.offer(told, report))
      })
    ),
    nothingToGit,
    Layer.succeed(Landscape, {
      changes: Stream.never,
      namespaces: Stream.never,
      namespacesAppeared: Stream.never,
      namespacesVanished: Stream.never,
      definitions: Stream.never
    }),
    Layer.succeed(Reflector, { reflect: () => Stream.fromQueue(watched), relist: Effect.void }),
    Layer.succeed(ManifestReader, {
      read: () => Effect.succeed({ apiVersion: `${group}/v1`, kind: "CustomResourceDefinition", metadata: { name } }),
      placeOf: () => Effect.succeed(undefined)
    }),
    Layer.succeed(Events, { publish: () => Effect.void }),
    Layer.succeed(Schemas, { typeOf: () => Effect.succeed(unknown), changes: Stream.never }),
    Layer.mock(Writer, {
      fieldManager: "us",
      apply: () =>
        Effect.succeed({ metadata: { name, uid: "u1", resourceVersion: "1" } } as unknown as KubernetesObject)
    })
  )
  yield* KindActor.run(definitions, { fieldManager: "us", applySet: "set" }).pipe(
    Effect.provide(world),
    Effect.forkScoped
  )
  /** The first report from now on that is as wanted. */
  const until = Effect.fnUntraced(function*(wanted: (report: KindReport) => boolean) {
    while (true) {
      const report = yield* Queue.take(told)
      if (wanted(report)) return report
    }
  })
  yield* Queue.offerAll(watched, [{ _tag: "Listing" }, { _tag: "Synced" }])
  yield* until(({ rules, watch }) => watch._tag === "Live" && rules[0]?.pending === 1)
  yield* Queue.offer(watched, shown("1", "False"))
  return { until, watched }
})

/** The stage that is open when definitions stand like this and ConfigMaps wait for their turn. */
const openStage = (report: KindReport) =>
  Progress.openStage(Progress.reported(Progress.expecting(Progress.none, 1, new Set([kind, "ConfigMap"])), report), 1)

describe("a definition that the API server neither establishes nor refuses", () => {
  it.effect("holds up later stages for 30 s, and is named as waiting all the time", () =>
    Effect.gen(function*() {
      const { until, watched } = yield* start
      const fresh = yield* until(({ troubleCount }) => troubleCount === 1)
      assert.strictEqual(openStage(fresh), 0)
      assert.deepStrictEqual(fresh.troubles, [{
        object: name,
        state: "waiting",
        place: "crd.yaml:1",
        message:
          `applied, but the API server has not established it yet; what needs it is applied as soon as it has. If this lasts, look at its conditions: kubectl describe crd ${name}`
      }])
      yield* TestClock.adjust("29 seconds")
      yield* Queue.offer(watched, shown("2", "False"))
      assert.strictEqual(openStage(yield* until(() => true)), 0, "another event changes nothing")
      yield* TestClock.adjust("1 seconds")
      const overdue = yield* until(({ busy }) => !busy)
      assert.strictEqual(openStage(overdue), 6)
      assert.deepStrictEqual(overdue.troubles, fresh.troubles)
      yield* Queue.offer(watched, shown("3", "True"))
      const established = yield* until(({ troubleCount }) => troubleCount === 0)
      assert.strictEqual(established.rules[0]?.inStep, 1)
    }))
})
