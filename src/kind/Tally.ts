/** Counts of a kind's objects by rule and by how they stand, kept up to date object by object. */
import type { ObjectId } from "../manifest/ObjectKey.ts"
import type { ObjectTrouble, RuleTally } from "./KindReport.ts"
import { maxTroubles } from "./KindReport.ts"

export type Standing = Exclude<keyof RuleTally, "rule">

/** How one object counts. */
export interface Counted {
  /** Index of the rule, or {@link noRule}. */
  readonly rule: number
  readonly standing: Standing
  /** What people have to know. */
  readonly trouble: ObjectTrouble | undefined
}

export interface Tally {
  readonly counts: Map<number, Record<Standing, number>>
  readonly objects: Map<ObjectId, Counted>
  readonly troubles: Map<ObjectId, ObjectTrouble>
}

export const make = (): Tally => ({ counts: new Map(), objects: new Map(), troubles: new Map() })

/** A contested object stands under no rule: it is counted with none. */
export const noRule = -1

const change = (tally: Tally, { rule, standing }: Counted, by: 1 | -1) => {
  const counts = tally.counts.get(rule) ?? { inStep: 0, pending: 0, waiting: 0, failed: 0, held: 0 }
  counts[standing] += by
  tally.counts.set(rule, counts)
}

/** Replaces what was counted for an object. */
export const record = (tally: Tally, object: ObjectId, after: Counted | undefined): void => {
  const before = tally.objects.get(object)
  if (before !== undefined) change(tally, before, -1)
  if (after === undefined) tally.objects.delete(object)
  else {
    change(tally, after, 1)
    tally.objects.set(object, after)
  }
  if (after?.trouble === undefined) tally.troubles.delete(object)
  else tally.troubles.set(object, after.trouble)
}

/** Of the rules that objects stand under: one that was taken out is gone with its last object. */
export const ruleTallies = (tallies: ReadonlyArray<Tally>): ReadonlyArray<RuleTally> => {
  const sums = new Map<number, Record<Standing, number>>()
  for (const { counts } of tallies) {
    for (const [rule, { failed, held, inStep, pending, waiting }] of counts) {
      const sum = sums.get(rule) ?? { inStep: 0, pending: 0, waiting: 0, failed: 0, held: 0 }
      sums.set(rule, {
        inStep: sum.inStep + inStep,
        pending: sum.pending + pending,
        waiting: sum.waiting + waiting,
        failed: sum.failed + failed,
        held: sum.held + held
      })
    }
  }
  return [...sums].filter(([, counts]) => Object.values(counts).some((count) => count > 0))
    .map(([rule, counts]) => ({ rule, ...counts })).toSorted((a, b) => a.rule - b.rule)
}

const severities: ReadonlyArray<ObjectTrouble["state"]> = ["failed", "waiting", "held"]

/** The worst {@link maxTroubles} of them. */
export const worst = (tallies: ReadonlyArray<Tally>): ReadonlyArray<ObjectTrouble> => {
  const found: Record<ObjectTrouble["state"], Array<ObjectTrouble>> = { failed: [], waiting: [], held: [] }
  for (const { troubles } of tallies) {
    for (const trouble of troubles.values()) {
      const alike = found[trouble.state]
      if (alike.length < maxTroubles) alike.push(trouble)
      if (found.failed.length === maxTroubles) break
    }
  }
  return severities.flatMap((state) => found[state]).slice(0, maxTroubles)
}
