/**
 * Which cluster writes below a `gitPath`, as `.gitops-controller.yaml` there says. Whoever finds another cluster named there writes
 * nothing, but may ask to take its place.
 */

/** What tells a cluster and its controller from others. */
export interface ClusterId {
  /** UID of its namespace kube-system. */
  readonly cluster: string
  /** Where its record lives. */
  readonly stateNamespace: string
}

export type ClusterName =
  /** There is no such file, or it is a copy of another branch's, path's or controller's. */
  | { readonly _tag: "Nobody" }
  | {
    readonly _tag: "Named"
    readonly cluster: string
    readonly stateNamespace: string
    /** Who asks to take its place; if it lives, it refuses. */
    readonly takeover?: ClusterId
    /** Whom it refused last. */
    readonly refused?: ClusterId
  }
  /** Nobody can know whom it names; why, and what to do. */
  | { readonly _tag: "Unreadable"; readonly reason: string }

export const nobody: ClusterName = { _tag: "Nobody" }

export const sameCluster = (a: ClusterId | undefined, b: ClusterId | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.cluster === b.cluster && a.stateNamespace === b.stateNamespace)

/** One text for a cluster. */
export const formatName = ({ cluster, stateNamespace }: ClusterId): string => `${cluster}/${stateNamespace}`
