/** What a kind remembers of an object whose deletion was begun or refused. Pure. */

export type PruneMemory =
  /** Proved, asked for or sent, and not answered. */
  | { readonly _tag: "UnderWay"; readonly uid: string }
  /** The server took it; until then the watch has to show it. In milliseconds since the epoch. */
  | { readonly _tag: "Sent"; readonly uid: string; readonly until: number }
  /** It stays, until the tip or the rules change or a person confirms it. */
  | { readonly _tag: "Held"; readonly uid: string; readonly message: string }

/** In place of what Git wants. */
export const deleted = "deleted"

/** How long the watch may take to show what was deleted, in milliseconds. */
export const patience = 30_000

/** What was held is worth asking for again; what is under way goes on. */
export const askedAgain = (memory: PruneMemory | undefined): PruneMemory | undefined =>
  memory?._tag === "Held" ? undefined : memory
