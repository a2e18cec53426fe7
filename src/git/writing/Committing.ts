/**
 * From submissions to a commit that can be pushed: judged on the tip, composed, signed, and checked to change nothing but what was wished.
 * What can't be made is refused alone and holds nothing else up.
 */
import { Clock, Effect } from "effect"
import { version } from "../../version.ts"
import { commitMessage } from "../commit/CommitMessage.ts"
import { composeCommit } from "../commit/composeCommit.ts"
import type { GitFailure } from "../GitError.ts"
import { GitOptions } from "../GitOptions.ts"
import type { ReadFault } from "../objects/ObjectStore.ts"
import type { IndexedPack } from "../objects/PackIndex.ts"
import { makeTurns } from "../objects/Turns.ts"
import type { Here } from "../Reading.ts"
import type { Moved, Repository } from "../Repository.ts"
import * as Basis from "./Basis.ts"
import { type Based, draft, type Drafted, refusal } from "./Drafting.ts"
import { makeSign, type SigningKeyUnusable } from "./Signing.ts"
import type { Answer, Submission } from "./Submission.ts"
import type { Attempt } from "./Submissions.ts"
import { unreadable } from "./Unreadable.ts"

/** A commit that is ready to be pushed. */
export interface Prepared extends Attempt {
  /** In full: `refs/heads/main`. */
  readonly ref: string
  readonly pack: Buffer
  readonly objects: IndexedPack
  /** Where the branch goes with it. */
  readonly moved: Moved
}

type Answers = ReadonlyMap<number, Answer>

export interface Made {
  /** What is not in the commit, by the ids of submissions. */
  readonly settled: Answers
  /** Holds all others; `undefined` if none is left. */
  readonly prepared: Prepared | undefined
}

type Draft = Extract<Drafted, { readonly _tag: "Drafted" }>["draft"]

/** What judging costs, in units of turns. */
const perChange = 5_000

/** Keeps a directory in Git that would be empty. */
const placeholder = ".gitkeep"

const noBranch: Answer = {
  _tag: "Refused",
  reason: "NoBranch",
  words: `the remote's HEAD names no branch to commit to; say which with "branch" in the configuration`
}

const all = (submissions: ReadonlyArray<{ readonly id: number }>, answer: Answer): Answers =>
  new Map(submissions.map(({ id }) => [id, answer]))

/** Whose changes go to a path, or below it. */
const ownersBelow = ({ owners }: Draft, path: string) =>
  [...owners].flatMap(([file, ids]) => file === path || file.startsWith(`${path}/`) ? [...ids] : [])

export const makeCommitting = Effect.fnUntraced(function*(repository: Repository) {
  const options = yield* GitOptions
  const { commit: { author, signingKeyFile }, defaultNamespace, gitPath } = options
  const sign = signingKeyFile === undefined ? undefined : yield* makeSign(signingKeyFile)

  const judge = Effect.fnUntraced(function*(submissions: ReadonlyArray<Submission>, { tip: { commit, index } }: Here) {
    const documents = Basis.documentsOf(index, defaultNamespace)
    const mayHold = yield* unreadable(index, yield* repository.objects)
    const turns = makeTurns()
    const settled = new Map<number, Answer>()
    const based: Array<Based> = []
    for (const submission of submissions) {
      const judgement = Basis.judgeAll(submission, commit, documents, mayHold)
      if (judgement._tag === "Settled") settled.set(submission.id, judgement.answer)
      else based.push({ id: submission.id, changes: judgement.changes })
      yield* turns.spend(perChange * submission.changes.length)
    }
    return { based, settled }
  })

  const compose = Effect.fnUntraced(
    function*({ root, tip: { commit } }: Here, { files, told }: Draft, cluster: string) {
      const source = yield* repository.objects
      const composed = yield* composeCommit<SigningKeyUnusable>(source, {
        parent: commit === undefined || root === undefined ? undefined : { commit, root },
        files,
        author,
        committer: author,
        at: yield* Clock.currentTimeMillis,
        message: commitMessage({ changes: told, cluster, controller: { name: options.name, version } }),
        sign
      })
      if (composed === undefined) return undefined
      const own = { commit: composed.commit, root: composed.root, objects: composed.indexed }
      return { ...own, pack: composed.pack, moved: yield* repository.foresee(own) }
    }
  )

  /** The commit; `undefined` when the tip is already what it would make it. */
  const prepare = Effect.fnUntraced(function*(here: Here, { files, ...rest }: Draft, cluster: string) {
    const first = yield* compose(here, { files, ...rest }, cluster)
    const kept = new Map(files).set(`${gitPath}/${placeholder}`, Buffer.alloc(0))
    const isEmptied = first !== undefined && first.moved === undefined
    const made = isEmptied ? yield* compose(here, { files: kept, ...rest }, cluster) : first
    if (made === undefined) return undefined
    const { commit, moved, objects, pack } = made
    const stray = moved?.changes.find(({ path }) => !(isEmptied ? kept : files).has(path))
    if (moved === undefined || stray !== undefined)
      return yield* Effect.die(new Error(`a commit that would change ${stray?.path ?? "gitPath"} was not pushed`))
    return { commit, parent: here.tip.commit, ref: `refs/heads/${moved.branch}`, pack, objects, moved }
  })

  /** A commit of all of these, or what some of them are to be told instead. */
  const tryAll = Effect.fnUntraced(function*(
    here: Here,
    submissions: ReadonlyArray<Based>,
    cluster: string
  ): Effect.fn.Return<Prepared | Answers, GitFailure | ReadFault> {
    const drafted = yield* draft(submissions, here.tip.index, yield* repository.objects, options)
    if (drafted._tag === "Refused") return drafted.refused
    const { commit } = here.tip
    return yield* prepare(here, drafted.draft, cluster).pipe(
      Effect.map((prepared) =>
        prepared ?? all(submissions, commit === undefined ? noBranch : { _tag: "Committed", commit })
      ),
      Effect.catchTags({
        PathRefused: (refused) =>
          Effect.succeed(
            new Map(ownersBelow(drafted.draft, refused.path).map((id) => [id, refusal(refused.message)] as const))
          ),
        SigningKeyUnusable: ({ message }) =>
          Effect.succeed(all(submissions, { _tag: "Refused", reason: "Unsigned", words: message }))
      })
    )
  })

  const make = Effect.fn("Committing.make")(
    function*(here: Here, submissions: ReadonlyArray<Submission>, cluster: string): Effect.fn.Return<
      Made,
      GitFailure | ReadFault
    > {
      if (here.tip.branch === "HEAD") return { settled: all(submissions, noBranch), prepared: undefined }
      const { based, settled } = yield* judge(submissions, here)
      while (true) {
        const left = based.filter(({ id }) => !settled.has(id))
        if (left.length === 0) return { settled, prepared: undefined }
        const made = yield* tryAll(here, left, cluster)
        if ("commit" in made) return { settled, prepared: made }
        if (made.size === 0) return yield* Effect.die(new Error("a commit that is refused for no change of it"))
        for (const [id, answer] of made) settled.set(id, answer)
      }
    }
  )

  /** What the tip says of these, without writing. */
  const compare = (here: Here, submissions: ReadonlyArray<Submission>): Answers => {
    const documents = Basis.documentsOf(here.tip.index, defaultNamespace)
    return new Map(
      submissions.map((submission) => [submission.id, Basis.compare(submission, here.tip.commit, documents)])
    )
  }

  return { make, compare }
})
