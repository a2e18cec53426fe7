/** The reading half of the Git actor: looks at the branch, moves to what it finds, and tells everybody what is true now. */
import { Clock, Duration, Effect, FiberHandle, Metric, Queue, Random, Ref, Result } from "effect"
import { fileAt } from "../manifest/FileTree.ts"
import { emptyIndex, type ManifestIndex } from "../manifest/ManifestIndex.ts"
import { ParserPool } from "../manifest/ParserPool.ts"
import { type ClusterName, nobody } from "./ClusterName.ts"
import * as ClusterNameFile from "./ClusterNameFile.ts"
import type { GitFailure } from "./GitError.ts"
import { answer, type GitMailbox } from "./GitMailbox.ts"
import * as GitMetrics from "./GitMetrics.ts"
import { GitOptions } from "./GitOptions.ts"
import type { GitReport } from "./GitReport.ts"
import type { History } from "./History.ts"
import { indexChanges } from "./indexChanges.ts"
import * as ObjectStore from "./objects/ObjectStore.ts"
import type { IndexedPack } from "./objects/PackIndex.ts"
import { Payloads } from "./Payloads.ts"
import * as Polling from "./Polling.ts"
import type { Moved, Repository } from "./Repository.ts"
import type { Tip } from "./Tip.ts"

/** What came of a look. */
export type Looked =
  | { readonly _tag: "Looked"; readonly commit: string | undefined }
  | { readonly _tag: "LookFailed" }

/** Where the branch is, as far as it was read. */
export interface Here {
  readonly tip: Tip
  /** The tree of the whole repository. */
  readonly root: string | undefined
}

export interface Reading {
  /** Looks at the branch now, and again when it is time. */
  readonly look: Effect.Effect<Looked>
  /** Moves to a commit of our own that is on the remote. A failure means that the branch has to be looked at again. */
  readonly adopt: (moved: Moved, objects: IndexedPack) => Effect.Effect<Looked>
  /** `undefined` before the first look that succeeded. */
  readonly here: Effect.Effect<Here | undefined>
  /** Of the tip. */
  readonly history: (since: string) => Effect.Effect<History, GitFailure>
}

const announce = (before: GitReport, tip: Tip, isOurs: boolean) => {
  const { index: { files, passedOver, problems }, branch, commit, rewrittenFrom, subject } = tip
  const text = isOurs
    ? "Pushed a commit"
    : commit === undefined
    ? "The repository is empty"
    : before.tip === undefined
    ? "Read the branch"
    : "The branch moved"
  const loudly = rewrittenFrom === undefined
    ? Effect.logInfo(text)
    : Effect.logWarning(
      `The history of the branch was rewritten: commit ${rewrittenFrom}, which it pointed at, is no longer part of it. ` +
        "It is followed as it is now; what went with the old history is not taken for deleted"
    )
  return loudly.pipe(
    Effect.annotateLogs({
      branch,
      ...commit === undefined
        ? {}
        : { commit, subject, files, problems: problems.length, passedOver: passedOver.length }
    })
  )
}

