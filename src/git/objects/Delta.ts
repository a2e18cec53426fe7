/** An object written as the difference from another: copies from the base and literal bytes. Pure. */
import { Result } from "effect"
import { counted } from "../../manifest/counted.ts"

interface Size {
  readonly value: number
  readonly next: number
}

const size = (delta: Uint8Array, from: number): Size | undefined => {
  let value = 0
  let weight = 1
  for (let at = from; at < delta.length && at < from + 7; at++) {
    const byte = delta[at] ?? 0
    value += (byte & 0x7f) * weight
    if (byte < 0x80) return { value, next: at + 1 }
    weight *= 128
  }
  return undefined
}

/** How many bytes the result has; `undefined` if the delta does not even say that. */
export const resultSize = (delta: Uint8Array): number | undefined => {
  const base = size(delta, 0)
  return base === undefined ? undefined : size(delta, base.next)?.value
}

/** The object that the delta makes of its base; the failure says what is wrong with the delta. */
export const apply = (base: Uint8Array, delta: Uint8Array): Result.Result<Buffer, string> => {
  const from = size(delta, 0)
  const to = from === undefined ? undefined : size(delta, from.next)
  if (from === undefined || to === undefined) return Result.fail("a delta without its sizes")
  if (from.value !== base.length)
    return Result.fail(`a delta for a base of ${counted(from.value, "byte")}, but its base has ${base.length}`)
  const result = Buffer.allocUnsafe(to.value)
  let written = 0
  let at = to.next
  while (at < delta.length) {
    const code = delta[at++] ?? 0
    if (code & 0x80) {
      let offset = 0
      let length = 0
      if (code & 0x01) offset = delta[at++] ?? 0
      if (code & 0x02) offset += (delta[at++] ?? 0) * 0x100
      if (code & 0x04) offset += (delta[at++] ?? 0) * 0x10000
      if (code & 0x08) offset += (delta[at++] ?? 0) * 0x1000000
      if (code & 0x10) length = delta[at++] ?? 0
      if (code & 0x20) length += (delta[at++] ?? 0) * 0x100
      if (code & 0x40) length += (delta[at++] ?? 0) * 0x10000
      if (length === 0) length = 0x10000
      if (at > delta.length || offset + length > base.length || written + length > result.length)
        return Result.fail("a delta that copies from outside its base")
      result.set(base.subarray(offset, offset + length), written)
      written += length
    } else if (code === 0)
      return Result.fail("a delta with an instruction that does not exist")
    else {
      if (at + code > delta.length || written + code > result.length) return Result.fail("a delta that ends too early")
      result.set(delta.subarray(at, at + code), written)
      at += code
      written += code
    }
  }
  return written === result.length ? Result.succeed(result) : Result.fail("a delta that makes too little")
}
