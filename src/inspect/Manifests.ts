/** What somebody who only looks has read: manifests with their index, and where they come from. */
import { Effect } from "effect"
import { nobody } from "../git/ClusterName.ts"
import { writePack } from "../git/commit/PackWriter.ts"
import { ManifestUnreadable } from "../git/ManifestReader.ts"
import { emptyStore, type ObjectSource, overlay } from "../git/objects/ObjectStore.ts"
import type { Tip } from "../git/Tip.ts"
import { decodeObject } from "../manifest/JsonText.ts"
import { formatPlace, type JsonObject, type ManifestRef } from "../manifest/Manifest.ts"
import type { ManifestIndex } from "../manifest/ManifestIndex.ts"
import type { SourceUnreadable } from "./SourceUnreadable.ts"

export interface Manifests {
  /** For people. */
  readonly origin: string
  readonly tip: Tip
  readonly read: (ref: ManifestRef) => Effect.Effect<JsonObject, ManifestUnreadable>
  /** Where the files at these paths can be read from as they stand, by their names in the index. */
  readonly files: (paths: Iterable<string>) => Effect.Effect<ObjectSource, SourceUnreadable>
}

/** By blob, the JSON text of each manifest. */
export type Texts = ReadonlyMap<string, ReadonlyArray<string>>

export interface LooseManifests {
  readonly origin: string
  readonly index: ManifestIndex
  readonly texts: Texts
  /** Reads a file at a path of the index, which stands for its own content. */
  readonly bytesOf: (path: string) => Effect.Effect<Uint8Array, SourceUnreadable>
}

/** Manifests of anything but a repository. */
export const looseManifests = ({ bytesOf, index, origin, texts }: LooseManifests): Manifests => ({
  origin,
  files: (paths) =>
    Effect.forEach(new Set(paths), (path) => Effect.map(bytesOf(path), (bytes) => [path, bytes] as const)).pipe(
      Effect.flatMap((files) =>
        writePack(files.map(([name, body]) => ({ name, type: "blob", body: Buffer.from(body) })))
      ),
      Effect.map(({ indexed }) => overlay(emptyStore(), indexed))
    ),
  tip: {
    commit: undefined,
    tree: undefined,
    branch: "",
    subject: "",
    author: "",
    index,
    number: 0,
    rewrittenFrom: undefined,
    named: nobody
  },
  read: ({ blob, manifest, path }) => {
    const text = texts.get(blob)?.[manifest.position]
    const place = formatPlace({ path, line: manifest.line })
    return text === undefined
      ? Effect.fail(new ManifestUnreadable({ place, reason: "it was not among what was read" }))
      : Effect.succeed(decodeObject(text))
  }
})
