/** Brings an index to where a branch moved: reads and parses what it wants to know, and keeps the bodies for the kinds that will ask at once. */
import { Effect, Stream } from "effect"
import { updateInSteps, wantedInSteps } from "../manifest/IndexSteps.ts"
import type { FileChange, ManifestIndex } from "../manifest/ManifestIndex.ts"
import type { ParsedFile } from "../manifest/ParsedFile.ts"
import { ParserPool } from "../manifest/ParserPool.ts"
import * as ObjectStore from "./objects/ObjectStore.ts"
import { Payloads } from "./Payloads.ts"

export const indexChanges = Effect.fn("indexChanges")(
  function*(index: ManifestIndex, changes: ReadonlyArray<FileChange>, source: ObjectStore.ObjectSource) {
    if (changes.length === 0) return index
    const parser = yield* ParserPool
    const payloads = yield* Payloads
    const files = new Map<string, ParsedFile>()
    yield* parser.parse(yield* wantedInSteps(index, changes), (blob) => ObjectStore.read(source, blob, "blob")).pipe(
      Stream.runForEach(({ blob, parsed, payloads: texts }) =>
        Effect.sync(() => {
          files.set(blob, parsed)
          payloads.put(blob, texts)
        })
      )
    )
    return yield* updateInSteps(index, changes, (blob) => files.get(blob))
  }
)
