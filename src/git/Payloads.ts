/** The bodies of manifests: those parsed lately as text, within a bound, and the objects to read the others from. */
import { Context, Effect, Layer, Ref } from "effect"
import { emptyStore, type ObjectSource } from "./objects/ObjectStore.ts"
import { makeRecentlyUsed } from "./RecentlyUsed.ts"

/** In bytes. */
const limit = 8 * 1024 * 1024

export class Payloads extends Context.Service<Payloads, {
  /** The JSON texts of a blob's manifests, in order. */
  readonly get: (blob: string) => ReadonlyArray<string> | undefined
  readonly put: (blob: string, payloads: ReadonlyArray<string>) => void
  /** Objects of the tip, and for a while of those before it. */
  readonly objects: Ref.Ref<ObjectSource>
}>()("gitops/git/Payloads") {
  static readonly layer = Layer.effect(
    Payloads,
    Effect.gen(function*() {
      const objects = yield* Ref.make<ObjectSource>(emptyStore())
      const { get, put } = makeRecentlyUsed<string, ReadonlyArray<string>>({
        limit,
        largest: limit / 8,
        sizeOf: (payloads) => payloads.reduce((sum, payload) => sum + payload.length, 64)
      })
      return { objects, get, put }
    })
  )
}