export const makeReading = Effect.fnUntraced(function*(repository: Repository, mailbox: GitMailbox) {
  const options = yield* GitOptions
  const payloads = yield* Payloads
  const parser = yield* ParserPool
  const timer = yield* FiberHandle.make()
  const here = yield* Ref.make<Here | undefined>(undefined)
  let index = emptyIndex(options.gitPath)
  let failures = 0
  let told: string | undefined
  let named: { readonly blob: string | undefined; readonly branch: string; readonly name: ClusterName } | undefined

  /** Read again when the file or the branch is another. */
  const namedBy = Effect.fnUntraced(
    function*(index: ManifestIndex, branch: string, source: ObjectStore.ObjectSource) {
      const path = ClusterNameFile.pathOf(options.gitPath)
      const blob = fileAt(index.indexed.tree, path)?.blob
      if (blob === named?.blob && branch === named?.branch) return named.name
      const writer = { branch, gitPath: options.gitPath, name: options.name }
      const name = blob === undefined
        ? nobody
        : yield* ObjectStore.read(source, blob, "blob").pipe(
          Effect.map((bytes) => ClusterNameFile.decode(bytes, path, writer)),
          Effect.orElseSucceed(() => ClusterNameFile.notAFile(path))
        )
      named = { blob, branch, name }
      return name
    }
  )

  const taken = Effect.fnUntraced(function*(moved: Moved) {
    const source = yield* repository.objects
    index = yield* indexChanges(index, moved.changes, source).pipe(
      Effect.catchTags({ Missing: Effect.die, Damaged: Effect.die }),
      Effect.provideService(Payloads, payloads),
      Effect.provideService(ParserPool, parser)
    )
    yield* repository.accept(moved)
    yield* Ref.set(payloads.objects, source)
    const { ancestry, author, branch, commit, root, subject, tree } = moved
    const before = (yield* Ref.get(here))?.tip.commit
    const { tip: last } = yield* Ref.get(mailbox.report)
    const tip: Tip = {
      number: (last?.number ?? 0) + 1,
      branch,
      commit,
      subject,
      author,
      tree,
      index,
      named: yield* namedBy(index, branch, source),
      rewrittenFrom: ancestry === "rewritten" ? before : undefined,
      ...ancestry === "unknown" ? { isUnproved: true } : {}
    }
    yield* Ref.set(here, { tip, root })
    return tip
  })

  const found = Effect.fn("GitActor.look")(function*(before: GitReport) {
    const begin = yield* Clock.currentTimeMillis
    const moved = yield* repository.advance(before.tip?.commit !== undefined)
    if (moved === undefined) return before.tip ?? (yield* Effect.die(new Error("accepted, but never published")))
    const tip = yield* taken(moved)
    yield* Metric.update(GitMetrics.moveSeconds, Duration.millis((yield* Clock.currentTimeMillis) - begin))
    return tip
  })

  const succeeded = Effect.fnUntraced(function*(before: GitReport, tip: Tip, checkedAt: number, isOurs: boolean) {
    if (failures > 0) yield* Effect.logInfo("The repository can be read again")
    failures = 0
    told = undefined
    if (tip !== before.tip) yield* announce(before, tip, isOurs)
    yield* Metric.update(
      Metric.withAttributes(GitMetrics.looks, {
        outcome: tip === before.tip ? "unchanged" : isOurs ? "ours" : "moved"
      }),
      1
    )
    yield* mailbox.publish({ tip, failure: undefined, checkedAt })
    yield* answer(mailbox, Effect.succeed(tip))
    if (tip !== before.tip) {
      yield* repository.tidy
      yield* Ref.set(payloads.objects, yield* repository.objects)
    }
    return Polling.afterSuccess(options.interval, yield* Random.next)
  })

  const failed = Effect.fnUntraced(function*(before: GitReport, failure: GitFailure, checkedAt: number) {
    failures += 1
    if (told !== failure._tag) {
      yield* Effect.logWarning(failure.message).pipe(Effect.annotateLogs({ failure: failure._tag }))
      told = failure._tag
    }
    yield* Metric.update(Metric.withAttributes(GitMetrics.looks, { outcome: "failed" }), 1)
    yield* mailbox.publish({ tip: before.tip, failure, checkedAt })
    yield* answer(mailbox, Effect.fail(failure))
    return Polling.afterFailure(options.interval, failures, failure, yield* Random.next)
  })

  /** Does it, tells what came of it, and looks again when it is time. */
  const doing = Effect.fnUntraced(
    function*(move: (before: GitReport) => Effect.Effect<Tip, GitFailure>, isOurs: boolean) {
      const before = yield* Ref.get(mailbox.report)
      const result = yield* Effect.result(move(before))
      const now = yield* Clock.currentTimeMillis
      const wait = Result.isSuccess(result)
        ? yield* succeeded(before, result.success, now, isOurs)
        : yield* failed(before, result.failure, now)
      const next = Effect.andThen(Effect.sleep(wait), Queue.offer(mailbox.messages, { _tag: "Look" }))
      yield* FiberHandle.run(timer, next)
      return Result.isSuccess(result)
        ? { _tag: "Looked", commit: result.success.commit } as const
        : { _tag: "LookFailed" } as const
    }
  )

  return {
    look: doing(found, false),
    adopt: (moved, objects) => doing(() => Effect.andThen(repository.adopt(moved, objects), taken(moved)), true),
    here: Ref.get(here),
    history: repository.history
  } satisfies Reading
})
