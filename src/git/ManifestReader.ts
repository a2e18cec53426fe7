/** Gives the body of a manifest: from memory if it was parsed lately, else from its blob again. */
import { Context, Effect, Layer, Option, Ref, Schema, Stream } from "effect"
import { decodeObject } from "../manifest/JsonText.ts"
import { formatPlace, type JsonObject, type ManifestRef } from "../manifest/Manifest.ts"
import { ParserPool } from "../manifest/ParserPool.ts"
import type { ParserUnavailable } from "../manifest/ParserThread.ts"
import { placeOfField } from "../manifest/Position.ts"
import type { TextPlace } from "../manifest/TextPlaces.ts"
import * as ObjectStore from "./objects/ObjectStore.ts"
import { Payloads } from "./Payloads.ts"

/** The manifest can't be read any more: the tip has moved on, and with it what the manifest stood in. */
export class ManifestUnreadable extends Schema.TaggedError<ManifestUnreadable>()("ManifestUnreadable", {
  place: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.place} can't be read from its commit any more (${this.reason}); it is read again with the next tip`
  }
}

/** The text is our own encoding of a map. */
const reasonOf = (fault: ObjectStore.ReadFault | ParserUnavailable): string => {
  switch (fault._tag) {
    case "Missing":
      return "its blob is gone"
    case "Damaged":
      return fault.reason
    case "ParserUnavailable":
      return fault.message
  }
}

export class ManifestReader extends Context.Service<ManifestReader, {
  /** As the API server takes it. */
  readonly read: (ref: ManifestRef) => Effect.Effect<JsonObject, ManifestUnreadable>
  /** Where in its file a field stands that the API server speaks of, or the nearest thing around it; `undefined` when the blob is gone. */
  readonly placeOf: (ref: ManifestRef, field: string) => Effect.Effect<TextPlace | undefined>
}>()("gitops/git/ManifestReader") {
  static readonly layer = Layer.effect(
    ManifestReader,
    Effect.gen(function*() {
      const parser = yield* ParserPool
      const payloads = yield* Payloads

      const again = Effect.fnUntraced(function*({ blob, manifest, path }: ManifestRef) {
        const place = formatPlace({ path, line: manifest.line })
        const source = yield* Ref.get(payloads.objects)
        const file = yield* parser.parse([{ blob, path }], (blob) => ObjectStore.read(source, blob, "blob")).pipe(
          Stream.runHead,
          Effect.mapError((fault) => new ManifestUnreadable({ place, reason: reasonOf(fault) }))
        )
        const texts = Option.match(file, { onNone: () => [], onSome: (file) => file.payloads })
        payloads.put(blob, texts)
        return texts
      })

      return {
        placeOf: Effect.fnUntraced(function*({ blob, manifest }, field) {
          const source = yield* Ref.get(payloads.objects)
          const bytes = yield* Effect.option(ObjectStore.read(source, blob, "blob"))
          return Option.isNone(bytes) ? undefined : placeOfField(bytes.value, manifest.position, field)
        }),
        read: Effect.fnUntraced(function*(ref) {
          const texts = payloads.get(ref.blob) ?? (yield* again(ref))
          const text = texts[ref.manifest.position]
          if (text !== undefined) return decodeObject(text)
          const place = formatPlace({ path: ref.path, line: ref.manifest.line })
          return yield* new ManifestUnreadable({ place, reason: "its file holds fewer manifests" })
        })
      }
    })
  )
}
