/** An object where it lies in a pack, and how its body is read: a chain of deltas down to a whole one, with a bounded cache. */
import { Effect, Result } from "effect"
import * as Delta from "./Delta.ts"
import type { ObjectType } from "./GitObject.ts"
import { inflateAt, inflateNow } from "./Inflate.ts"

export interface PackedObject {
  readonly type: ObjectType
  /** Of the whole body, in bytes. */
  readonly size: number
  readonly pack: Buffer
  /** Where its zlib stream begins and ends in the pack. */
  readonly start: number
  readonly end: number
  /** Of what the stream inflates to: the body, or the delta. */
  readonly inflatedSize: number
  /** What the delta is from. */
  readonly base: PackedObject | undefined
  /** Whether it, or anything it is made from, takes long to inflate. */
  readonly isLarge: boolean
}

/** Bodies read lately, in memory of its own: kept as buffers they would live long enough to be expensive to collect. */
export interface BodyCache {
  /** A view that is good until the next `put`. */
  readonly get: (object: PackedObject) => Buffer | undefined
  readonly put: (object: PackedObject, body: Buffer) => void
  readonly clear: () => void
}

/** What came in since the half before was full. */
interface Half {
  readonly memory: Buffer
  readonly starts: Map<PackedObject, number>
  end: number
}

const viewIn = (half: Half | undefined, object: PackedObject): Buffer | undefined => {
  const start = half?.starts.get(object)
  return start === undefined ? undefined : half?.memory.subarray(start, start + object.size)
}

/** What was not used while half of its memory was filled goes all at once. @param limit of all bodies together, in bytes */
export const makeBodyCache = (limit: number): BodyCache => {
  let newer: Half | undefined
  let older: Half | undefined
  const roomFor = (size: number): Half => {
    if (newer !== undefined && newer.end + size <= newer.memory.length) return newer
    const memory = older?.memory ?? Buffer.allocUnsafeSlow(Math.ceil(limit / 2))
    older = newer
    newer = { memory, starts: new Map(), end: 0 }
    return newer
  }
  const put = (object: PackedObject, body: Buffer) => {
    if (body.length > limit / 8 || newer?.starts.has(object) === true) return
    const half = roomFor(body.length)
    half.starts.set(object, half.end)
    half.end += body.copy(half.memory, half.end)
  }
  return {
    get: (object) => {
      const body = viewIn(newer, object)
      if (body !== undefined) return body
      const before = viewIn(older, object)
      if (before === undefined) return undefined
      put(object, before)
      return viewIn(newer, object)
    },
    put,
    clear: () => {
      newer = undefined
      older = undefined
    }
  }
}

/** The object, and what it is a delta from, down to one whose body is cached or whole. */
const chain = (object: PackedObject, cache: BodyCache) => {
  const deltas: Array<PackedObject> = []
  let at = object
  let body = cache.get(at)
  while (body === undefined && at.base !== undefined) {
    deltas.push(at)
    at = at.base
    body = cache.get(at)
  }
  return { deltas: deltas.toReversed(), bottom: at, body }
}

/** For hot loops: the body of an object none of whose parts is large. */
const readNow = (object: PackedObject, cache: BodyCache): Result.Result<Buffer, string> => {
  const { bottom, deltas, body } = chain(object, cache)
  let current = body
  if (current === undefined) {
    const whole = inflateNow(bottom.pack, bottom.start, bottom.inflatedSize)
    if (Result.isFailure(whole)) return Result.fail(whole.failure)
    current = whole.success.body
    cache.put(bottom, current)
  }
  for (const delta of deltas) {
    const inflated = inflateNow(delta.pack, delta.start, delta.inflatedSize)
    if (Result.isFailure(inflated)) return Result.fail(inflated.failure)
    const applied = Delta.apply(current, inflated.success.body)
    if (Result.isFailure(applied)) return applied
    current = applied.success
    cache.put(delta, current)
  }
  return Result.succeed(current)
}

const readLarge = Effect.fnUntraced(function*(object: PackedObject, cache: BodyCache) {
  const { bottom, deltas, body } = chain(object, cache)
  let current = body === undefined
    ? (yield* inflateAt(bottom.pack, bottom.start, bottom.inflatedSize)).body
    : Buffer.from(body)
  for (const delta of deltas) {
    const inflated = yield* inflateAt(delta.pack, delta.start, delta.inflatedSize)
    current = yield* Effect.fromResult(Delta.apply(current, inflated.body))
    yield* Effect.yieldNow
  }
  cache.put(object, current)
  return current
})

/** The body of an object; the failure says what is wrong with the pack. */
export const readBody = (object: PackedObject, cache: BodyCache): Effect.Effect<Buffer, string> =>
  Effect.suspend(() => {
    const body = cache.get(object)
    if (body !== undefined) return Effect.succeed(Buffer.from(body))
    return object.isLarge ? readLarge(object, cache) : Effect.fromResult(readNow(object, cache))
  })
