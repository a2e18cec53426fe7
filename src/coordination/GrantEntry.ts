/** What the record knows of a document whose removal from Git was asked for, or of an object whose deletion in the cluster was. */

/**
 * `held`: it waits for a person. `confirmed`: a person said yes, so the budget doesn't count it. `granted`: within the budget, and counted
 * for a while.
 */
export const grantMarks = ["held", "confirmed", "granted"] as const

export interface GrantEntry {
  readonly mark: (typeof grantMarks)[number]
  /** The document's digest, or the object's UID: another one is another matter. */
  readonly basis: string
  /** When it was marked so, in milliseconds since the epoch. */
  readonly at: number
}
