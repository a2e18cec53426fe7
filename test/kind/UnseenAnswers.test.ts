// What is decided after an answer that the watch has not shown yet, as when it broke off: what it showed last is old.
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Queue } from "effect"
import { ManifestReader } from "../../src/git/ManifestReader.ts"
import * as Answers from "../../src/kind/Answers.ts"
import * as Applying from "../../src/kind/Applying.ts"
import { Coordination } from "../../src/kind/Coordination.ts"
import * as Folding from "../../src/kind/Folding.ts"
import type { KindMessage } from "../../src/kind/KindMessage.ts"
import * as KindState from "../../src/kind/KindState.ts"
import { observe } from "../../src/kind/Observation.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { found, inNamespace, jobFor, observer, specOf } from "./applying.ts"
import { coordinating } from "./coordinating.ts"
import { configMap, kubectl, whole } from "./opponents.ts"
import { round } from "./samples.ts"

const coordination = coordinating({})

layer(sharedControlPlane, { timeout: 300_000, excludeTestServices: true })("while the watch shows nothing", (it) => {
  it.effect("a field that came with one commit and goes with the next is removed, though a client owns it too", () =>
    inNamespace((namespace) =>
      Effect.scoped(Effect.gen(function*() {
        const first = configMap(namespace, { a: "1", b: "1" })
        const second = configMap(namespace, { a: "1" })
        yield* kubectl(["create", "-f", "-"], first)
        const state = KindState.make(specOf(first))
        const { id, ref } = yield* jobFor(first, whole)
        const { ref: later } = yield* jobFor(second, whole)
        state.watch = { _tag: "Live" }
        Folding.onRound(state, round(1, [ref]), 0)
        Folding.onEnrolled(state, [id], true, 0)
        Folding.onSeen(state, id, observe(state.spec.kind, yield* found(first), observer), 0)
        const mail = yield* Queue.unbounded<KindMessage>()
        const reader = yield* ManifestReader
        const applying = yield* Applying.make(state, observer, (message) => Queue.offer(mail, message)).pipe(
          Effect.provideService(Coordination, coordination)
        )
        const onAnswer = yield* Answers.make(state, () => Effect.void).pipe(
          Effect.provideService(ManifestReader, reader)
        )
        const turn = Effect.gen(function*() {
          yield* applying.startDue(0)
          const message = yield* Queue.take(mail)
          if (message._tag !== "Finished") return assert.fail(message._tag)
          assert.isTrue(Exit.isSuccess(message.exit))
          yield* onAnswer(message, 0)
        })
        yield* turn
        const changed = { ...later, manifest: { ...later.manifest, digest: "second" } }
        Folding.onRound(state, round(2, [changed]), 0)
        yield* turn
        assert.deepStrictEqual((yield* found(first))["data"], { a: "1" })
      }))
    ))
})
