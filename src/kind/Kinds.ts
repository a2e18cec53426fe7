/**
 * Keeps exactly one supervised actor for every kind the round needs and the cluster serves, and none while another process leads.
 * An actor that fails is started again alone, with backoff; the others do not notice.
 */
import { Cause, Clock, Context, Effect, FiberMap, Layer, Metric, Option, Queue, Random, Ref, Stream } from "effect"
import { GitActor } from "../git/GitActor.ts"
import type { Served } from "../kubernetes/Discovery.ts"
import { Landscape } from "../kubernetes/Landscape.ts"
import { type KindId, kindId } from "../manifest/ObjectKey.ts"
import { Coordination } from "./Coordination.ts"
import * as KindActor from "./KindActor.ts"
import * as KindMetrics from "./KindMetrics.ts"
import { KindOptions } from "./KindOptions.ts"
import type { KindSpec } from "./KindSpec.ts"
import { isSame, roster, type UnservedKind } from "./Roster.ts"
import type { Round } from "./Round.ts"
import { stageOf } from "./Stage.ts"

type Message =
  | { readonly _tag: "RoundChanged"; readonly round: Round }
  | { readonly _tag: "ServedChanged"; readonly served: Served }

/** A kind that keeps failing holds up later stages for this long (milliseconds). */
const patience = 30_000
/** An actor that ran this long without failing starts with the shortest wait again. */
const quiet = 60_000
const firstWait = 250
const longestWait = 60_000

const waitAfter = (failures: number, jitter: number) =>
  Math.min(longestWait, firstWait * 2 ** Math.min(failures - 1, 10)) * (0.75 + 0.25 * jitter)

export class Kinds extends Context.Service<Kinds, {
  /** Kinds that Git has manifests of and the cluster does not serve. */
  readonly unserved: Effect.Effect<ReadonlyArray<UnservedKind>>
}>()("gitops/kind/Kinds") {
  static readonly layer = Layer.effect(
    Kinds,
    Effect.gen(function*() {
      const coordination = yield* Coordination
      const git = yield* GitActor
      const landscape = yield* Landscape
      const options = yield* KindOptions
      const actors = yield* FiberMap.make<KindId>()
      const running = new Map<KindId, KindSpec>()
      const unserved = yield* Ref.make<ReadonlyArray<UnservedKind>>([])
      const mailbox = yield* Queue.bounded<Message>(16)

      const reportFailure = Effect.fnUntraced(function*(spec: KindSpec, round: number, reason: string, busy: boolean) {
        const kind = kindId(spec.kind)
        const watch = { _tag: "Unavailable", reason } as const
        yield* coordination.report({
          kind,
          stage: stageOf(spec.kind),
          watch,
          round,
          busy,
          rules: [],
          troubles: [],
          troubleCount: 0,
          missing: []
        })
      })

      /** Runs an actor for ever. */
      const supervise = Effect.fnUntraced(function*(spec: KindSpec) {
        const kind = kindId(spec.kind)
        let failures = 0
        let failingSince: number | undefined
        while (true) {
          const startedAt = yield* Clock.currentTimeMillis
          const cause = yield* KindActor.run(spec, options).pipe(Effect.sandbox, Effect.flip)
          const now = yield* Clock.currentTimeMillis
          if (now - startedAt > quiet) {
            failures = 0
            failingSince = undefined
          }
          failures += 1
          failingSince ??= startedAt
          const failure = Cause.findErrorOption(cause)
          const reason = Option.match(failure, {
            onNone: () => `its actor failed and is started again: ${String(Cause.squash(cause))}`,
            onSome: (error) => error.message
          })
          yield* Metric.update(KindMetrics.kindRestarts, 1)
          yield* Option.isSome(failure)
            ? Effect.logWarning(`${kind} cannot be watched: ${reason}`)
            : Effect.logError(`The actor of ${kind} failed and is started again`, cause)
          yield* reportFailure(spec, currentRound, reason, Option.isNone(failure) && now - failingSince < patience)
          yield* Effect.sleep(waitAfter(failures, yield* Random.next))
        }
      })

      let currentRound = -1
      let term: number | undefined
      const stopAllBut = Effect.fnUntraced(function*(wanted: ReadonlyMap<KindId, KindSpec>) {
        for (const kind of Array.from(running.keys())) {
          if (wanted.has(kind)) continue
          running.delete(kind)
          yield* FiberMap.remove(actors, kind)
          yield* git.withdraw(kind)
        }
      })

      const settle = Effect.fnUntraced(function*(round: Round, served: Served) {
        currentRound = round.number
        const wanted = roster(round, served, yield* coordination.inventoryKinds, options)
        yield* stopAllBut(wanted.specs)
        // Nobody tells anything of this round before it is known who is to.
        yield* coordination.expect(
          round.number,
          new Set(wanted.specs.keys()),
          new Set(wanted.unserved.map(({ kind }) => kind))
        )
        for (const [kind, spec] of wanted.specs) {
          const before = running.get(kind)
          if (before !== undefined && isSame(before, spec)) continue
          running.set(kind, spec)
          yield* FiberMap.run(actors, kind, supervise(spec))
        }
        yield* Ref.set(unserved, wanted.unserved)
      })

      const loop = Effect.gen(function*() {
        let round: Round | undefined
        let served: Served | undefined
        while (true) {
          for (const message of yield* Queue.takeAll(mailbox)) {
            if (message._tag === "RoundChanged") round = message.round
            else served = message.served
          }
          // What an actor knows of an earlier term may have been overtaken by another leader.
          if (round?.term !== term) yield* stopAllBut(new Map())
          term = round?.term
          if (round?.term !== undefined && served !== undefined) yield* settle(round, served)
        }
      })

      yield* Effect.forkScoped(loop)
      yield* coordination.rounds.pipe(
        Stream.runForEach((round) => Queue.offer(mailbox, { _tag: "RoundChanged", round })),
        Effect.forkScoped
      )
      yield* landscape.changes.pipe(
        Stream.runForEach((served) => Queue.offer(mailbox, { _tag: "ServedChanged", served })),
        Effect.forkScoped
      )
      return Kinds.of({ unserved: Ref.get(unserved) })
    })
  )
}
