// One figure of a benchmark: what was measured, beside what, and whether it is as good as it should be.

export type Unit = "ms" | "MiB" | "bytes" | "requests"

export type Goal =
  /** Our time is at most so many times the peer's. */
  | { readonly _tag: "TimesItsTime"; readonly atMost: number }
  /** The peer's time is at least so many times ours. */
  | { readonly _tag: "AsFast"; readonly atLeast: number }
  | { readonly _tag: "AtMost"; readonly limit: number }

export interface Figure {
  readonly what: string
  readonly unit: Unit
  readonly ours: number
  /** What ours is measured against. */
  readonly peer?: number
  /** The median of ours by the peer's in each of several rounds. Default: the one by the other. */
  readonly ratio?: number
  /** Without one it is shown for information. */
  readonly goal?: Goal
}

const decimals = (value: number) => value < 9.95 ? 1 : 0

const thousands = new Intl.NumberFormat("en-US")

export const count = (value: number): string => thousands.format(value)

export const quantity = (value: number, unit: Unit): string => {
  if (unit === "requests") return count(value)
  if (unit === "bytes") return `${count(Math.round(value))} bytes`
  if (unit === "MiB") return `${value.toFixed(0)} MiB`
  return value < 1000 ? `${value.toFixed(decimals(value))} ms` : `${(value / 1000).toFixed(2)} s`
}

const times = (ratio: number): string => `${ratio.toFixed(2)}x`

/** How ours and the peer's compare, in the goal's direction. */
export const ratioOf = ({ goal, ours, peer, ratio }: Figure): number | undefined => {
  if (peer === undefined) return undefined
  const its = ratio ?? ours / peer
  return goal?._tag === "AsFast" ? 1 / its : its
}

export const ratioText = (figure: Figure): string => {
  const ratio = ratioOf(figure)
  if (ratio === undefined) return ""
  return `${times(ratio)} ${figure.goal?._tag === "AsFast" ? "as fast" : "its time"}`
}

export const goalText = ({ goal, unit }: Figure): string => {
  switch (goal?._tag) {
    case undefined:
      return ""
    case "TimesItsTime":
      return `at most ${times(goal.atMost)}`
    case "AsFast":
      return `at least ${times(goal.atLeast)}`
    case "AtMost":
      return goal.limit === 0 ? "none" : `at most ${quantity(goal.limit, unit)}`
  }
}

/** `undefined`: there is no goal. */
export const isMet = (figure: Figure): boolean | undefined => {
  const ratio = ratioOf(figure) ?? Number.NaN
  switch (figure.goal?._tag) {
    case undefined:
      return undefined
    case "TimesItsTime":
      return ratio <= figure.goal.atMost
    case "AsFast":
      return ratio >= figure.goal.atLeast
    case "AtMost":
      return figure.ours <= figure.goal.limit
  }
}
