/**
 * Reads a directory as if it were the tree of a commit: the same files are manifests, the same are passed over, and links are not followed.
 * What Git would leave out (.gitignore) is read too.
 */
import { Effect, FileSystem, type PlatformError, Stream } from "effect"
import { GitOptions } from "../git/GitOptions.ts"
import type { FileChange } from "../manifest/FileChange.ts"
import { updateInSteps, wantedInSteps } from "../manifest/IndexSteps.ts"
import { emptyIndex } from "../manifest/ManifestIndex.ts"
import type { ParsedFile } from "../manifest/ParsedFile.ts"
import { ParserPool } from "../manifest/ParserPool.ts"
import { looseManifests } from "./Manifests.ts"
import { SourceUnreadable } from "./SourceUnreadable.ts"
import { tellIfSlow } from "./tellIfSlow.ts"

const reasonOf = ({ reason }: PlatformError.PlatformError): string => {
  switch (reason._tag) {
    case "NotFound":
      return "there is no such file or directory; name the root of a checkout with --path"
    case "PermissionDenied":
      return "reading it isn't allowed; let the user we run as read it"
    default:
      return `it can't be read (${reason._tag}); name the root of a checkout with --path`
  }
}

const unreadable = (path: string) => (error: PlatformError.PlatformError) =>
  new SourceUnreadable({ message: `${path}: ${reasonOf(error)}` })

/** The file stands for its own content: each is read once, at the most. */
const change = (path: string, mode: "file" | "symlink" | "submodule"): FileChange => ({
  path,
  entry: { blob: path, mode }
})

const below = (path: string, name: string) => path === "" || name === "" ? path + name : `${path}/${name}`

/** Every file below a path, without those in hidden directories, which are never read. */
const filesBelow = Effect.fnUntraced(function*(root: string, gitPath: string) {
  const files = yield* FileSystem.FileSystem
  const at = (path: string) => below(root, path)
  const found: Array<FileChange> = []
  const directories = [gitPath]
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    const names = yield* files.readDirectory(at(directory)).pipe(Effect.mapError(unreadable(at(directory))))
    if (directory !== gitPath && names.includes(".git")) {
      found.push(change(directory, "submodule"))
      continue
    }
    for (const name of names.toSorted()) {
      const path = below(directory, name)
      const isLink = yield* Effect.isSuccess(files.readLink(at(path)))
      if (isLink) {
        found.push(change(path, "symlink"))
        continue
      }
      const { type } = yield* files.stat(at(path)).pipe(Effect.mapError(unreadable(at(path))))
      if (type === "File") found.push(change(path, "file"))
      else if (type === "Directory" && !name.startsWith(".")) directories.push(path)
    }
  }
  return found
})

const read = Effect.fnUntraced(function*(root: string) {
  const { gitPath } = yield* GitOptions
  const files = yield* FileSystem.FileSystem
  const parser = yield* ParserPool
  const empty = emptyIndex(gitPath)
  const changes = yield* filesBelow(root, gitPath)
  const parsed = new Map<string, ParsedFile>()
  const texts = new Map<string, ReadonlyArray<string>>()
  const bytesOf = (path: string) =>
    files.readFile(`${root}/${path}`).pipe(Effect.mapError(unreadable(`${root}/${path}`)))
  yield* parser.parse(yield* wantedInSteps(empty, changes), bytesOf).pipe(
    Stream.runForEach((file) =>
      Effect.sync(() => {
        parsed.set(file.blob, file.parsed)
        texts.set(file.blob, file.payloads)
      })
    )
  )
  const index = yield* updateInSteps(empty, changes, (blob) => parsed.get(blob))
  return looseManifests({ origin: `the directory ${below(root, gitPath)}`, index, texts, bytesOf })
})

/** @param root the root of a checkout: gitPath is below it */
export const readDirectory = (root: string) => {
  const trimmed = root === "/" ? root : root.replace(/\/+$/, "")
  return tellIfSlow(`Reading ${trimmed}`)(read(trimmed)).pipe(Effect.provide(ParserPool.layer))
}
