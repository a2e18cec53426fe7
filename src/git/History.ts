/** What the commits after a known one say. */

export interface Confirmation {
  /** In which it stands. */
  readonly commit: string
  /** Of the controller that is meant. */
  readonly name: string
  readonly count: number
}

export interface History {
  /** Whether the commit asked for is the tip or lies in its history; false also where that can't be proved. */
  readonly isAncestor: boolean
  /** Of all commits after it that change something below gitPath, from the newest to the oldest; empty unless it is an ancestor. */
  readonly confirmations: ReadonlyArray<Confirmation>
}
