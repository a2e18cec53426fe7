/** Changed files to one commit on top of another, and the pack that brings it to the remote. Nothing is written anywhere yet. */
import { Effect } from "effect"
import { emptyTree, objectName } from "../objects/GitObject.ts"
import type { ObjectSource } from "../objects/ObjectStore.ts"
import type { IndexedPack } from "../objects/PackIndex.ts"
import { makeTurns } from "../objects/Turns.ts"
import { encode, type Identity, withSignature } from "./CommitObject.ts"
import { type NewObject, writePack } from "./PackWriter.ts"
import { editTree, type TreeFault } from "./TreeEdits.ts"

export interface CommitRequest<E = never> {
  /** Of the branch; `undefined` for one without a commit. */
  readonly parent: { readonly commit: string; readonly root: string } | undefined
  /** By path from the root of the repository; `undefined` for a file that goes. */
  readonly files: ReadonlyMap<string, Buffer | undefined>
  readonly author: Identity
  readonly committer: Identity
  /** Milliseconds since 1970. */
  readonly at: number
  readonly message: string
  /** Makes the signature of the commit's bytes. */
  readonly sign: ((payload: Buffer) => Effect.Effect<string, E>) | undefined
}

export interface ComposedCommit {
  readonly commit: string
  /** Its tree. */
  readonly root: string
  /** Every object that the parent's tree lacks, whatever else is here: what a push that failed left here is not at the remote. */
  readonly pack: Buffer
  readonly indexed: IndexedPack
}

/** `undefined` when the files are what they are to be already. */
export const composeCommit = Effect.fn("composeCommit")(
  function*<E = never>(
    source: ObjectSource,
    request: CommitRequest<E>
  ): Effect.fn.Return<ComposedCommit | undefined, TreeFault | E> {
    const { files, parent, sign } = request
    const turns = makeTurns()
    const blobs = new Map<string, Buffer>()
    const names = new Map<string, string | undefined>()
    for (const [path, body] of files) {
      const name = body === undefined ? undefined : objectName("blob", body)
      names.set(path, name)
      if (name !== undefined && body !== undefined) blobs.set(name, body)
      yield* turns.spend(500 + (body?.length ?? 0) / 4)
    }
    const { placed, root, trees } = yield* editTree(source, parent?.root, names)
    if (root === (parent?.root ?? emptyTree)) return undefined
    const plain = encode({ ...request, parent: parent?.commit, tree: root })
    const body = sign === undefined ? plain : withSignature(plain, yield* sign(plain))
    const commit = objectName("commit", body)
    const objects: ReadonlyArray<NewObject> = [
      { name: commit, type: "commit", body },
      ...Array.from(trees, ([name, body]): NewObject => ({ name, type: "tree", body })),
      ...Array.from(blobs, ([name, body]): NewObject => ({ name, type: "blob", body }))
        .filter(({ name }) => placed.has(name))
    ]
    const { indexed, pack } = yield* writePack(objects)
    return { commit, root, pack, indexed }
  }
)
