/**
 * From submissions to a commit that can be pushed: judged on the tip, composed, signed, and checked to change nothing but what was wished.
 * What can't be made is refused alone and holds nothing else up.
 */
import { Clock, Effect } from "effect"
import { composeFile } from "../../manifest/edit/composeFile.ts"
import { version } from "../../version.ts"
import * as ClusterNameFile from "../ClusterNameFile.ts"
import { commitMessage } from "../commit/CommitMessage.ts"
import { composeCommit } from "../commit/composeCommit.ts"
import { namingMessage } from "../commit/NamingMessage.ts"
import type { GitFailure } from "../GitError.ts"
import type { Naming, PatchDocument } from "../GitMessages.ts"
import { GitOptions } from "../GitOptions.ts"
import * as ObjectStore from "../objects/ObjectStore.ts"
import type { IndexedPack } from "../objects/PackIndex.ts"
import { makeTurns } from "../objects/Turns.ts"
import type { Here } from "../Reading.ts"
import type { Moved, Repository } from "../Repository.ts"
import * as Basis from "./Basis.ts"
import { type Based, draft, type Drafted, refusal } from "./Drafting.ts"
import { editOf } from "./editOf.ts"
import { compareNaming, judgeNaming, refusalOf } from "./NamingBasis.ts"
import { lacking } from "./Requirements.ts"
import { makeSign, type SigningKeyUnusable } from "./Signing.ts"
import type { Answer, Submission } from "./Submission.ts"
import type { Attempt } from "./SubmissionsState.ts"
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
  /** What has to wait for something it needs, by the ids of submissions. */
  readonly blocked: ReadonlySet<number>
  /** Holds all others; `undefined` if none is left. */
  readonly prepared: Prepared | undefined
}

type Draft = Extract<Drafted, { readonly _tag: "Drafted" }>["draft"]

/** What judging costs, in units of turns. */
const perChange = 5_000

const noBranch: Answer = {
  _tag: "Refused",
  reason: "NoBranch",
  words: `the remote's HEAD names no branch to commit to; say which with "branch" in the configuration`
}

type Files = Draft["files"]

const unsigned = ({ message }: SigningKeyUnusable): Answer => ({ _tag: "Refused", reason: "Unsigned", words: message })

const all = (submissions: ReadonlyArray<{ readonly id: number }>, answer: Answer): Answers =>
  new Map(submissions.map(({ id }) => [id, answer]))

/** Whose changes go to a path, or below it. */
const ownersBelow = ({ owners }: Draft, path: string) =>
  [...owners].flatMap(([file, ids]) => file === path || file.startsWith(`${path}/`) ? [...ids] : [])

