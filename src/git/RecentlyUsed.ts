/**
 * Things used lately, within a bound. What was not used since half of the bound came in goes all at once: a Map that loses its oldest
 * entries one by one walks over the gaps they leave, each time it is asked for the next.
 */
export interface RecentlyUsed<Key, Value> {
  readonly get: (key: Key) => Value | undefined
  readonly put: (key: Key, value: Value) => void
  readonly clear: () => void
}

export interface RecentlyUsedOptions<Value> {
  /** Of all together. */
  readonly limit: number
  /** What is larger is not kept. */
  readonly largest: number
  readonly sizeOf: (value: Value) => number
}

export const makeRecentlyUsed = <Key, Value>(
  { largest, limit, sizeOf }: RecentlyUsedOptions<Value>
): RecentlyUsed<Key, Value> => {
  let newer = new Map<Key, Value>()
  let older = new Map<Key, Value>()
  /** Of the newer ones. */
  let size = 0
  const put = (key: Key, value: Value) => {
    const its = sizeOf(value)
    if (its > largest || newer.has(key)) return
    if (size + its > limit / 2) {
      older = newer
      newer = new Map()
      size = 0
    }
    newer.set(key, value)
    size += its
  }
  return {
    get: (key) => {
      const value = newer.get(key)
      if (value !== undefined) return value
      const before = older.get(key)
      if (before !== undefined) put(key, before)
      return before
    },
    put,
    clear: () => {
      newer = new Map()
      older = new Map()
      size = 0
    }
  }
}
