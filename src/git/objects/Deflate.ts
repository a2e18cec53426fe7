/** One zlib stream of an object's body: fast rather than small, at once when it is small, off the event loop when it is large. */
import { Effect } from "effect"
import { constants, deflate, deflateSync } from "node:zlib"

/** Above this many bytes deflating takes milliseconds. */
export const largeToDeflate = 128 * 1024

/**
 * Room for the whole answer, and a window and tables no larger than a small body can use: most of the time that a small object takes is
 * spent on making and clearing room.
 */
const options = (size: number) => {
  const windowBits = Math.min(15, Math.max(12, 32 - Math.clz32(size)))
  return {
    level: constants.Z_BEST_SPEED,
    windowBits,
    memLevel: windowBits - 7,
    chunkSize: Math.min(Math.ceil(size * 1.001) + 64, largeToDeflate)
  }
}

export const deflated = (body: Buffer): Effect.Effect<Buffer> =>
  body.length < largeToDeflate
    ? Effect.sync(() => deflateSync(body, options(body.length)))
    : Effect.callback((resume) => {
      deflate(body, options(body.length), (error, bytes) =>
        resume(error === null ? Effect.succeed(bytes) : Effect.die(error)))
    })
