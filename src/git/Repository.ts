/**
 * The branch in memory: looks at the remote, fetches what is missing, and moves to a commit only after everything below gitPath was seen
 * to be there. Whatever fails leaves it where it was. For one fiber alone; others may read objects at any time.
 */
import { Effect, Ref } from "effect"
import type { FileChange } from "../manifest/ManifestIndex.ts"
import { type Ancestry, ancestry } from "./Ancestry.ts"
import {
  BranchNotFound,
  type GitFailure,
  GitPathNotFound,
  PackCorrupt,
  RemoteError,
  RepositoryTooLarge,
  TipIncomplete
} from "./GitError.ts"
import type { History } from "./History.ts"
import * as Commit from "./objects/Commit.ts"
import * as ObjectStore from "./objects/ObjectStore.ts"
import { type IndexedPack, indexPack } from "./objects/PackIndex.ts"
import * as Tree from "./objects/Tree.ts"
import { type DiffFault, diffTrees, reachable } from "./objects/TreeDiff.ts"
import { makeReadHistory } from "./readHistory.ts"
import type { Look, Remote } from "./Remote.ts"

/** A commit whose objects are here. */
interface Here {
  readonly commit: string
  readonly root: string
  readonly subject: string
  /** The name of who wrote it. */
  readonly author: string
  readonly parents: ReadonlyArray<string>
}

interface State {
  readonly store: ObjectStore.ObjectStore
  /** What was fetched last: the next fetch builds on it. */
  readonly fetched: Here | undefined
  /** Where the branch was, as far as it was accepted. */
  readonly accepted: Standing | undefined
}

/** Where the branch stands. */
export interface Standing {
  readonly branch: string
  readonly commit: string | undefined
  /** Of the directory gitPath. */
  readonly tree: string | undefined
  /** Of the whole repository. */
  readonly root: string | undefined
  readonly subject: string
  /** The name of who wrote it. */
  readonly author: string
}

/** Where the branch went. */
export interface Moved extends Standing {
  /** Below gitPath, since what was accepted last. */
  readonly changes: ReadonlyArray<FileChange>
  /** Whether what was accepted last lies in its history. */
  readonly ancestry: Ancestry
}

/** A commit that was made here, and everything its parent's tree lacks. */
export interface OwnCommit {
  readonly commit: string
  readonly root: string
  readonly objects: IndexedPack
}

export interface RepositoryOptions {
  readonly branch: string | undefined
  readonly gitPath: string
}

export interface Repository {
  /**
   * Looks at the remote, and brings what its branch points at; `undefined` when that was accepted already.
   * @param wasThere whether the branch ever had a commit: then its absence is a failure, never an empty repository
   */
  readonly advance: (wasThere: boolean) => Effect.Effect<Moved | undefined, GitFailure>
  /** From now on changes count from here. */
  readonly accept: (moved: Moved) => Effect.Effect<void>
  /** Where the branch would go with a commit of our own, made on what was accepted last; `undefined` if gitPath would vanish. */
  readonly foresee: (own: OwnCommit) => Effect.Effect<Moved | undefined, GitFailure>
  /** Takes the objects of a commit in that is on the remote now, so that nobody fetches them. */
  readonly adopt: (moved: Moved, objects: IndexedPack) => Effect.Effect<void>
  /** Drops what nobody needs between two moves. */
  readonly tidy: Effect.Effect<void>
  readonly objects: Effect.Effect<ObjectStore.ObjectStore>
  /** Whether a commit lies in the history of what was accepted last, and what was confirmed after it. */
  readonly history: (since: string) => Effect.Effect<History, GitFailure>
}

/** A repository without a commit. */
const nowhere: Omit<Moved, "branch"> = {
  commit: undefined,
  tree: undefined,
  root: undefined,
  subject: "",
  author: "",
  changes: [],
  ancestry: "grown"
}

const isGone = (failure: GitFailure): boolean =>
  failure instanceof RemoteError && /not our ref|unadvertised object/.test(failure.words)

