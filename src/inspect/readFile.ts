/** Reads the manifests of one file, whatever its name, or of stdin. */
import { Effect, FileSystem, Stdio, Stream } from "effect"
import { formatPlace, type ManifestRef } from "../manifest/Manifest.ts"
import { parseManifestFile } from "../manifest/ManifestFile.ts"
import { emptyIndex, type ManifestIndex } from "../manifest/ManifestIndex.ts"
import { kindId } from "../manifest/ObjectKey.ts"
import { looseManifests } from "./Manifests.ts"
import { SourceUnreadable } from "./SourceUnreadable.ts"

const stdin = Effect.gen(function*() {
  const stdio = yield* Stdio.Stdio
  const chunks = yield* Stream.runCollect(stdio.stdin)
  return Buffer.concat(chunks)
})

const bytesOf = Effect.fnUntraced(
  function*(path: string) {
    if (path === "-") return yield* stdin
    const files = yield* FileSystem.FileSystem
    return yield* files.readFile(path)
  },
  (effect, path) =>
    Effect.mapError(effect, ({ reason }) => {
      const why = reason._tag === "NotFound"
        ? "there is no such file; name a file with manifests, or - for stdin"
        : `it can't be read (${reason._tag})`
      return new SourceUnreadable({ message: `${path}: ${why}` })
    })
)

const indexOf = (refs: ReadonlyArray<ManifestRef>): ManifestIndex => ({
  ...emptyIndex(""),
  kinds: Map.groupBy(refs, ({ manifest }) => kindId(manifest)),
  files: 1
})

/** What is wrong with the file is a failure: somebody asked about just this one. */
export const readFile = Effect.fnUntraced(function*(given: string) {
  const path = given === "-" ? "stdin" : given
  const bytes = yield* bytesOf(given)
  const { manifests, payloads, problems } = parseManifestFile(bytes)
  if (problems.length > 0) {
    const lines = problems.map((problem) => `${formatPlace({ path, ...problem })}: ${problem.message}`)
    return yield* new SourceUnreadable({ message: lines.join("\n") })
  }
  if (manifests.length === 0)
    return yield* new SourceUnreadable({ message: `${path}: there is no manifest in it; name a file that has some` })
  const refs = manifests.map((manifest): ManifestRef => ({ manifest, path, blob: path }))
  return looseManifests({
    origin: path,
    index: indexOf(refs),
    texts: new Map([[path, payloads]]),
    bytesOf: () => Effect.succeed(bytes)
  })
})
