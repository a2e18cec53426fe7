/**
 * Files by path, as an immutable tree of directories: a changed file costs its directories, not the repository.
 * Directories without a file in them don't exist, as in Git.
 */

export interface Directory<File> {
  readonly _tag: "Directory"
  readonly entries: ReadonlyMap<string, Node<File>>
}

export interface Leaf<File> {
  readonly _tag: "File"
  readonly file: File
}

export type Node<File> = Directory<File> | Leaf<File>

interface OpenDirectory<File> extends Directory<File> {
  readonly entries: Map<string, Node<File>>
}

export const emptyTree: Directory<never> = { _tag: "Directory", entries: new Map() }

/** What stands at a path; `""` is the tree itself. */
export const nodeAt = <File>(tree: Directory<File>, path: string): Node<File> | undefined => {
  let node: Node<File> | undefined = tree
  if (path === "") return node
  for (const name of path.split("/")) {
    if (node?._tag !== "Directory") return undefined
    node = node.entries.get(name)
  }
  return node
}

export const fileAt = <File>(tree: Directory<File>, path: string): File | undefined => {
  const node = nodeAt(tree, path)
  return node?._tag === "File" ? node.file : undefined
}

/** The paths of all files at or below a path. */
export function* filesBelow<File>(tree: Directory<File>, path: string): Generator<string> {
  const node = nodeAt(tree, path)
  if (node?._tag === "File") yield path
  else if (node !== undefined) yield* filesIn(node, path === "" ? "" : `${path}/`)
}

function* filesIn<File>(directory: Directory<File>, prefix: string): Generator<string> {
  for (const [name, node] of directory.entries) {
    if (node._tag === "File") yield prefix + name
    else yield* filesIn(node, `${prefix}${name}/`)
  }
}

/** Changes a tree in place and leaves the one it began with as it was. */
export class TreeEdit<File> {
  readonly #open = new Set<Directory<File>>()
  #root: OpenDirectory<File>

  constructor(tree: Directory<File>) {
    this.#root = this.#opened(tree)
  }

  /** As it is now; changed by every further edit. */
  get tree(): Directory<File> {
    return this.#root
  }

  #opened(directory: Directory<File> | undefined): OpenDirectory<File> {
    const opened: OpenDirectory<File> = { _tag: "Directory", entries: new Map(directory?.entries) }
    this.#open.add(opened)
    return opened
  }

  #enter(directory: OpenDirectory<File>, name: string): OpenDirectory<File> {
    const node = directory.entries.get(name)
    if (node !== undefined && this.#isOpen(node)) return node
    const opened = this.#opened(node?._tag === "Directory" ? node : undefined)
    directory.entries.set(name, opened)
    return opened
  }

  #isOpen(node: Node<File>): node is OpenDirectory<File> {
    return node._tag === "Directory" && this.#open.has(node)
  }

  set(path: string, file: File): void {
    const names = path.split("/")
    const last = names.pop() ?? ""
    let directory = this.#root
    for (const name of names) directory = this.#enter(directory, name)
    directory.entries.set(last, { _tag: "File", file })
  }

  remove(path: string): void {
    if (nodeAt(this.#root, path)?._tag !== "File") return
    const names = path.split("/")
    const trail = [this.#root]
    for (const name of names.slice(0, -1)) trail.push(this.#enter(trail.at(-1) ?? this.#root, name))
    for (let depth = names.length - 1; depth >= 0; depth--) {
      trail[depth]?.entries.delete(names[depth] ?? "")
      if (depth === 0 || trail[depth]?.entries.size !== 0) break
    }
  }
}
