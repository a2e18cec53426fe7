// What the Coordinator has Git do: named once, and asked again only when it failed or something else is to be asked.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { CoordinatorMessage } from "../../src/coordination/CoordinatorMessage.ts"
import * as CoordinatorState from "../../src/coordination/CoordinatorState.ts"
import { fold } from "../../src/coordination/Folding.ts"
import * as GitErrands from "../../src/coordination/GitErrands.ts"
import { wasRead } from "../../src/coordination/RecordNews.ts"
import { GitActor } from "../../src/git/GitActor.ts"
import { type Naming, SubmitRefused } from "../../src/git/GitMessages.ts"
import { noReport } from "../../src/git/GitReport.ts"
import type { Tip } from "../../src/git/Tip.ts"
import { rule } from "../kind/samples.ts"
import { leading, reported } from "./keeping.ts"
import { loaded, options, record } from "./samples.ts"

const refused = new SubmitRefused({ sender: "x", reason: "Declined", words: "read-only key" })

/** Git that declines as long as it is told to; what it was asked, and the mail. */
const errands = Effect.gen(function*() {
  const git = { named: new Array<Naming>(), declines: false }
  const mailbox = yield* Queue.unbounded<CoordinatorMessage>()
  const run = yield* GitErrands.make((message) => Effect.asVoid(Queue.offer(mailbox, message))).pipe(
    Effect.provide(Layer.mock(GitActor, {
      changes: Stream.empty,
      nameCluster: (naming) =>
        Effect.suspend(() => {
          git.named.push(naming)
          return git.declines ? Effect.fail(refused) : Effect.succeed({ _tag: "Committed" as const, commit: "c" })
        })
    }))
  )
  return { git, run, mail: Queue.take(mailbox) }
})

const written = (change: Partial<Tip>, head: Parameters<typeof record>[1] = {}) => {
  const start = CoordinatorState.initial({ number: 1, rules: [rule({ syncTo: "git" })] }, noReport, 0, options)
  const state = [leading, reported(change)].reduce(fold, start)
  const known = record({}, head)
  const read = loaded(known)
  return wasRead(
    state,
    read._tag === "Loaded"
      ? { ...read, stored: { record: known, versions: new Map(), missingShards: 0 } }
      : read
  )
}

const nobody = { named: { _tag: "Nobody" } } as const

describe("naming this cluster in Git", () => {
  it.effect("is asked for once for a tip, and again when it was declined and some time passed", () =>
    Effect.gen(function*() {
      const { git, mail, run } = yield* errands
      git.declines = true
      const state = written(nobody)
      const [, again] = yield* run(state)
      const told = fold(state, yield* mail)
      const mirroring = CoordinatorState.mirroringOf(told)
      assert.include(mirroring._tag === "Closed" ? mirroring.reason : "", "read-only key")
      yield* run(told)
      assert.lengthOf(git.named, 1)
      git.declines = false
      yield* TestClock.adjust(again ?? 0)
      yield* run(told)
      yield* mail
      assert.deepStrictEqual(git.named, Array.from({ length: 2 }, () => ({ cluster: "c", stateNamespace: "ns" })))
    }))

  it.effect("takes another's place only where a person said so", () =>
    Effect.gen(function*() {
      const { git, mail, run } = yield* errands
      const named = { named: { _tag: "Named", cluster: "them", stateNamespace: "theirs" } } as const
      yield* run(written(named))
      yield* run(written(named, { takesOver: "them/theirs" }))
      yield* mail
      assert.deepStrictEqual(git.named, [{ cluster: "c", stateNamespace: "ns", replaces: "them" }])
    }))
})
