/**
 * Parses what an answer brings in slices, with a turn for everybody else between two of them,
 * so that a long list or watch never holds up the event loop.
 */
import { Array, Cause, Effect, type Pull } from "effect"
import type { Json } from "../../manifest/Manifest.ts"
import type { Backlog } from "../Backlog.ts"
import type { OpenAnswer } from "./OpenAnswer.ts"
import { TransportFault } from "./TransportFault.ts"

/** Bytes that are parsed at a stretch: a few milliseconds. */
const slice = 128 * 1024

const notJson = new TransportFault({ kind: "broken", reason: "its answer is not valid JSON" })

const parseAll = (values: ReadonlyArray<Buffer>): Effect.Effect<Array.NonEmptyReadonlyArray<Json>, TransportFault> => {
  const parsed: Array<Json> = []
  try {
    for (const value of values) parsed.push(JSON.parse(value.toString()) as Json)
  } catch {
    return Effect.fail(notJson)
  }
  return Array.isReadonlyArrayNonEmpty(parsed) ? Effect.succeed(parsed) : Effect.fail(notJson)
}

/** The values a splitter finds in the answer. */
export const slicesOf = (
  answer: OpenAnswer,
  splitter: { readonly whole: Backlog; push(piece: Buffer): void }
): Pull.Pull<Array.NonEmptyReadonlyArray<Json>, TransportFault> => {
  const more: Pull.Pull<Array.NonEmptyReadonlyArray<Json>, TransportFault> = Effect.flatMap(answer.read, (pieces) => {
    for (const piece of pieces) splitter.push(piece)
    return next
  })
  const next: Pull.Pull<Array.NonEmptyReadonlyArray<Json>, TransportFault> = Effect.suspend(() => {
    const values = splitter.whole.take(slice)
    return values.length === 0 ? more : Effect.andThen(Effect.yieldNow, parseAll(values))
  })
  return next
}

/** The whole answer as text; for those that are errors. */
export const textOf = (answer: OpenAnswer): Effect.Effect<string, TransportFault> =>
  Effect.gen(function*() {
    const pieces: Array<Buffer> = []
    while (true) {
      const read = yield* answer.read.pipe(Effect.catchIf(Cause.isDone, () => Effect.succeed(undefined)))
      if (read === undefined) return Buffer.concat(pieces).toString()
      pieces.push(...read)
    }
  })
