/** How many bytes a quantity of Kubernetes is: `1Gi`, `1500M`, `1e9`. Pure. */

const factors: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
  m: 1e-3
}

const pattern = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([kMGTPEm]|[KMGTPE]i)?$/

/** `undefined` for what is none. */
export const quantityBytes = (text: string): number | undefined => {
  const found = pattern.exec(text.trim())
  const factor = factors[found?.[2] ?? ""]
  return found === null || factor === undefined ? undefined : Number(found[1]) * factor
}
