/** Says how far long work has come, every five seconds; nothing of work that is done by then. */
import { Clock, Effect } from "effect"

const every = 5_000

/** @param text what is being done, in the past tense: "Composed" @param unit of what: "files" */
export const progressOf = Effect.fnUntraced(function*(text: string, unit: string, total: number) {
  let told = yield* Clock.currentTimeMillis
  return Effect.fnUntraced(function*(done: number) {
    const now = yield* Clock.currentTimeMillis
    if (now - told < every) return
    told = now
    yield* Effect.logInfo(`${text} ${done.toLocaleString("en")} of ${total.toLocaleString("en")} ${unit}`)
  })
})
