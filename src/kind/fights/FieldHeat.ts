/**
 * How hot each field of one object is that was put right lately: the fields that another writer changes again and again are left alone for a
 * while, and the rest goes on being put right. Start over with {@link cold} for another manifest, another object or other rules. Pure.
 */
import * as FieldPath from "../../manifest/FieldPath.ts"
import { backoff } from "../Trouble.ts"
import { type Fought, unknownWriter } from "./Fights.ts"

export interface FieldHeat {
  /** Empty: the whole object. */
  readonly path: FieldPath.FieldPath
  /** The field manager that changed it last. */
  readonly opponent: string
  /** How often it was put right since then: counted, and as a number that halves with time. */
  readonly times: number
  readonly since: number
  readonly value: number
  readonly at: number
  /** How often it was left alone so far, and from when until when the last time. All times are milliseconds since the epoch. */
  readonly pauses: number
  readonly from: number
  readonly until: number
}

/** Of one object, by the text of their paths. */
export type FieldHeats = ReadonlyMap<string, FieldHeat>

export const cold: FieldHeats = new Map()

/** A field that is left alone. */
export interface Paused {
  readonly path: FieldPath.FieldPath
  readonly opponent: string
  /** How often it was put right before, and within how many milliseconds. */
  readonly times: number
  readonly within: number
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** More than this many times within a few minutes is a fight. */
export const fightHeat = 10

/** An autoscaler looks every 15 seconds: half of ten times must not be forgotten before the tenth. */
const halfLife = 5 * 60_000

/** Cooler than this is forgotten. */
const forgotten = 0.5

/** More fields than these are counted as the one that holds them all. */
export const mostFields = 16

const cooled = ({ at, value }: FieldHeat, now: number): number => value * 2 ** (-Math.max(0, now - at) / halfLife)

/** While it is left alone it does not cool. */
const isRemembered = (heat: FieldHeat, now: number) => cooled(heat, now) >= forgotten

const shared = (left: FieldPath.FieldPath, right: FieldPath.FieldPath): FieldPath.FieldPath => {
  const end = left.findIndex((step, index) => {
    const other = right[index]
    return other === undefined || !FieldPath.equalSteps(step, other)
  })
  return end === -1 ? left : left.slice(0, end)
}

/** Without a field to name it is about the whole object, and with too many about the field that holds them all. */
const counted = (fought: ReadonlyArray<Fought>): ReadonlyArray<Pick<FieldHeat, "path" | "opponent">> => {
  const [first, ...rest] = fought
  if (first === undefined) return [{ path: [], opponent: unknownWriter }]
  if (fought.length <= mostFields) return fought.map(({ manager, path }) => ({ path, opponent: manager }))
  return [{ path: rest.reduce((path, other) => shared(path, other.path), first.path), opponent: first.manager }]
}

const fresh = (path: FieldPath.FieldPath, opponent: string, now: number): FieldHeat => ({
  path,
  opponent,
  times: 0,
  value: 0,
  since: now,
  at: now,
  pauses: 0,
  from: 0,
  until: 0
})

const heated = (heat: FieldHeat, opponent: string, now: number, jitter: number): FieldHeat => {
  const next = { ...heat, opponent, value: cooled(heat, now) + 1, at: now }
  if (next.value <= fightHeat) return { ...next, times: heat.times + 1 }
  const until = now + backoff("opponent", heat.pauses + 1, jitter)
  // Still as hot when it ends: a single change more, and it is left alone again, for longer.
  return { ...next, value: fightHeat, at: until, pauses: heat.pauses + 1, from: now, until }
}

const most = 2 * mostFields

/** The coldest make room; what is left alone stays. */
const bounded = (heats: ReadonlyArray<FieldHeat>, now: number): ReadonlyArray<FieldHeat> =>
  heats.length <= most ? heats : heats
    .toSorted((left, right) => right.until - left.until || cooled(right, now) - cooled(left, now))
    .slice(0, most)

/**
 * After the object was found changed in these fields, before they are put right: put right what is not among {@link pausedAt} then.
 * @param fought Empty when no field can be named: then the whole object gets hotter.
 * @param jitter 0 to 1, spreads when pauses end.
 */
export const afterDrift = (
  heats: FieldHeats,
  fought: ReadonlyArray<Fought>,
  now: number,
  jitter: number
): FieldHeats => {
  const remembered = [...heats.values()].filter((heat) => isRemembered(heat, now))
  const byPath = new Map(remembered.map((heat) => [FieldPath.format(heat.path), heat]))
  // What is left alone is no reason to put anything right: if it still is, nobody can say which field is fought over.
  const open = fought.filter(({ path }) => now >= (byPath.get(FieldPath.format(path))?.until ?? 0))
  for (const { opponent, path } of counted(open)) {
    const key = FieldPath.format(path)
    const heat = byPath.get(key) ?? fresh(path, opponent, now)
    if (now >= heat.until) byPath.set(key, heated(heat, opponent, now, jitter))
  }
  const kept = bounded([...byPath.values()], now).map((heat) => [FieldPath.format(heat.path), heat] as const)
  return new Map(kept.toSorted(([left], [right]) => left < right ? -1 : 1))
}

/** The fields that are left alone at this time, always in the same order. */
export const pausedAt = (heats: FieldHeats, now: number): ReadonlyArray<Paused> =>
  [...heats.values()].flatMap(({ from, opponent, path, since, times, until }) =>
    now < until ? [{ path, opponent, times, within: from - since, until }] : []
  )

/** When the next pause ends and there is something to put right again; `undefined`: nothing is left alone. */
export const nextEnd = (heats: FieldHeats, now: number): number | undefined => {
  const ends = pausedAt(heats, now).map(({ until }) => until)
  return ends.length === 0 ? undefined : Math.min(...ends)
}
