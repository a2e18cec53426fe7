// A program of this folder in a process of its own, which carries out orders one at a time. What is measured is neither
// hindered by this process, whose event loop and memory are busy with other things, nor pays for its size when it starts processes.
import { Effect, type Scope } from "effect"
import { type ChildProcess, fork } from "node:child_process"
import { join } from "node:path"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"

/** What the program says, as JSON: first that it has begun, then one answer to each order. */
export type Said<A> = { readonly value: A } | { readonly failure: string }

export interface OrderedProcess<First, Order, Answer> {
  /** What it said when it had begun. */
  readonly first: First
  /** One at a time. */
  readonly order: (order: Order) => Effect.Effect<Answer, MeasuredSomethingElse>
}

const next = <A>(child: ChildProcess) =>
  Effect.callback<A, MeasuredSomethingElse>((resume) => {
    const fail = (message: string) => resume(Effect.fail(new MeasuredSomethingElse({ message })))
    const onMessage = (text: unknown) => {
      child.off("exit", onExit)
      const said: Said<A> = JSON.parse(String(text))
      if ("failure" in said) fail(said.failure)
      else resume(Effect.succeed(said.value))
    }
    const onExit = (code: number | null) => fail(`${child.spawnargs.at(1)} ended with ${code}`)
    child.once("message", onMessage)
    child.once("exit", onExit)
    return Effect.sync(() => {
      child.off("message", onMessage)
      child.off("exit", onExit)
    })
  })

const end = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.disconnect()
  })

/** Answers once the program has begun; it ends with the scope, and when this process ends. @param data what it begins with */
export const startOrdered = <First, Order, Answer>(
  program: string,
  data: unknown
): Effect.Effect<OrderedProcess<First, Order, Answer>, MeasuredSomethingElse, Scope.Scope> =>
  Effect.gen(function*() {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        fork(join(import.meta.dirname, program), [JSON.stringify(data)], {
          stdio: ["ignore", "ignore", "inherit", "ipc"]
        })
      ),
      end
    )
    const first = yield* next<First>(child)
    const order = (order: Order) =>
      Effect.andThen(Effect.sync(() => child.send(JSON.stringify(order))), next<Answer>(child))
    return { first, order }
  })
