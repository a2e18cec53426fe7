/** What a commit does to one document, for its message. */
import type { FieldChange } from "../../manifest/FieldChange.ts"
import type { Author } from "../GitMessages.ts"

export interface ObjectChange {
  readonly verb: "create" | "update" | "remove"
  /** As a `KindId`: `Deployment.apps`. */
  readonly kind: string
  /** `""` for a cluster-scoped object. */
  readonly namespace: string
  readonly name: string
  /** Of the file, from the root of the repository. */
  readonly path: string
  /** Of an update, where it is known field by field; empty otherwise. */
  readonly fields: ReadonlyArray<FieldChange>
  /** The rule that gives these fields to Git. */
  readonly rule: string
  /** Who made the change in the cluster. */
  readonly changedBy?: ReadonlyArray<Author>
  /** A sentence about why. */
  readonly remark?: string
}
