// What has to be in the cluster, by the words of the documentation alone: a model of its own, without a line of the controller's.

export interface Known {
  readonly inGit: boolean
  /** `ours`: it was applied from Git. `theirs`: somebody else made it, or took our mark away. */
  readonly live: "none" | "ours" | "theirs"
  /** Asks to stay. */
  readonly asks: boolean
}

export type World = ReadonlyMap<string, Known>

export const nothing: Known = { inGit: false, live: "none", asks: false }

const change = (world: World, name: string, to: (known: Known) => Known): World =>
  new Map(world).set(name, to(world.get(name) ?? nothing))

/** Git holds exactly these. */
export const holding = (world: World, names: ReadonlySet<string>): World =>
  new Map([...world].map(([name, known]) => [name, { ...known, inGit: names.has(name) }]))

/** Somebody deletes it with kubectl. */
export const deleted = (world: World, name: string): World =>
  change(world, name, (known) => ({ ...known, live: "none", asks: false }))

/** Somebody creates it with kubectl. */
export const created = (world: World, name: string): World =>
  change(world, name, (known) => ({ ...known, live: "theirs", asks: false }))

/** Somebody sets, or takes away, the annotation by which it stays. */
export const asking = (world: World, name: string, asks: boolean): World =>
  change(world, name, (known) => ({ ...known, asks }))

/** Somebody takes our label away while nobody looks. */
export const stripped = (world: World, name: string): World =>
  change(world, name, (known) => ({ ...known, live: "theirs" }))

/**
 * Once the controller has done its work.
 * @param mayDelete false while a file can't be read, or a person has to confirm
 */
export const settled = (world: World, mayDelete: boolean): World =>
  new Map(
    [...world].map(([name, known]) => {
      if (known.inGit) return [name, { ...known, live: "ours" }]
      const goes = mayDelete && known.live === "ours" && !known.asks
      return [name, goes ? nothing : known]
    })
  )

export const there = (world: World): ReadonlyArray<string> =>
  [...world].filter(([, { live }]) => live !== "none").map(([name]) => name).toSorted()
