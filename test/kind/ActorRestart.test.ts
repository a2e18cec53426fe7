// An actor that is started again in the middle of a term, as when its watch was refused for a while or its kind is watched in another version.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Queue, Stream } from "effect"
import { ManifestReader } from "../../src/git/ManifestReader.ts"
import { Coordination } from "../../src/kind/Coordination.ts"
import * as KindActor from "../../src/kind/KindActor.ts"
import { Events } from "../../src/kubernetes/Events.ts"
import type { KubernetesObject } from "../../src/kubernetes/KubernetesObject.ts"
import { Landscape } from "../../src/kubernetes/Landscape.ts"
import { Reflector } from "../../src/kubernetes/Reflector.ts"
import type { ReflectorEvent } from "../../src/kubernetes/ReflectorState.ts"
import { Schemas } from "../../src/kubernetes/schemas/Schemas.ts"
import { Writer } from "../../src/kubernetes/Writer.ts"
import { unknown } from "../../src/manifest/FieldType.ts"
import { coordinating, nothingToGit } from "./coordinating.ts"
import { filters, round, rule, spec } from "./samples.ts"

const named = (name: string) =>
  ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name,
      namespace: "shop",
      uid: name,
      resourceVersion: "1",
      managedFields: [{ manager: "us", operation: "Apply", apiVersion: "v1", fieldsV1: { "f:data": { "f:a": {} } } }]
    },
    data: { a: "1" }
  }) as unknown as KubernetesObject

describe("an actor that is started again in the middle of a term", () => {
  it.live("lets go of what the record holds since this term began, and of nothing it doesn't hold", () =>
    Effect.scoped(Effect.gen(function*() {
      const watched = yield* Queue.unbounded<ReflectorEvent>()
      const released = yield* Queue.unbounded<string>()
      const departed = yield* Queue.unbounded<ReadonlyArray<string>>()
      const ruleset = { number: 1, rules: [rule({ filters: filters("/data/a") })] }
      const world = Layer.mergeAll(
        Layer.succeed(
          Coordination,
          coordinating({
            rounds: Stream.concat(Stream.succeed(round(1, [], { ruleset })), Stream.never),
            inventoryKinds: Effect.succeed(new Set(["ConfigMap"])),
            recorded: () => Effect.succeed(new Set(["shop/ours"])),
            departed: (_, ids) => Effect.asVoid(Queue.offer(departed, ids))
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
        Layer.succeed(ManifestReader, { read: () => Effect.succeed({}), placeOf: () => Effect.succeed(undefined) }),
        Layer.succeed(Events, { publish: () => Effect.void }),
        Layer.succeed(Schemas, { typeOf: () => Effect.succeed(unknown), changes: Stream.never }),
        Layer.mock(Writer, {
          fieldManager: "us",
          get: ({ name }) => Effect.succeed(named(name)),
          jsonPatch: ({ name }, body) => {
            const { metadata } = named(name)
            const managedFields = JSON.parse(body).find(({ path }: { path: string }) => path.endsWith("managedFields"))
            const after = { metadata: { ...metadata, resourceVersion: "2", managedFields: managedFields.value } }
            return Effect.as(Queue.offer(released, name), after as unknown as KubernetesObject)
          }
        })
      )
      yield* KindActor.run(spec, { fieldManager: "us", applySet: "set" }).pipe(
        Effect.provide(world),
        Effect.forkScoped
      )
      const { managedFields: _, ...bare } = named("ours").metadata
      yield* Queue.offerAll(watched, [
        { _tag: "Listing" },
        { _tag: "Applied", object: named("theirs") },
        { _tag: "Applied", object: named("ours") },
        { _tag: "Synced" }
      ])
      assert.strictEqual(yield* Effect.timeout(Queue.take(released), 5000), "ours")
      yield* Queue.offer(watched, {
        _tag: "Applied",
        object: { metadata: { ...bare, resourceVersion: "2" } } as unknown as KubernetesObject
      })
      assert.deepStrictEqual(yield* Effect.timeout(Queue.take(departed), 5000), ["shop/ours"])
      assert.strictEqual(yield* Queue.size(released), 0)
    })))
})