export const makeCommitting = Effect.fnUntraced(function*(repository: Repository) {
  const options = yield* GitOptions
  const { commit: { author, signingKeyFile }, defaultNamespace, gitPath } = options
  const sign = signingKeyFile === undefined ? undefined : yield* makeSign(signingKeyFile)

  const signatory = (cluster: string) => ({ cluster, controller: { name: options.name, version } })

  const judge = Effect.fnUntraced(
    function*(
      submissions: ReadonlyArray<Submission>,
      { tip: { commit, index } }: Here,
      documents: Basis.Documents
    ) {
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
    }
  )

  const compose = Effect.fnUntraced(function*({ root, tip: { commit } }: Here, files: Files, message: string) {
    const source = yield* repository.objects
    const composed = yield* composeCommit<SigningKeyUnusable>(source, {
      parent: commit === undefined || root === undefined ? undefined : { commit, root },
      files,
      author,
      committer: author,
      at: yield* Clock.currentTimeMillis,
      message,
      sign
    })
    if (composed === undefined) return undefined
    const own = { commit: composed.commit, root: composed.root, objects: composed.indexed }
    return { ...own, pack: composed.pack, moved: yield* repository.foresee(own) }
  })

  /** The commit; `undefined` when the tip is already what it would make it. The file with the name keeps gitPath in Git. */
  const prepare = Effect.fnUntraced(function*(here: Here, files: Files, message: string) {
    const made = yield* compose(here, files, message)
    if (made === undefined) return undefined
    const { commit, moved, objects, pack } = made
    const stray = moved?.changes.find(({ path }) => !files.has(path))
    if (moved === undefined || stray !== undefined)
      return yield* Effect.die(new Error(`a commit that would change ${stray?.path ?? "gitPath"} was not pushed`))
    return { commit, parent: here.tip.commit, ref: `refs/heads/${moved.branch}`, pack, objects, moved }
  })

  /** A commit of all of these, or what some of them are to be told instead. */
  const tryAll = Effect.fnUntraced(function*(
    here: Here,
    submissions: ReadonlyArray<Based>,
    cluster: string
  ): Effect.fn.Return<Prepared | Answers, GitFailure | ObjectStore.ReadFault> {
    const drafted = yield* draft(submissions, here.tip.index, yield* repository.objects, options)
    if (drafted._tag === "Refused") return drafted.refused
    const { files, told } = drafted.draft
    const { commit } = here.tip
    if (files.size === 0) return all(submissions, commit === undefined ? noBranch : { _tag: "Committed", commit })
    return yield* prepare(here, files, commitMessage({ changes: told, ...signatory(cluster) })).pipe(
      Effect.map((prepared) =>
        prepared ?? all(submissions, commit === undefined ? noBranch : { _tag: "Committed", commit })
      ),
      Effect.catchTags({
        PathRefused: (refused) =>
          Effect.succeed(
            new Map(ownersBelow(drafted.draft, refused.path).map((id) => [id, refusal(refused.message)] as const))
          ),
        SigningKeyUnusable: (error) => Effect.succeed(all(submissions, unsigned(error)))
      })
    )
  })

  const makeDocuments = Effect.fnUntraced(function*(
    here: Here,
    submissions: ReadonlyArray<Submission>,
    cluster: string
  ): Effect.fn.Return<Made, GitFailure | ObjectStore.ReadFault> {
    const documents = Basis.documentsOf(here.tip.index, defaultNamespace)
    const { based, settled } = yield* judge(submissions, here, documents)
    while (true) {
      const unsettled = based.filter(({ id }) => !settled.has(id))
      const blocked = lacking(unsettled, documents)
      const left = unsettled.filter(({ id }) => !blocked.has(id))
      if (left.length === 0) return { settled, blocked, prepared: undefined }
      const made = yield* tryAll(here, left, cluster)
      if ("commit" in made) return { settled, blocked, prepared: made }
      if (made.size === 0) return yield* Effect.die(new Error("a commit that is refused for no change of it"))
      for (const [id, answer] of made) settled.set(id, answer)
    }
  })

  const makeName = Effect.fnUntraced(function*(
    here: Here,
    submission: Submission,
    naming: Naming,
    cluster: string
  ): Effect.fn.Return<Made, GitFailure | ObjectStore.ReadFault> {
    const settledAs = (answer: Answer): Made => ({
      settled: all([submission], answer),
      blocked: new Set(),
      prepared: undefined
    })
    const { branch, commit, named } = here.tip
    const verdict = judgeNaming(naming, commit, named)
    if (verdict._tag !== "Based") return settledAs(verdict)
    const path = ClusterNameFile.pathOf(gitPath)
    const file = ClusterNameFile.encode(naming, { branch, gitPath, name: options.name })
    return yield* prepare(
      here,
      new Map([[path, file]]),
      namingMessage(naming, gitPath, verdict.before, signatory(cluster))
    ).pipe(
      Effect.map((prepared): Made =>
        prepared === undefined
          ? settledAs(refusal(`${path} says so already, but isn't read so`))
          : { settled: new Map(), blocked: new Set(), prepared }
      ),
      Effect.catchTags({
        PathRefused: ({ message }) => Effect.succeed(settledAs(refusal(message))),
        SigningKeyUnusable: (error) => Effect.succeed(settledAs(unsigned(error)))
      })
    )
  })

  /** Of these, which are a batch of `batchOf`. */
  const make = Effect.fn("Committing.make")(
    function*(here: Here, submissions: ReadonlyArray<Submission>, cluster: string): Effect.fn.Return<
      Made,
      GitFailure | ObjectStore.ReadFault
    > {
      const refused = (answer: Answer): Made => ({
        settled: all(submissions, answer),
        blocked: new Set(),
        prepared: undefined
      })
      if (here.tip.branch === "HEAD") return refused(noBranch)
      const [first] = submissions
      if (first?.naming !== undefined) return yield* makeName(here, first, first.naming, cluster)
      const notNamed = refusalOf(here.tip.named, cluster, gitPath)
      return notNamed === undefined ? yield* makeDocuments(here, submissions, cluster) : refused(notNamed)
    }
  )

  /** The patches that would change nothing, for the tip says so already. */
  const donePatches = Effect.fnUntraced(
    function*(submissions: ReadonlyArray<Submission>, documents: Basis.Documents) {
      const source = yield* repository.objects
      const done = new Set<PatchDocument>()
      for (const change of submissions.flatMap(({ changes }) => changes)) {
        const [at] = documents(change.key)
        if (change._tag !== "PatchDocument" || at === undefined) continue
        const before = yield* ObjectStore.read(source, at.blob, "blob")
        const composed = composeFile(before, [editOf(change)], defaultNamespace)
        if (composed._tag === "Success" && composed.success === before) done.add(change)
      }
      return done
    }
  )

  /** What the tip says of these, without writing. */
  const compare = Effect.fnUntraced(function*(here: Here, submissions: ReadonlyArray<Submission>) {
    const documents = Basis.documentsOf(here.tip.index, defaultNamespace)
    const done = yield* donePatches(submissions, documents)
    const { commit, named } = here.tip
    return new Map(
      submissions.map((submission) => [
        submission.id,
        submission.naming === undefined
          ? Basis.compare(submission, commit, documents, (patch) => done.has(patch))
          : compareNaming(submission.naming, commit, named)
      ])
    )
  })

  return { make, compare }
})
