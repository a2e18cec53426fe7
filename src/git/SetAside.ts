/**
 * What manifests the files describe that are passed over because kustomize, Helm or another controller governs them: an object that one of them
 * describes is not known to be gone from Git.
 */
import { Context, Effect, Layer, Ref, Schema, Stream } from "effect"
import { fileAt, filesBelow } from "../manifest/FileTree.ts"
import { type IndexedFiles, isClaimed } from "../manifest/IndexedFiles.ts"
import type { ManifestIndex, WantedBlob } from "../manifest/ManifestIndex.ts"
import { type KindId, kindId } from "../manifest/ObjectKey.ts"
import { ParserPool } from "../manifest/ParserPool.ts"
import * as ObjectStore from "./objects/ObjectStore.ts"
import { Payloads } from "./Payloads.ts"

/** A file that is passed over can't be read, so nobody knows what it describes. */
export class SetAsideUnreadable extends Schema.TaggedError<SetAsideUnreadable>()("SetAsideUnreadable", {
  reason: Schema.String
}) {
  override get message(): string {
    return `The files that are passed over can't be read (${this.reason}); they are read again with the next tip.`
  }
}

/** Paths of such files, by kind and name of what they describe; their namespaces are for kustomize or Helm to say. */
type Described = ReadonlyMap<string, string>

const keyOf = (kind: KindId, name: string): string => `${kind} ${name}`

const passedOver = ({ territory, tree }: IndexedFiles): ReadonlyArray<WantedBlob> =>
  [...filesBelow(tree, "")].flatMap((path) => {
    const file = fileAt(tree, path)
    return file?.verdict._tag === "Read" && isClaimed(path, territory) ? [{ blob: file.blob, path }] : []
  })

const unreadable = (fault: { readonly _tag: string }) => new SetAsideUnreadable({ reason: fault._tag })

export class SetAside extends Context.Service<SetAside, {
  /** The path of such a file that describes an object of this kind and name, whatever its namespace. What an index has is read once. */
  readonly find: (
    index: ManifestIndex,
    kind: KindId,
    name: string
  ) => Effect.Effect<string | undefined, SetAsideUnreadable>
}>()("gitops/git/SetAside") {
  static readonly layer = Layer.effect(
    SetAside,
    Effect.flatMap(Payloads, ({ objects }) => makeSetAside(() => Ref.get(objects)))
  )
}

/** @param sourceOf where the files at these paths can be read from */
export const makeSetAside = Effect.fnUntraced(function*<E extends { readonly _tag: string }>(
  sourceOf: (paths: Iterable<string>) => Effect.Effect<ObjectStore.ObjectSource, E>
) {
  const parser = yield* ParserPool
  let known: { readonly files: IndexedFiles; readonly described: Described } | undefined

  const read = Effect.fnUntraced(function*(files: IndexedFiles) {
    const wanted = passedOver(files)
    const source = yield* sourceOf(wanted.map(({ path }) => path))
    const paths = new Map(wanted.map(({ blob, path }) => [blob, path]))
    const described = new Map<string, string>()
    yield* parser.parse(wanted, (blob) => ObjectStore.read(source, blob, "blob")).pipe(
      Stream.runForEach(({ blob, parsed }) =>
        Effect.sync(() => {
          for (const manifest of parsed.manifests)
            described.set(keyOf(kindId(manifest), manifest.name), paths.get(blob) ?? "")
        })
      )
    )
    return described
  })

  return SetAside.of({
    find: Effect.fnUntraced(function*({ indexed }, kind, name) {
      if (indexed.territory.size === 0) return undefined
      if (known?.files !== indexed) known = { files: indexed, described: yield* read(indexed) }
      return known.described.get(keyOf(kind, name))
    }, Effect.mapError(unreadable))
  })
})
