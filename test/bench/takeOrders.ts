// The other side of `OrderedProcess.ts`: what a program does that takes orders.
import { Effect, Queue, type Scope } from "effect"
import type { Said } from "./OrderedProcess.ts"

export interface Begun<First, Order, Answer> {
  /** What is said before the first order. */
  readonly first: First
  readonly carryOut: (order: Order) => Effect.Effect<Answer, Error>
}

const say = <A>(said: Said<A>) => Effect.sync(() => void process.send?.(JSON.stringify(said)))

/** Carries orders out until nobody is left to give any. @param begin called with what the process was started with */
export const takeOrders = <Data, First, Order, Answer>(
  begin: (data: Data) => Effect.Effect<Begun<First, Order, Answer>, Error, Scope.Scope>
): Promise<void> =>
  Effect.gen(function*() {
    const orders = yield* Queue.unbounded<Order>()
    process.once("disconnect", () => process.exit())
    process.on("message", (text) => {
      const order: Order = JSON.parse(String(text))
      Queue.offerUnsafe(orders, order)
    })
    const data: Data = JSON.parse(process.argv[2] ?? "{}")
    const { carryOut, first } = yield* begin(data)
    yield* say({ value: first })
    while (true) yield* say({ value: yield* carryOut(yield* Queue.take(orders)) })
  }).pipe(
    Effect.scoped,
    Effect.catch((error) => say({ failure: String(error) })),
    Effect.runPromise
  )
