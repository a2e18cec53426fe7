/**
 * Which configuration runs, and which one takes over when it can't: the last that came up, not just the one before it.
 * Pure.
 */
import type { Rule } from "../rules/Rule.ts"
import type { Config } from "./Config.ts"

export interface ConfigSuccession {
  readonly running: Config
  /** Whether everything under `running` was started. */
  readonly isUp: boolean
  /** Takes over when `running` can't start; absent: there is none left. */
  readonly fallback: Config | undefined
}

export const startingWith = (running: Config): ConfigSuccession => ({ running, isUp: false, fallback: undefined })

export const cameUp = (now: ConfigSuccession): ConfigSuccession => ({ ...now, isUp: true })

export const withRules = (now: ConfigSuccession, rules: ReadonlyArray<Rule>): ConfigSuccession => ({
  ...now,
  running: { ...now.running, rules }
})

/** As long as none came up, the first one is the fallback: it was at least not refused. */
export const replacedBy = ({ fallback, isUp, running }: ConfigSuccession, next: Config): ConfigSuccession => ({
  running: next,
  isUp: false,
  fallback: isUp ? running : fallback ?? running
})

/** `undefined`: nothing to go back to. */
export const goneBack = ({ fallback }: ConfigSuccession): ConfigSuccession | undefined =>
  fallback && startingWith(fallback)
