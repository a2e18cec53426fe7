/**
 * What differs between two trees, going only where names of objects differ. The same walk proves that nothing of the new tree is
 * missing: what it does not walk stood in the old one, which was proved before.
 */
import { Effect } from "effect"
import type { FileChange } from "../../manifest/ManifestIndex.ts"
import * as ObjectStore from "./ObjectStore.ts"
import * as Tree from "./Tree.ts"
import { makeTurns, type Turns } from "./Turns.ts"
import { unlikeEntries } from "./UnlikeEntries.ts"

export type DiffFault = ObjectStore.ReadFault & { readonly path: string } | {
  readonly _tag: "TooMany"
  readonly path: string
}

/** A tree that names one subtree many times, at every level, describes more files than there are atoms. */
const mostEntries = 1_000_000
const longestPath = 4096

interface Step {
  /** Of the directory, with a slash at its end unless it is the root. */
  readonly prefix: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** Entries read between two looks at the clock. */
const perPart = 1000

const bodyOf = (source: ObjectStore.ObjectSource, id: string, path: string): Effect.Effect<Buffer, DiffFault> =>
  ObjectStore.read(source, id, "tree").pipe(Effect.mapError((fault): DiffFault => ({ ...fault, path })))

const entriesIn = Effect.fnUntraced(function*(body: Buffer, path: string, turns: Turns) {
  const found = new Map<string, Tree.TreeEntry>()
  const damaged = (reason: string): DiffFault => ({ _tag: "Damaged", reason, path })
  for (let at = 0; at < body.length;) {
    const { entries, next } = yield* Effect.fromResult(Tree.parsePart(body, at, perPart)).pipe(
      Effect.mapError(damaged)
    )
    for (const entry of entries) {
      if (found.has(entry.name)) return yield* Effect.fail(damaged(`a tree with two entries named ${entry.name}`))
      found.set(entry.name, entry)
    }
    at = next
    yield* turns.spend(entries.length * 100)
  }
  return found
})

const nothing: ReadonlyMap<string, Tree.TreeEntry> = new Map()

/** Of both trees at least all entries in which they differ. */
const entriesOf = Effect.fnUntraced(
  function*(source: ObjectStore.ObjectSource, { after, before, prefix }: Step, turns: Turns) {
    const olds = before === undefined ? undefined : yield* bodyOf(source, before, prefix)
    const news = after === undefined ? undefined : yield* bodyOf(source, after, prefix)
    if (olds !== undefined && news !== undefined) {
      yield* turns.spend(news.length / 8)
      const unlike = unlikeEntries(olds, news)
      if (unlike !== undefined) return unlike
    }
    return {
      olds: olds === undefined ? nothing : yield* entriesIn(olds, prefix, turns),
      news: news === undefined ? nothing : yield* entriesIn(news, prefix, turns)
    }
  }
)

/** A blob must be there; what a submodule names is elsewhere. */
const lacks = (source: ObjectStore.ObjectSource, entry: Tree.TreeEntry): boolean =>
  entry.mode !== "submodule" && source.find(entry.id)?.type !== "blob"

const subtree = (entry: Tree.TreeEntry | undefined): string | undefined =>
  entry?.mode === "directory" ? entry.id : undefined
const leaf = (entry: Tree.TreeEntry | undefined) =>
  entry === undefined || entry.mode === "directory" ? undefined : entry

/** Of both directories, each once. */
const names = function*(olds: ReadonlyMap<string, unknown>, news: ReadonlyMap<string, unknown>): Generator<string> {
  yield* news.keys()
  for (const name of olds.keys()) if (!news.has(name)) yield name
}

/**
 * @param before name of the old tree, `undefined` for none
 * @param root the path that both trees stand at, with a slash at its end unless it is the root
 * @param most how many entries may differ
 */
export const diffTrees = Effect.fnUntraced(
  function*(
    source: ObjectStore.ObjectSource,
    before: string | undefined,
    after: string | undefined,
    root: string,
    most = mostEntries
  ) {
    const turns = makeTurns()
    const changes: Array<FileChange> = []
    let seen = 0
    const steps: Array<Step> = before === after ? [] : [{ prefix: root, before, after }]
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      const { prefix } = step
      const { olds, news } = yield* entriesOf(source, step, turns)
      for (const name of names(olds, news)) {
        if (turns.due(100)) yield* Effect.yieldNow
        const old = olds.get(name)
        const now = news.get(name)
        if (old !== undefined && now !== undefined && old.id === now.id && old.mode === now.mode) continue
        const path = `${prefix}${name}`
        if (++seen > most || path.length > longestPath) return yield* Effect.fail<DiffFault>({ _tag: "TooMany", path })
        if (subtree(old) !== undefined || subtree(now) !== undefined)
          steps.push({ prefix: `${path}/`, before: subtree(old), after: subtree(now) })
        const file = leaf(now)
        if (file !== undefined) {
          if (lacks(source, file)) return yield* Effect.fail<DiffFault>({ _tag: "Missing", name: file.id, path })
          changes.push({ path, entry: { blob: file.id, mode: file.mode === "directory" ? "file" : file.mode } })
        } else if (leaf(old) !== undefined) { changes.push({ path, entry: undefined }) }
      }
    }
    return changes
  }
)

/** Where to begin: a commit and its whole tree. */
export interface Root {
  readonly commit: string | undefined
  readonly root: string | undefined
}

/** Every object that the trees of these commits hold, as far as it is here, and the commits. */
export const reachable = Effect.fnUntraced(
  function*(source: ObjectStore.ObjectSource, roots: ReadonlyArray<Root | undefined>) {
    const turns = makeTurns()
    const named = (names: ReadonlyArray<string | undefined>) => names.filter((name) => name !== undefined)
    const found = new Set(named(roots.map((root) => root?.commit)))
    const steps = named(roots.map((root) => root?.root))
    for (let id = steps.pop(); id !== undefined; id = steps.pop()) {
      if (found.has(id) || source.find(id) === undefined) continue
      found.add(id)
      const entries = yield* entriesIn(yield* bodyOf(source, id, ""), "", turns)
      for (const entry of entries.values()) {
        if (entry.mode === "directory") steps.push(entry.id)
        else found.add(entry.id)
      }
    }
    return found
  }
)
