// What changes while something decided earlier is on its way: it must not be written any more.
import { assert, layer } from "@effect/vitest"
import { Cause, Effect, Exit, Option, Queue } from "effect"
import { Result } from "effect"
import { ManifestReader } from "../../src/git/ManifestReader.ts"
import * as Applying from "../../src/kind/Applying.ts"
import { Coordination } from "../../src/kind/Coordination.ts"
import * as Folding from "../../src/kind/Folding.ts"
import type { KindMessage } from "../../src/kind/KindMessage.ts"
import * as KindState from "../../src/kind/KindState.ts"
import { observe } from "../../src/kind/Observation.ts"
import type { KubernetesObject } from "../../src/kubernetes/KubernetesObject.ts"
import { decodeObject } from "../../src/manifest/JsonText.ts"
import type { JsonObject } from "../../src/manifest/Manifest.ts"
import type { Rule } from "../../src/rules/Ruleset.ts"
import { parse } from "../../src/rules/SelectorSyntax.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { bring, found, inNamespace, jobFor, look, observer, specOf } from "./applying.ts"
import { coordinating } from "./coordinating.ts"
import { configMap, kubectl, whole } from "./opponents.ts"
import { round, rule } from "./samples.ts"

const coordination = coordinating({})

const kept: Rule = rule({ labels: Result.getOrThrow(parse("keep=mine")), syncTo: "ignore" })
const rules = [kept, rule({ index: 1 })]

/** Starts what is due for this manifest; `meanwhile` happens after it was decided and before anything is written. */
const startWith = Effect.fnUntraced(function*(
  manifest: JsonObject,
  meanwhile: (see: (live: KubernetesObject) => void) => Effect.Effect<unknown, unknown>
) {
  const state = KindState.make(specOf(manifest))
  const { id, ref } = yield* jobFor(manifest, whole)
  state.watch = { _tag: "Live" }
  Folding.onRound(state, round(1, [ref], { ruleset: { number: 1, rules } }), 0)
  Folding.onEnrolled(state, [id], true, 0)
  const see = (live: KubernetesObject) => {
    Folding.onSeen(state, id, observe(state.spec.kind, live, observer), 0)
  }
  see(yield* found(manifest))
  const mail = yield* Queue.unbounded<KindMessage>()
  const reading = ManifestReader.of({
    read: ({ blob }) => Effect.as(Effect.orDie(meanwhile(see)), decodeObject(blob)),
    placeOf: () => Effect.succeed(undefined)
  })
  const applying = yield* Applying.make(state, observer, (message) => Queue.offer(mail, message)).pipe(
    Effect.provideService(Coordination, coordination),
    Effect.provideService(ManifestReader, reading)
  )
  assert.isTrue(state.due.has(id))
  yield* applying.startDue(0)
  const message = yield* Queue.take(mail)
  assert.strictEqual(message._tag, "Finished")
  if (message._tag !== "Finished") return "nothing"
  return Exit.isSuccess(message.exit)
    ? message.exit.value.outcome
    : Option.getOrUndefined(Cause.findErrorOption(message.exit.cause))?._tag
}, Effect.scoped)

layer(sharedControlPlane, { timeout: 300_000, excludeTestServices: true })("what is on its way", (it) => {
  it.effect("is dropped when a label takes the object away from Git in the meantime", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const context = yield* Effect.context<never>()
        const manifest = configMap(namespace, { a: "1" })
        yield* kubectl(["create", "-f", "-"], configMap(namespace, { a: "theirs" }))
        const live = yield* found(manifest)
        const meanwhile = (labels: Record<string, string>) => (see: (live: KubernetesObject) => void) =>
          Effect.provide(Effect.sync(() => see({ ...live, metadata: { ...live.metadata, labels } })), context)
        assert.strictEqual(yield* startWith(manifest, meanwhile({ keep: "mine" })), "Outdated")
        assert.deepStrictEqual((yield* found(manifest))["data"], { a: "theirs" })
        assert.strictEqual(yield* startWith(manifest, meanwhile({ keep: "yours" })), "configured")
      })
    ))

  it.effect("is dropped when an annotation pauses the object in the meantime", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        const manifest = configMap(namespace, { a: "1" })
        yield* kubectl(["create", "-f", "-"], configMap(namespace, { a: "theirs" }))
        const live = yield* found(manifest)
        const annotations = { "gitops-controller/sync": "paused" }
        const paused = (see: (live: KubernetesObject) => void) =>
          Effect.sync(() => see({ ...live, metadata: { ...live.metadata, annotations } }))
        assert.strictEqual(yield* startWith(manifest, paused), "Outdated")
        assert.deepStrictEqual((yield* found(manifest))["data"], { a: "theirs" })
        assert.strictEqual(yield* startWith(manifest, () => Effect.void), "configured")
      })
    ))

  it.effect("is dropped when the rules change while it waits for its turn", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        let isMeant = true
        const isCurrent = Effect.sync(() => isMeant)
        const named = (index: number) => {
          const { metadata, ...rest } = configMap(namespace, { a: "1" })
          return { ...rest, metadata: { ...metadata as JsonObject, name: `settings-${index}` } }
        }
        const manifests = Array.from({ length: 60 }, (_, index) => named(index))
        const outcomes = yield* Effect.forEach(
          manifests,
          (manifest) =>
            bring(manifest, whole, { seen: undefined, isCurrent }).pipe(
              Effect.tap(() => Effect.sync(() => isMeant = false)),
              Effect.match({ onSuccess: ({ outcome }) => String(outcome), onFailure: ({ _tag }) => String(_tag) })
            ),
          { concurrency: "unbounded" }
        )
        const made = outcomes.filter((outcome) => outcome === "created").length
        const dropped = outcomes.filter((outcome) => outcome === "Outdated").length
        assert.strictEqual(made + dropped, 60)
        assert.isAbove(made, 0)
        assert.isAtMost(made, 8, "no more than were sent already")
        const there = yield* Effect.forEach(manifests, look, { concurrency: 4 })
        assert.strictEqual(there.filter((one) => one !== undefined).length, made)
      })
    ))
})
