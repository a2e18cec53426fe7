/**
 * Which cluster writes below a `gitPath`, as `.gitops-controller.yaml` there says. Whoever finds another cluster named there writes
 * nothing.
 */

export type ClusterName =
  /** There is no such file, or it is a copy of another branch's, path's or controller's. */
  | { readonly _tag: "Nobody" }
  | {
    readonly _tag: "Named"
    /** UID of its namespace kube-system. */
    readonly cluster: string
    /** Where its record lives. */
    readonly stateNamespace: string
  }
  /** Nobody can know whom it names; why, and what to do. */
  | { readonly _tag: "Unreadable"; readonly reason: string }

export const nobody: ClusterName = { _tag: "Nobody" }
