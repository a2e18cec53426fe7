/** What the record knows of a document whose removal from Git was asked for. */

/**
 * `held`: it waits for a person. `confirmed`: a person said yes, so the budget doesn't count it. `granted`: within the budget, and counted
 * for a while.
 */
export const removalMarks = ["held", "confirmed", "granted"] as const

export interface RemovalEntry {
  readonly mark: (typeof removalMarks)[number]
  /** The document's digest: one that was changed since is another matter. */
  readonly document: string
  /** When it was marked so, in milliseconds since the epoch. */
  readonly at: number
}
