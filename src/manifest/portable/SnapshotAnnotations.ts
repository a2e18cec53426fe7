/**
 * The annotations that keep in Git what a snapshot can't say any more once it came back: a driver may not know its size and time, and
 * the claim it was taken of is another one then, if it is there at all.
 */

/** When the snapshot was taken, as RFC 3339. The newest of several is found by it. */
export const snapshotCreatedAnnotation = "gitops-controller/snapshot-created"
/** The smallest volume that the snapshot can be restored to, as a quantity. */
export const restoreSizeAnnotation = "gitops-controller/restore-size"
/** The claim that a snapshot was taken of, in the snapshot's namespace. */
export const sourceClaimAnnotation = "gitops-controller/source-claim"
/** The volume that a snapshot was taken of, as its driver names it. */
export const sourceVolumeAnnotation = "gitops-controller/source-volume"
