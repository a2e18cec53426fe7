/** What was decided about an object doesn't hold any more: nothing further is written by it, and the kind decides again. */
import { Deferred, Effect, Schema } from "effect"
import { BeforeSending } from "../../kubernetes/BeforeSending.ts"

export class Outdated extends Schema.TaggedError<Outdated>()("Outdated", {
  /** `rules`: the rules or the commit are others by now; `object`: another object has taken its place; `changed`: somebody changed it. */
  reason: Schema.Literals(["rules", "object", "changed"])
}) {
  override get message(): string {
    const why = {
      rules: "The rules or the commit have changed",
      object: "The object was deleted and made anew",
      changed: "Somebody changed the object"
    }[this.reason]
    return `${why} since this was decided: nothing more was written by it, and it is decided again.`
  }
}

/** Whether what something was decided by still holds: asked right before every write is sent, once. */
export type IsCurrent = Effect.Effect<boolean>

/** Fails with Outdated, and writes nothing, when what it was decided by holds no more as its turn comes. */
export const ifCurrent = Effect.fnUntraced(function*<A, E, R>(isCurrent: IsCurrent, write: Effect.Effect<A, E, R>) {
  const dropped = yield* Deferred.make<never, Outdated>()
  const drop = Effect.andThen(Deferred.fail(dropped, new Outdated({ reason: "rules" })), Effect.never)
  const asking = Effect.flatMap(isCurrent, (holds) => holds ? Effect.void : drop)
  return yield* Effect.raceFirst(Effect.provideService(write, BeforeSending, asking), Deferred.await(dropped))
})
