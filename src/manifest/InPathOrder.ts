/** Arrays of things with a path, sorted by it. */

interface Placed {
  readonly path: string
}

export const byPath = (a: Placed, b: Placed): number => a.path < b.path ? -1 : a.path > b.path ? 1 : 0

/** The array without what stands at the `gone` paths and with the `added`, which are sorted. */
export const replaced = <A extends Placed>(
  sorted: ReadonlyArray<A>,
  gone: ReadonlySet<string>,
  added: ReadonlyArray<A>
): ReadonlyArray<A> => {
  const result: Array<A> = []
  let next = 0
  for (const item of sorted) {
    if (gone.has(item.path)) continue
    for (let one = added[next]; one !== undefined && byPath(one, item) < 0; one = added[++next]) result.push(one)
    result.push(item)
  }
  for (let one = added[next]; one !== undefined; one = added[++next]) result.push(one)
  return result
}
