/** The directory at a path of a tree. */
import { Effect } from "effect"
import * as ObjectStore from "./ObjectStore.ts"
import * as Tree from "./Tree.ts"

/** The name of its tree; `undefined` if there is no such directory. @param path `""` for the tree itself */
export const subtree = Effect.fnUntraced(
  function*(
    source: ObjectStore.ObjectSource,
    root: string,
    path: string
  ): Effect.fn.Return<string | undefined, ObjectStore.ReadFault> {
    let tree = root
    for (const name of path.split("/").filter((name) => name !== "")) {
      const entries = yield* Effect.fromResult(Tree.parse(yield* ObjectStore.read(source, tree, "tree"))).pipe(
        Effect.mapError((reason) => ({ _tag: "Damaged", reason }) as const)
      )
      const entry = entries.find((entry) => entry.name === name)
      if (entry?.mode !== "directory") return undefined
      tree = entry.id
    }
    return tree
  }
)
