/** One zlib stream somewhere in a pack: at once when it is small, off the event loop when it is large. */
import { Effect, Result } from "effect"
import { inflate, inflateSync, type ZlibOptions } from "node:zlib"
import { type InflateInto, inflateInto } from "./InflateEngine.ts"

export interface Inflated {
  readonly body: Buffer
  /** Where the stream ended. */
  readonly end: number
}

/** Above this many bytes inflating takes milliseconds. */
export const large = 1024 * 1024

const options = (size: number): ZlibOptions => ({
  info: true,
  chunkSize: Math.max(64, size),
  maxOutputLength: Math.max(1, size)
})

interface WithEngine {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

const hasEngine = (answer: unknown): answer is WithEngine =>
  typeof answer === "object" && answer !== null && "engine" in answer

const inflated = (answer: unknown, start: number, size: number): Result.Result<Inflated, string> =>
  hasEngine(answer) && answer.buffer.length === size
    ? Result.succeed({ body: answer.buffer, end: start + answer.engine.bytesWritten })
    : Result.fail("an object that is not as long as it says")

const fault = (cause: unknown): string =>
  `an object that cannot be inflated (${cause instanceof Error ? cause.message : String(cause)})`

/** Where small streams are inflated to, with room for what would be too much. */
const room = Buffer.allocUnsafeSlow(64 * 1024)

const inflatedWith = (inflateInto: InflateInto, pack: Buffer, start: number, size: number) => {
  const { end, left } = inflateInto(pack, start, room.subarray(0, size + 1))
  return left === 1
    ? Result.succeed({ body: Buffer.from(room.subarray(0, size)), end })
    : Result.fail("an object that is not as long as it says")
}

/** For hot loops: inflates the stream at `start`, which must come out at exactly `size` bytes. */
export const inflateNow = (pack: Buffer, start: number, size: number): Result.Result<Inflated, string> => {
  try {
    return inflateInto !== undefined && size < room.length
      ? inflatedWith(inflateInto, pack, start, size)
      : inflated(inflateSync(pack.subarray(start), options(size)), start, size)
  } catch (cause) {
    return Result.fail(fault(cause))
  }
}

/** The same for any size, leaving the event loop free when it is large. */
export const inflateAt = (pack: Buffer, start: number, size: number): Effect.Effect<Inflated, string> =>
  size < large
    ? Effect.suspend(() => Effect.fromResult(inflateNow(pack, start, size)))
    : Effect.callback<Inflated, string>((resume) => {
      inflate(pack.subarray(start), options(size), (error, answer) => {
        resume(error === null ? Effect.fromResult(inflated(answer, start, size)) : Effect.fail(fault(error)))
      })
    })
