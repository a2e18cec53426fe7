/** Git's framing: four hexadecimal digits of length, then that many bytes, and three lengths that are marks. Pure. */
import { Result } from "effect"
import type { WireFault } from "./WireFault.ts"

export type Packet = Buffer | "flush" | "delimiter" | "end"

const marks = ["flush", "delimiter", "end"] as const

export const flush = Buffer.from("0000")
export const delimiter = Buffer.from("0001")

/** The longest payload a packet can carry, in bytes. */
export const longest = 65516

/** One line with its newline. */
export const line = (text: string): Buffer => {
  const body = Buffer.from(`${text}\n`)
  return Buffer.concat([Buffer.from((body.length + 4).toString(16).padStart(4, "0")), body])
}

/** A payload as text, without the newline that may end it. */
export const text = (payload: Buffer): string => {
  const end = payload.at(-1) === 0x0a ? payload.length - 1 : payload.length
  return payload.toString("utf8", 0, end)
}

const digit = (code: number | undefined): number => {
  if (code === undefined) return -1
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

const lengthAt = (bytes: Buffer, at: number): number => {
  let length = 0
  for (let i = at; i < at + 4; i++) {
    const value = digit(bytes[i])
    if (value === -1) return -1
    length = length * 16 + value
  }
  return length
}

export interface Decoded {
  readonly packets: ReadonlyArray<Packet>
  /** The beginning of a packet whose end has not arrived. */
  readonly rest: Buffer
}

/** All whole packets in the bytes. Payloads are views, not copies. */
export const decode = (bytes: Buffer): Result.Result<Decoded, WireFault> => {
  const packets: Array<Packet> = []
  let at = 0
  while (at + 4 <= bytes.length) {
    const length = lengthAt(bytes, at)
    const mark = marks[length]
    if (mark !== undefined) {
      packets.push(mark)
      at += 4
      continue
    }
    if (length < 4) return Result.fail({ _tag: "NotGit", beginning: bytes.toString("utf8", at, at + 200) })
    if (at + length > bytes.length) break
    packets.push(bytes.subarray(at + 4, at + length))
    at += length
  }
  return Result.succeed({ packets, rest: bytes.subarray(at) })
}
