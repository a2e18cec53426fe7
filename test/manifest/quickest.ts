// Times that mean something on a machine that does other things, too.

/** The shortest time that some work takes, in milliseconds: tried until it is short enough, 200 times at most. */
export const quickest = (enough: number, work: (attempt: number) => void): number => {
  let best = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 200 && best >= enough; attempt++) {
    const start = performance.now()
    work(attempt)
    best = Math.min(best, performance.now() - start)
  }
  return best
}
