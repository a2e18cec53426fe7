/** Which kind an actor runs, and how. */
import type { ServedKind } from "../kubernetes/Discovery.ts"
import type { Own } from "../rules/KindScope.ts"

/** How an object of a kind is brought about. */
export type Mode =
  /** Applied, and put right whenever it drifts. */
  | "apply"
  /** A record of something outside the cluster: created when absent, never applied over. */
  | "create"

export interface KindSpec {
  readonly kind: ServedKind
  /** The API version that is watched: the one most manifests are written in. */
  readonly version: string
  readonly mode: Mode
  /** Whether a rule sends something of its objects to Git. */
  readonly mirrors: boolean
  /** For manifests that name no namespace. */
  readonly defaultNamespace: string
  /** Whether claims come back from snapshots, or with the very volumes they had. */
  readonly volumes: "restore" | "reattach"
  /** What belongs to the controller itself. */
  readonly own: Own
}
