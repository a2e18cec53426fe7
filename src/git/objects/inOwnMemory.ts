/** Bytes that are kept for long, in memory of their own: a small buffer as Node makes it keeps a pool of 64 KB with it. */
export const inOwnMemory = (pieces: ReadonlyArray<Buffer>, length: number): Buffer => {
  const whole = Buffer.allocUnsafeSlow(length)
  let at = 0
  for (const piece of pieces) at += piece.copy(whole, at)
  return whole
}
