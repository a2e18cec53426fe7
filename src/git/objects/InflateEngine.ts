/**
 * One zlib engine for all small streams. Node makes another for each call, which takes several times as long as the inflating itself and
 * leaves much to collect. The one place that reaches behind Node's interface: what it finds there has to prove itself, or isn't used.
 */
import { constants, createInflate, deflateSync } from "node:zlib"

/** Inflates what begins at `start` into the room. Throws what is wrong with the stream. */
export type InflateInto = (bytes: Buffer, start: number, room: Buffer) => Inflating

export interface Inflating {
  /** How much room is left; with none, there may be more to come. */
  readonly left: number
  /** Where the stream ended. */
  readonly end: number
}

interface Handle {
  readonly reset: () => void
  readonly writeSync: (
    flush: number,
    from: Buffer,
    fromOffset: number,
    fromLength: number,
    to: Buffer,
    toOffset: number,
    toLength: number
  ) => void
  readonly onerror: (message: string) => void
}

interface Engine {
  readonly _handle: Handle
  /** What is left of the room, and of the input. */
  readonly _writeState: Uint32Array
}

const has = <Name extends string>(value: unknown, name: Name): value is Readonly<Record<Name, unknown>> =>
  typeof value === "object" && value !== null && name in value

const isEngine = (value: unknown): value is Engine =>
  has(value, "_writeState") && value._writeState instanceof Uint32Array && has(value, "_handle") &&
  has(value._handle, "onerror") && has(value._handle, "reset") && typeof value._handle.reset === "function" &&
  has(value._handle, "writeSync") && typeof value._handle.writeSync === "function"

const open = (engine: unknown): InflateInto | undefined => {
  if (!isEngine(engine)) return undefined
  const { _handle: handle, _writeState: state } = engine
  let fault: string | undefined
  const onerror: Handle["onerror"] = (message) => {
    fault = message
  }
  Object.assign(handle, { onerror })
  return (bytes, start, room) => {
    fault = undefined
    handle.reset()
    handle.writeSync(constants.Z_FINISH, bytes, start, bytes.length - start, room, 0, room.length)
    if (fault !== undefined) throw new Error(fault)
    return { left: state[0] ?? 0, end: bytes.length - (state[1] ?? 0) }
  }
}

const throws = (work: () => unknown): boolean => {
  try {
    work()
    return false
  } catch {
    return true
  }
}

/** It inflates, says where the stream ends and when there is more of it, and throws at nonsense and at half a stream. */
const isSound = (inflate: InflateInto): boolean => {
  const text = Buffer.from("one and one and one is three")
  const stream = deflateSync(text)
  const bytes = Buffer.concat([Buffer.from("xyz"), stream, Buffer.from("more")])
  const room = Buffer.alloc(text.length + 1)
  for (let times = 0; times < 2; times++) {
    const { end, left } = inflate(bytes, 3, room)
    if (left !== 1 || end !== 3 + stream.length || !room.subarray(0, -1).equals(text)) return false
    if (inflate(bytes, 3, Buffer.alloc(text.length - 1)).left !== 0) return false
    if (!throws(() => inflate(bytes, 0, room)) || !throws(() => inflate(stream.subarray(0, -1), 0, room))) return false
  }
  return true
}

const found = open(createInflate())

/** `undefined` where this Node has no such engine. */
export const inflateInto: InflateInto | undefined = found !== undefined && isSound(found) ? found : undefined
