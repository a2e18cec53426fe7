/** What somebody who only looks has read: manifests with their index, and where they come from. */
import { Effect } from "effect"
import { ManifestUnreadable } from "../git/ManifestReader.ts"
import type { Tip } from "../git/Tip.ts"
import { decodeObject } from "../manifest/JsonText.ts"
import { formatPlace, type JsonObject, type ManifestRef } from "../manifest/Manifest.ts"
import type { ManifestIndex } from "../manifest/ManifestIndex.ts"

export interface Manifests {
  /** For people. */
  readonly origin: string
  readonly tip: Tip
  readonly read: (ref: ManifestRef) => Effect.Effect<JsonObject, ManifestUnreadable>
}

/** By blob, the JSON text of each manifest. */
export type Texts = ReadonlyMap<string, ReadonlyArray<string>>

/** Manifests of anything but a repository. */
export const looseManifests = (origin: string, index: ManifestIndex, texts: Texts): Manifests => ({
  origin,
  tip: { commit: undefined, tree: undefined, branch: "", subject: "", index, rewrittenFrom: undefined },
  read: ({ blob, manifest, path }) => {
    const text = texts.get(blob)?.[manifest.position]
    const place = formatPlace({ path, line: manifest.line })
    return text === undefined
      ? Effect.fail(new ManifestUnreadable({ place, reason: "it was not among what was read" }))
      : Effect.succeed(decodeObject(text))
  }
})
