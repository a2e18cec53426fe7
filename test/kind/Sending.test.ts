// When nothing may be sent although it is due.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Queue, Stream } from "effect"
import { ManifestReader } from "../../src/git/ManifestReader.ts"
import * as Applying from "../../src/kind/Applying.ts"
import { Coordination } from "../../src/kind/Coordination.ts"
import * as Folding from "../../src/kind/Folding.ts"
import type { KindMessage } from "../../src/kind/KindMessage.ts"
import * as KindState from "../../src/kind/KindState.ts"
import { lastStage, type Stage } from "../../src/kind/Stage.ts"
import type { KubernetesObject } from "../../src/kubernetes/KubernetesObject.ts"
import { Schemas } from "../../src/kubernetes/schemas/Schemas.ts"
import { Writer } from "../../src/kubernetes/Writer.ts"
import { unknown } from "../../src/manifest/FieldType.ts"
import { ref, round, spec } from "./samples.ts"

const id = "shop/web"
const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", namespace: "shop" } }
const answer = { metadata: { name: "web", uid: "u1", resourceVersion: "1" } } as unknown as KubernetesObject

const world = Layer.mergeAll(
  Layer.mock(Coordination, {}),
  Layer.succeed(ManifestReader, { read: () => Effect.succeed(manifest), placeOf: () => Effect.succeed(undefined) }),
  Layer.succeed(Schemas, { typeOf: () => Effect.succeed(unknown), changes: Stream.never }),
  Layer.mock(Writer, { fieldManager: "us", apply: () => Effect.succeed(answer) })
)

/** Asks twice to send what is due: as it stands, and once it may be. Answers what was under way each time. */
const sending = (hinder: (state: KindState.KindState) => void, free: (state: KindState.KindState) => void) =>
  Effect.gen(function*() {
    const state = KindState.make(spec)
    state.watch = { _tag: "Live" }
    Folding.onRound(state, round(1, [ref("web", "d1")]), 0)
    Folding.onEnrolled(state, [id], true, 0)
    hinder(state)
    const mail = yield* Queue.unbounded<KindMessage>()
    const { startDue } = yield* Applying.make(
      state,
      { fieldManager: "us", applySet: "set" },
      (message) => Queue.offer(mail, message)
    )
    yield* startDue(0)
    const before = state.inFlight.size
    free(state)
    yield* startDue(0)
    const message = yield* Queue.take(mail)
    assert.strictEqual(message._tag, "Finished")
    return before
  }).pipe(Effect.scoped, Effect.provide(world))

describe("what is due is not sent", () => {
  it.effect("before the record holds it", () =>
    Effect.gen(function*() {
      const hinder = (state: KindState.KindState) => state.unenrolled.add(id)
      const free = (state: KindState.KindState) => Folding.onEnrolled(state, [id], true, 0)
      assert.strictEqual(yield* sending(hinder, free), 0)
    }))

  it.effect("before its stage is open", () =>
    Effect.gen(function*() {
      const to = (openStage: Stage | undefined) => (state: KindState.KindState) =>
        Folding.onRound(state, round(1, state.refs, { openStage }), 0)
      const free = (state: KindState.KindState) => {
        to(lastStage)(state)
        Folding.onEnrolled(state, [id], true, 0)
      }
      assert.strictEqual(yield* sending(to(undefined), free), 0)
      assert.strictEqual(yield* sending(to(0), free), 0)
    }))

  it.effect("before the list is complete: the object may be there", () =>
    Effect.gen(function*() {
      const free = (state: KindState.KindState) => Folding.onListed(state, 0)
      assert.strictEqual(yield* sending(Folding.onListing, free), 0)
    }))
})
