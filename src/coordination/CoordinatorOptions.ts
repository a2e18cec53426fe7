/** What the Coordinator needs to know of the configuration. */
import type { Duration } from "effect"
import type { Limits } from "./Budget.ts"

export interface CoordinatorOptions {
  /** Tells controllers of one cluster apart. */
  readonly name: string
  /** Where the record lives. */
  readonly stateNamespace: string
  /** `namespace/name` of the record's head. */
  readonly record: string
  /** The repository without credentials. */
  readonly repository: string
  readonly gitPath: string
  /** Whether a new cluster is to be restored from Git. */
  readonly restore: "auto" | "off"
  /** How often the branch is looked at. */
  readonly interval: Duration.Duration
  readonly deletions: Limits
  /** How long removals are gathered before they are judged together: until none came for `quiet`, at most for `maxAge`. */
  readonly gathering: { readonly quiet: Duration.Duration; readonly maxAge: Duration.Duration }
}
