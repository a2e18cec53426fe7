/**
 * A value that goes to and fro is no news each time: it is committed once in a while, and it is said who changes it.
 * Pure; what is remembered of one object's fields.
 */
import { type FieldPath, format } from "../../manifest/FieldPath.ts"

/** What went to Git of one field lately. */
interface Written {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** What Git said before, and what it says since, as text. */
  readonly before: string
  readonly after: string
  /** How often within the last while. */
  readonly times: number
}

/** By the text of the path. */
export type Flaps = ReadonlyMap<string, Written>

export const steady: Flaps = new Map()

/** A change of one field that is to go to Git. */
export interface FieldWrite {
  readonly path: FieldPath
  readonly before: string
  readonly after: string
}

/** So many changes of a field within one while are one too many. */
const often = 3

const isFlap = (written: Written, write: FieldWrite) => write.after === written.before || written.times >= often

export interface Flap {
  readonly path: FieldPath
  /** Not before this time may it be committed, in milliseconds since the epoch. */
  readonly until: number
}

/** Which of these fields flap: each may be written once in `maxAge` milliseconds. */
export const flapsAmong = (
  flaps: Flaps,
  writes: ReadonlyArray<FieldWrite>,
  maxAge: number,
  now: number
): ReadonlyArray<Flap> =>
  writes.flatMap((write) => {
    const written = flaps.get(format(write.path))
    const until = written === undefined ? 0 : written.at + maxAge
    return written !== undefined && until > now && isFlap(written, write) ? [{ path: write.path, until }] : []
  })

/** After these were committed. What is older than two while is forgotten. */
export const afterWrites = (
  flaps: Flaps,
  writes: ReadonlyArray<FieldWrite>,
  maxAge: number,
  now: number
): Flaps => {
  const recent = [...flaps].filter(([, { at }]) => now - at < 2 * maxAge)
  const before = new Map(recent)
  const fresh = writes.map(({ after, before: was, path }) => {
    const text = format(path)
    return [text, { at: now, before: was, after, times: (before.get(text)?.times ?? 0) + 1 }] as const
  })
  return recent.length + fresh.length === 0 ? steady : new Map([...recent, ...fresh])
}
