// How long the event loop was blocked: the longest that a timer of one millisecond came late.

export interface LoopLag {
  /** Milliseconds since this or the last call. */
  readonly longest: () => number
  readonly stop: () => void
}

export const watchLoop = (): LoopLag => {
  let last = performance.now()
  let longest = 0
  const look = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last - 1)
    last = now
  }
  const timer = setInterval(look, 1)
  return {
    longest: () => {
      look()
      const result = longest
      longest = 0
      return result
    },
    stop: () => clearInterval(timer)
  }
}
