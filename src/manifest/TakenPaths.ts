/** Where no new manifest may be put: something stands there, on some systems at least, or it is not ours. */
import type { Directory, Node } from "./FileTree.ts"
import { type IndexedFiles, isClaimed } from "./IndexedFiles.ts"

/**
 * Whether a path below gitPath is taken: a file or directory has it, letter case aside; one of its directories is a
 * file, or differs from an existing one only by letter case; or it lies where somebody else's files are.
 */
export const takenPaths = ({ gitPath, territory, tree }: IndexedFiles): (path: string) => boolean => {
  const known = new Map<Directory<unknown>, ReadonlyMap<string, string>>()
  /** The names in a directory by what they are in lower case. */
  const namesIn = (directory: Directory<unknown>): ReadonlyMap<string, string> => {
    const found = known.get(directory) ??
      new Map([...directory.entries.keys()].map((name) => [name.toLowerCase(), name]))
    known.set(directory, found)
    return found
  }
  const stands = (path: string): boolean => {
    let node: Node<unknown> = tree
    for (const name of path.split("/")) {
      if (node._tag === "File") return true
      const next: Node<unknown> | undefined = node.entries.get(name)
      if (next === undefined) return namesIn(node).has(name.toLowerCase())
      node = next
    }
    return true
  }
  return (below) => {
    const path = gitPath === "" ? below : `${gitPath}/${below}`
    return isClaimed(path, territory) || stands(path)
  }
}
