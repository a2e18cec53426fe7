/** Whether anybody needs to know what the cluster holds: a standby watches nothing, and asks when its turn comes. */
import { Context, Effect, Stream } from "effect"
import { Leadership } from "./Leadership.ts"

/** The latest, and every change. Whoever says nothing is attentive. */
export const Attention = Context.Reference<Stream.Stream<boolean>>("gitops/kubernetes/Attention", {
  defaultValue: () => Stream.make(true)
})

/** As long as this process leads. */
export const ofLeader: Effect.Effect<Stream.Stream<boolean>, never, Leadership> = Effect.map(
  Leadership,
  ({ standing }) => standing.pipe(Stream.map(({ _tag }) => _tag === "Leading"), Stream.changes)
)

/** Runs this while there is attention, from its beginning each time, and the other each time attention ends. */
export const attentively = <R>(
  work: Effect.Effect<void, never, R>,
  atEnd: Effect.Effect<void>
): Effect.Effect<void, never, R> =>
  Effect.flatMap(Attention, (attention) =>
    attention.pipe(
      Stream.switchMap((isAttentive) => Stream.fromEffect(isAttentive ? work : atEnd)),
      Stream.runDrain
    ))
