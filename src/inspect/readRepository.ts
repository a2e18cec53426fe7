/** Reads the branch once, over the same transports as the Git actor, without following it; or another branch or commit in its place. */
import { Effect, Layer, Ref } from "effect"
import { cureOf } from "../git/check/cureOf.ts"
import { nobody } from "../git/ClusterName.ts"
import * as ClusterNameFile from "../git/ClusterNameFile.ts"
import type { GitFailure } from "../git/GitError.ts"
import { GitOptions } from "../git/GitOptions.ts"
import { indexChanges } from "../git/indexChanges.ts"
import { ManifestReader } from "../git/ManifestReader.ts"
import * as ObjectStore from "../git/objects/ObjectStore.ts"
import { openTransport } from "../git/openTransport.ts"
import { Payloads } from "../git/Payloads.ts"
import { makeRemote, type Remote } from "../git/Remote.ts"
import { makeRepository } from "../git/Repository.ts"
import type { Tip } from "../git/Tip.ts"
import { fileAt } from "../manifest/FileTree.ts"
import { emptyIndex, type ManifestIndex } from "../manifest/ManifestIndex.ts"
import { ParserPool } from "../manifest/ParserPool.ts"
import type { Manifests } from "./Manifests.ts"
import { SourceUnreadable } from "./SourceUnreadable.ts"
import { tellIfSlow } from "./tellIfSlow.ts"

const isCommit = (rev: string) => /^[0-9a-f]{40}$/.test(rev)

/** The remote as if its branch pointed at this commit. */
const pinned = (remote: Remote, commit: string): Remote => ({
  ...remote,
  look: () => Effect.succeed({ branch: commit, commit })
})

const isUnknownCommit = (failure: GitFailure) =>
  failure._tag === "RemoteError" && /not our ref|unadvertised object|bad object/.test(failure.words)

const revProblem = (failure: GitFailure, rev: string): string | undefined => {
  if (isCommit(rev) && isUnknownCommit(failure))
    return `the repository has no such commit, or its server doesn't hand out commits by their id; push it, or name a branch`
  if (failure._tag !== "BranchNotFound") return undefined
  const names = failure.near.length === 0 ? "none" : failure.near.join(", ")
  return `the repository has no such branch (there is ${names}); name a branch, or a commit by all 40 digits of its id`
}

const unreadable = (rev: string | undefined) => (failure: GitFailure) => {
  const problem = rev === undefined ? undefined : revProblem(failure, rev)
  return new SourceUnreadable({ message: problem === undefined ? cureOf(failure) : `--rev ${rev}: ${problem}` })
}

const described = (url: string, { branch, commit }: Tip) =>
  commit === undefined
    ? `${url}, branch ${branch}, which has no commit yet`
    : branch === commit
    ? `${url}, commit ${commit.slice(0, 12)}`
    : `${url}, branch ${branch}, commit ${commit.slice(0, 12)}`

/** Whom Git names, to whoever writes to this branch and path. */
const namedIn = Effect.fnUntraced(function*(
  index: ManifestIndex,
  source: ObjectStore.ObjectSource,
  writer: ClusterNameFile.Writer
) {
  const path = ClusterNameFile.pathOf(writer.gitPath)
  const file = fileAt(index.indexed.tree, path)
  if (file === undefined) return nobody
  return yield* ObjectStore.read(source, file.blob, "blob").pipe(
    Effect.map((bytes) => ClusterNameFile.decode(bytes, path, writer)),
    Effect.orElseSucceed(() => ClusterNameFile.notAFile(path))
  )
})

const read = Effect.fnUntraced(function*(rev: string | undefined) {
  const { branch, credentials, gitPath, name, url } = yield* GitOptions
  const payloads = yield* Payloads
  const reader = yield* ManifestReader
  const remote = yield* makeRemote(yield* openTransport(url, credentials.https, credentials.ssh))
  const repository = rev !== undefined && isCommit(rev)
    ? yield* makeRepository(pinned(remote, rev), { branch: undefined, gitPath })
    : yield* makeRepository(remote, { branch: rev ?? branch, gitPath })
  const once = Effect.gen(function*() {
    const moved = yield* repository.advance(false)
    if (moved === undefined) return yield* Effect.die(new Error("accepted before it was read"))
    const source = yield* repository.objects
    yield* Ref.set(payloads.objects, source)
    const index = yield* indexChanges(emptyIndex(gitPath), moved.changes, source).pipe(
      Effect.catchTags({ Missing: Effect.die, Damaged: Effect.die })
    )
    const { author, branch: read, commit, subject, tree } = moved
    const named = yield* namedIn(index, source, { branch: branch ?? read, gitPath, name })
    return {
      number: 0,
      author,
      branch: read,
      commit,
      subject,
      tree,
      index,
      rewrittenFrom: undefined,
      named
    } satisfies Tip
  }).pipe(Effect.mapError(unreadable(rev)))
  const tip = yield* tellIfSlow(`Reading ${remote.url}`)(once)
  const files = () => Ref.get(payloads.objects)
  return { origin: described(remote.url, tip), tip, read: reader.read, files } satisfies Manifests
})

const reading = ManifestReader.layer.pipe(Layer.provideMerge(Layer.merge(Payloads.layer, ParserPool.layer)))

/** Connections and parsers end with the scope. @param rev a branch, or a commit by its whole id */
export const readRepository = (rev: string | undefined) => Effect.provide(read(rev), reading)
