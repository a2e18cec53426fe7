/** The bodies of manifests: those parsed lately as text, within a bound, and the objects to read the others from. */
import { Context, Effect, Layer, Ref } from "effect"
import { emptyStore, type ObjectSource } from "./objects/ObjectStore.ts"

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
      const kept = new Map<string, ReadonlyArray<string>>()
      let bytes = 0
      const sizeOf = (payloads: ReadonlyArray<string>) => payloads.reduce((sum, payload) => sum + payload.length, 64)
      return {
        objects,
        get: (blob) => kept.get(blob),
        put: (blob, payloads) => {
          const size = sizeOf(payloads)
          if (kept.has(blob) || size > limit / 8) return
          kept.set(blob, payloads)
          bytes += size
          for (const [oldest, its] of kept) {
            if (bytes <= limit) return
            kept.delete(oldest)
            bytes -= sizeOf(its)
          }
        }
      }
    })
  )
}
