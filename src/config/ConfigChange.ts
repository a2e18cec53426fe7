/** What differs between two configurations, by the names of the keys. Pure. */
import { Equal } from "effect"
import { sameMeaning } from "../rules/Rulesets.ts"
import type { Config } from "./Config.ts"

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype

const below = (above: string, key: string) => above === "" ? key : `${above}.${key}`

const differing = (left: unknown, right: unknown, path: string): ReadonlyArray<string> => {
  if (!isMap(left) || !isMap(right)) return Equal.equals(left, right) ? [] : [path]
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...keys].flatMap((key) => differing(left[key], right[key], below(path, key)))
}

export interface ConfigChange {
  /** Whether the rules decide something else. */
  readonly rules: boolean
  /** All else that differs: `http.port`, `credentials.ssh`. */
  readonly settings: ReadonlyArray<string>
}

export const changeOf = ({ rules: old, ...before }: Config, { rules, ...after }: Config): ConfigChange => ({
  rules: !sameMeaning(old, rules),
  settings: differing(before, after, "")
})
