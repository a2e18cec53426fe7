/** Asks the remote for the commits between a known one and the tip, as many as it takes, and reads what they say. Nothing of them is kept. */
import { Effect } from "effect"
import { type Ancestry, ancestry } from "./Ancestry.ts"
import { confirmationsIn, type Confirmed } from "./Confirmation.ts"
import { type GitFailure, PackCorrupt } from "./GitError.ts"
import type { Confirmation, History } from "./History.ts"
import * as Commit from "./objects/Commit.ts"
import * as ObjectStore from "./objects/ObjectStore.ts"
import { indexPack } from "./objects/PackIndex.ts"
import { subtree } from "./objects/subtree.ts"
import type { Remote } from "./Remote.ts"

/** A commit as far as it matters here. */
interface Known {
  readonly parents: ReadonlyArray<string>
  readonly tree: string
  readonly confirmed: ReadonlyArray<Confirmed>
}

type Commits = ReadonlyMap<string, Known>

/** One that says that something is confirmed. */
interface Confirming {
  readonly id: string
  readonly commit: Known
}

/** Asked for in turn, each so many times as many generations, until the answer is known. */
const factor = 10
const mostTurns = 3
/** So many commits with a confirmation are looked at, from the newest on. */
const mostConfirmed = 20

/** The server shows no commit that no branch points at. */
const isWithheld = (failure: GitFailure): boolean => failure._tag === "RemoteError"

const nothing: History = { isAncestor: false, confirmations: [] }

/** What a commit reaches, itself included, as far as it is known. */
const reached = (commits: Commits, from: string): ReadonlySet<string> => {
  const found = new Set([from])
  for (const id of found) for (const parent of commits.get(id)?.parents ?? []) found.add(parent)
  return found
}

/** The newest first, as the generations come. */
const confirmedAfter = (commits: Commits, tip: string, since: string): ReadonlyArray<Confirming> => {
  const before = reached(commits, since)
  return [...reached(commits, tip)].flatMap((id) => {
    const commit = commits.get(id)
    return commit === undefined || before.has(id) || commit.confirmed.length === 0 ? [] : [{ id, commit }]
  }).slice(0, mostConfirmed)
}

export const makeReadHistory = (remote: Remote, gitPath: string) => {
  const { url } = remote

  const packOf = Effect.fnUntraced(function*(bytes: Buffer, base: ObjectStore.ObjectStore) {
    const pack = yield* indexPack(bytes, base.find, base.cache).pipe(
      Effect.mapError((reason) => new PackCorrupt({ url, reason }))
    )
    return { objects: pack.objects, source: ObjectStore.overlay(base, pack) }
  })

  const commitAt = Effect.fnUntraced(function*(source: ObjectStore.ObjectSource, id: string) {
    const body = yield* ObjectStore.read(source, id, "commit").pipe(
      Effect.mapError((fault) =>
        new PackCorrupt({ url, reason: fault._tag === "Missing" ? `commit ${id} is missing` : fault.reason })
      )
    )
    const parsed = Commit.parse(body)
    if (parsed === undefined) return yield* new PackCorrupt({ url, reason: `commit ${id} can't be read` })
    return { ...parsed, confirmed: confirmationsIn(Commit.messageOf(body)) } satisfies Known
  })

  /** All commits from the tip on, but for what lies below the known one, for so many generations. */
  const commitsBetween = Effect.fnUntraced(function*(tip: string, since: string, generations: number) {
    const bytes = yield* remote.fetch({ want: tip, have: since, generations })
    const { objects, source } = yield* packOf(bytes, ObjectStore.emptyStore())
    const commits = new Map<string, Known>()
    for (const [id, { type }] of objects) if (type === "commit") commits.set(id, yield* commitAt(source, id))
    return commits
  })

  const between = Effect.fnUntraced(function*(tip: string, since: string) {
    // A server that can't leave history out sends all of it, whatever it is asked for.
    const sendsAll = (yield* remote.generations) === 0
    let generations = sendsAll ? Number.MAX_SAFE_INTEGER : yield* remote.generations
    let commits: Commits = new Map()
    let found: Ancestry = "unknown"
    for (let turn = 0; turn < mostTurns && found === "unknown"; turn++) {
      commits = yield* commitsBetween(tip, since, generations)
      found = ancestry((id) => commits.get(id), tip, since, generations)
      generations *= factor
    }
    return { commits, isAncestor: found === "grown" }
  })

  /** The directory gitPath of a commit; its objects are fetched as a difference from the tip. */
  const directoryOf = Effect.fnUntraced(function*(store: ObjectStore.ObjectStore, id: string, tip: string) {
    const { source } = id === tip
      ? { source: store }
      : yield* packOf(yield* remote.fetch({ want: id, have: tip }), store)
    const { tree } = yield* commitAt(source, id)
    return yield* subtree(source, tree, gitPath).pipe(
      Effect.mapError(() => new PackCorrupt({ url, reason: `the tree of commit ${id} can't be read` }))
    )
  })

  /** Whether it differs below gitPath from what the branch was before it. What a server won't show is no proof. */
  const touchesGitPath = Effect.fnUntraced(
    function*(
      store: ObjectStore.ObjectStore,
      { commit: { parents, tree }, id }: Confirming,
      commits: Commits,
      tip: string
    ) {
      const [parent] = parents
      if (parent !== undefined && commits.get(parent)?.tree === tree) return false
      const now = yield* directoryOf(store, id, tip)
      return now !== (parent === undefined ? undefined : yield* directoryOf(store, parent, tip))
    },
    (effect, _store, { id }) =>
      Effect.catchIf(effect, isWithheld, ({ message }) =>
        Effect.as(
          Effect.logWarning(`Whether commit ${id} confirms deletions here can't be known, so it doesn't: ${message}`),
          false
        ))
  )

  /** @param store holds the tip's objects */
  return Effect.fn("readHistory")(
    function*(
      store: ObjectStore.ObjectStore,
      tip: string | undefined,
      since: string
    ): Effect.fn.Return<History, GitFailure> {
      if (tip === since) return { isAncestor: true, confirmations: [] }
      if (tip === undefined || !/^[0-9a-f]{40}$/.test(since)) return nothing
      const { commits, isAncestor } = yield* between(tip, since)
      if (!isAncestor) return nothing
      const confirmations: Array<Confirmation> = []
      for (const confirming of confirmedAfter(commits, tip, since)) {
        if (yield* touchesGitPath(store, confirming, commits, tip))
          confirmations.push(...confirming.commit.confirmed.map((each) => ({ commit: confirming.id, ...each })))
      }
      return { isAncestor, confirmations }
    }
  )
}
