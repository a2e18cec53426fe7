/** How far the restore of this cluster is. Pure. */
import type { CoordinatorState } from "../CoordinatorState.ts"
import { isSettled } from "../Progress.ts"
import { kindsToCome } from "./kindsToCome.ts"

export interface LeftToRestore {
  /** Objects that are still to come; `undefined` until every kind has said. Kinds that are not served count once. */
  readonly left: number | undefined
  /** Objects that can't come back before a person acts. */
  readonly failed: number
}

export const leftToRestore = ({ progress, round, ruleset }: CoordinatorState): LeftToRestore => {
  const told = [...progress.expected].map((kind) => progress.reports.get(kind)?.restoring)
  const sum = (pick: "failed" | "left") => told.reduce((total, one) => total + (one?.[pick] ?? 0), 0)
  const isKnown = isSettled(progress, round) || (progress.round === round && !told.includes(undefined))
  return { left: isKnown ? sum("left") + kindsToCome(progress, ruleset).length : undefined, failed: sum("failed") }
}
