/**
 * Changed files to new trees, without a work tree: reads and writes only the directories on the way to a changed file. Files keep their
 * mode, directories left empty vanish, and whatever else stands in the way of a path is never followed and never replaced.
 */
import { Effect } from "effect"
import { emptyTree, objectName } from "../objects/GitObject.ts"
import * as ObjectStore from "../objects/ObjectStore.ts"
import type { TreeEntry } from "../objects/Tree.ts"
import { makeTurns } from "../objects/Turns.ts"
import { type EditedName, editedPaths } from "./EditedPaths.ts"
import { PathRefused } from "./PathRefused.ts"
import * as TreeBody from "./TreeBody.ts"

/** Why there are no new trees: a path is refused, or a tree on its way can't be read. */
export type TreeFault = PathRefused | (ObjectStore.ReadFault & { readonly path: string })

export interface EditedTree {
  /** Of the whole repository; the empty tree where no file is left. */
  readonly root: string
  /** Every tree that was made, by name. */
  readonly trees: ReadonlyMap<string, Buffer>
  /** Blobs that now are somewhere they were not. */
  readonly placed: ReadonlySet<string>
}

const called = { file: "file", executable: "file", directory: "directory", symlink: "symlink", submodule: "submodule" }

/** @param files path → name of the blob, `undefined` for a file that goes (which it may have already) */
export const editTree = Effect.fnUntraced(
  function*(
    source: ObjectStore.ObjectSource,
    root: string | undefined,
    files: ReadonlyMap<string, string | undefined>
  ): Effect.fn.Return<EditedTree, TreeFault> {
    const turns = makeTurns()
    const trees = new Map<string, Buffer>()
    const placed = new Set<string>()

    const scan = Effect.fnUntraced(
      function*(id: string | undefined, path: string, wanted: ReadonlyMap<string, unknown>) {
        const fault = (fault: ObjectStore.ReadFault): TreeFault => ({ ...fault, path })
        const body = id === undefined
          ? Buffer.alloc(0)
          : yield* ObjectStore.read(source, id, "tree").pipe(Effect.mapError(fault))
        return yield* TreeBody.scan(body, wanted, turns).pipe(
          Effect.mapError((reason) => fault({ _tag: "Damaged", reason }))
        )
      }
    )

    /** What is to be where this entry, or nothing, is now. */
    const settle: (
      entry: TreeEntry | undefined,
      edit: EditedName,
      path: string
    ) => Effect.Effect<TreeBody.NewEntry | undefined, TreeFault> = Effect.fnUntraced(
      function*(entry, { below, file }, path) {
        const inTheWay = (mode: TreeEntry["mode"]) => new PathRefused({ path, reason: `is a ${called[mode]} already` })
        const goes = file !== undefined && file.blob === undefined
        const mode = entry?.mode
        if (mode === "symlink" || mode === "submodule") return yield* inTheWay(mode)
        const isFile = mode === "file" || mode === "executable"
        if (below.size > 0) {
          if (isFile && !goes) return yield* inTheWay(mode)
          const id = yield* edited(isFile ? undefined : entry?.id, below, `${path}/`)
          if (id !== undefined && file !== undefined && !(goes && mode !== "directory"))
            return yield* inTheWay("directory")
          if (id !== undefined) return { mode: "directory", id }
        } else if (mode === "directory") { return yield* inTheWay(mode) }
        if (file?.blob === undefined) return undefined
        if (file.blob !== entry?.id) placed.add(file.blob)
        return { mode: isFile ? mode : "file", id: file.blob }
      }
    )

    /** The name of the new tree of a directory; `undefined` when nothing is left in it. */
    const edited = Effect.fnUntraced(
      function*(
        id: string | undefined,
        names: ReadonlyMap<string, EditedName>,
        prefix: string
      ): Effect.fn.Return<string | undefined, TreeFault> {
        const tree = yield* scan(id, prefix, names)
        const entries = new Map<string, TreeBody.NewEntry | undefined>()
        for (const [name, edit] of names)
          entries.set(name, yield* settle(tree.found.get(name)?.entry, edit, `${prefix}${name}`))
        const body = TreeBody.withEntries(tree, entries)
        if (body === undefined) return tree.body.length === 0 ? undefined : id
        yield* turns.spend(body.length)
        if (body.length === 0) return undefined
        const name = objectName("tree", body)
        trees.set(name, body)
        return name
      }
    )

    const names = yield* Effect.fromResult(editedPaths(files))
    const made = yield* edited(root, names, "")
    if (made === undefined && root !== emptyTree) trees.set(emptyTree, Buffer.alloc(0))
    return { root: made ?? emptyTree, trees, placed }
  }
)
