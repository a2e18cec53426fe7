/** An object where it lies in a pack, and how its body is read: a chain of deltas down to a whole one, with a bounded cache. */
import { Effect, Result } from "effect"
import * as Delta from "./Delta.ts"
import type { ObjectType } from "./GitObject.ts"
import { inflateAt, inflateNow } from "./Inflate.ts"
import { makeRecentlyUsed, type RecentlyUsed } from "./RecentlyUsed.ts"

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

/** Bodies read lately. */
export type BodyCache = RecentlyUsed<PackedObject, Buffer>

/** @param limit of all bodies together, in bytes */
export const makeBodyCache = (limit: number): BodyCache =>
  makeRecentlyUsed({ limit, largest: limit / 4, sizeOf: (body) => body.length })

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
  let current = body ?? (yield* inflateAt(bottom.pack, bottom.start, bottom.inflatedSize)).body
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
    if (body !== undefined) return Effect.succeed(body)
    return object.isLarge ? readLarge(object, cache) : Effect.fromResult(readNow(object, cache))
  })