export const makeRepository = Effect.fnUntraced(function*(remote: Remote, { branch, gitPath }: RepositoryOptions) {
  const { url } = remote
  const state = yield* Ref.make<State>({ store: ObjectStore.emptyStore(), fetched: undefined, accepted: undefined })
  const root = gitPath === "" ? "" : `${gitPath}/`
  const readHistory = makeReadHistory(remote, gitPath)

  const failureOf = (commit: string) => (fault: DiffFault): GitFailure => {
    switch (fault._tag) {
      case "Missing":
        return new TipIncomplete({ url, commit, missing: fault.name, path: fault.path })
      case "Damaged":
        return new PackCorrupt({ url, reason: fault.path === "" ? fault.reason : `${fault.reason} (${fault.path})` })
      case "TooMany":
        return new RepositoryTooLarge({
          url,
          what: `too many files, or too long a path, at ${fault.path.slice(0, 200)}`
        })
    }
  }

  const readHere = Effect.fnUntraced(function*(source: ObjectStore.ObjectSource, commit: string) {
    const body = yield* ObjectStore.read(source, commit, "commit").pipe(
      Effect.mapError((fault) => failureOf(commit)({ ...fault, path: "" }))
    )
    const parsed = Commit.parse(body)
    if (parsed === undefined) return yield* new PackCorrupt({ url, reason: `commit ${commit} can't be read` })
    return { commit, root: parsed.tree, subject: parsed.subject, author: parsed.author, parents: parsed.parents }
  })

  const treeAtPath = Effect.fnUntraced(function*(source: ObjectStore.ObjectSource, here: Here, branch: string) {
    let tree = here.root
    let path = ""
    for (const name of gitPath.split("/").filter((name) => name !== "")) {
      const fault = (fault: ObjectStore.ReadFault) => failureOf(here.commit)({ ...fault, path })
      const body = yield* ObjectStore.read(source, tree, "tree").pipe(Effect.mapError(fault))
      const entries = yield* Effect.fromResult(Tree.parse(body)).pipe(
        Effect.mapError((reason) => fault({ _tag: "Damaged", reason }))
      )
      const entry = entries.find((entry) => entry.name === name)
      path = path === "" ? name : `${path}/${name}`
      if (entry?.mode !== "directory") {
        const found = entry === undefined ? {} : { found: entry.mode === "executable" ? "file" : entry.mode }
        return yield* new GitPathNotFound({ url, branch, commit: here.commit, gitPath, ...found })
      }
      tree = entry.id
    }
    return tree
  })

  /** The server may build on what was fetched before. */
  const download = Effect.fnUntraced(function*(commit: string, { fetched, store }: Pick<State, "fetched" | "store">) {
    const bytes = yield* remote.fetch({ want: commit, have: fetched?.commit })
    const pack = yield* indexPack(bytes, store.find, store.cache).pipe(
      Effect.mapError((reason) => new PackCorrupt({ url, reason }))
    )
    const source = ObjectStore.overlay(store, pack)
    const here = yield* readHere(source, commit)
    yield* diffTrees(source, fetched?.root, here.root, "").pipe(Effect.mapError(failureOf(commit)))
    return { here, pack }
  })

  /** Brings the commit here: as a difference from the last one, and if that does not hold together, whole. */
  const bring = Effect.fnUntraced(function*(commit: string) {
    const before = yield* Ref.get(state)
    if (before.fetched?.commit === commit) return
    const whole = Effect.suspend(() => download(commit, { store: ObjectStore.emptyStore(), fetched: undefined }))
    const { here, pack } = before.fetched === undefined
      ? yield* whole
      : yield* download(commit, before).pipe(Effect.catchTags({ PackCorrupt: () => whole, TipIncomplete: () => whole }))
    yield* Ref.set(state, { ...before, fetched: here, store: ObjectStore.withPack(before.store, pack) })
  })

  /** Asks for the commits between; what can't be had leaves it open. */
  const askAncestry = Effect.fnUntraced(function*(want: string, have: string) {
    const generations = yield* remote.generations
    if (generations === 0) return "unknown"
    const bytes = yield* remote.fetch({ want, have, generations })
    const store = ObjectStore.emptyStore()
    const pack = yield* indexPack(bytes, store.find, store.cache)
    const commits = new Map<string, Commit.Commit>()
    for (const [id, { type }] of pack.objects) {
      const parsed = type === "commit"
        ? Commit.parse(yield* ObjectStore.read(ObjectStore.overlay(store, pack), id, type))
        : undefined
      if (parsed !== undefined) commits.set(id, parsed)
    }
    return ancestry((id) => commits.get(id), want, have, generations)
  }, Effect.orElseSucceed((): Ancestry => "unknown"))

  const ancestryOf = ({ commit, parents }: Here, before: Standing | undefined): Effect.Effect<Ancestry> =>
    before?.commit === undefined || before.commit === commit || parents.includes(before.commit)
      ? Effect.succeed("grown")
      : askAncestry(commit, before.commit)

  const move = Effect.fnUntraced(function*({ branch }: Look) {
    const { accepted, fetched, store } = yield* Ref.get(state)
    if (fetched === undefined) return yield* Effect.die(new Error("moved before anything was fetched"))
    const tree = yield* treeAtPath(store, fetched, branch)
    const changes = yield* diffTrees(store, accepted?.tree, tree, root).pipe(Effect.mapError(failureOf(fetched.commit)))
    const { author, commit, root: whole, subject } = fetched
    const ancestry = yield* ancestryOf(fetched, accepted?.branch === branch ? accepted : undefined)
    return { author, commit, root: whole, subject, branch, tree, changes, ancestry }
  })

  const settle = Effect.fnUntraced(
    function*(look: Look, wasThere: boolean): Effect.fn.Return<Moved | undefined, GitFailure> {
      const { accepted } = yield* Ref.get(state)
      if (look.commit === undefined && wasThere)
        return yield* new BranchNotFound({ url, branch: look.branch, near: [] })
      if (accepted !== undefined && look.commit === accepted.commit && look.branch === accepted.branch) return undefined
      if (look.commit === undefined)
        return { ...nowhere, branch: look.branch }
      yield* bring(look.commit)
      return yield* move(look)
    }
  )

  const advance = Effect.fn("Repository.advance")(
    function*(wasThere: boolean) {
      const look = yield* remote.look(branch)
      return yield* settle(look, wasThere)
    },
    /** The branch moved on between looking and fetching. */
    Effect.retry({ times: 2, while: isGone })
  )

  const foresee = Effect.fn("Repository.foresee")(function*({ commit, objects, root: tree }: OwnCommit) {
    const { accepted, store } = yield* Ref.get(state)
    if (accepted === undefined) return yield* Effect.die(new Error("a commit before the branch was read"))
    const { branch } = accepted
    const source = ObjectStore.overlay(store, objects)
    const here = yield* readHere(source, commit)
    if (here.root !== tree)
      return yield* Effect.die(new Error(`commit ${commit} has another tree than was made for it`))
    const changes = yield* diffTrees(source, accepted.root, tree, "").pipe(Effect.mapError(failureOf(commit)))
    return yield* treeAtPath(source, here, branch).pipe(
      Effect.map((tree): Moved => ({
        commit,
        root: here.root,
        subject: here.subject,
        author: here.author,
        branch,
        tree,
        changes,
        ancestry: "grown"
      })),
      Effect.catchTag("GitPathNotFound", () => Effect.succeed(undefined))
    )
  })

  const adopt = ({ author, commit, root, subject }: Moved, objects: IndexedPack) =>
    Ref.update(state, (state) => ({
      ...state,
      store: ObjectStore.withPack(state.store, objects),
      fetched: commit === undefined || root === undefined
        ? state.fetched
        : { author, commit, root, subject, parents: [] }
    }))

  const tidy = Effect.gen(function*() {
    const { accepted, fetched, store } = yield* Ref.get(state)
    store.cache.clear()
    if (!ObjectStore.isDirty(store)) return
    const clean = yield* reachable(store, [fetched, accepted]).pipe(
      Effect.flatMap((names) => ObjectStore.onlyReachable(store, names))
    )
    yield* Ref.update(state, (state) => ({ ...state, store: clean }))
  }).pipe(
    /** What can't be cleaned is replaced by the next fetch. */
    Effect.catch(() => Ref.update(state, (state) => ({ ...state, fetched: undefined }))),
    Effect.withSpan("Repository.tidy")
  )

  return {
    advance,
    accept: ({ author, branch, commit, root, subject, tree }: Moved) =>
      Ref.update(state, (state) => ({ ...state, accepted: { author, branch, commit, root, subject, tree } })),
    foresee,
    adopt,
    tidy,
    history: Effect.fnUntraced(function*(since: string) {
      const { accepted, store } = yield* Ref.get(state)
      return yield* readHistory(store, accepted?.commit, since)
    }),
    objects: Effect.map(Ref.get(state), ({ store }) => store)
  } satisfies Repository
})
