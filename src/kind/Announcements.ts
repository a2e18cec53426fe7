/** What people are told of an object besides the status: a line in the log and a Kubernetes Event. Field paths, managers and reasons; no values. Pure. */
import * as FieldsV1 from "../kubernetes/fields/FieldsV1.ts"
import type { Taken } from "../kubernetes/surgery/Surgery.ts"
import { format } from "../manifest/FieldPath.ts"
import type { Applied } from "./applying/Apply.ts"

export interface Announcement {
  readonly level: "info" | "warning"
  /** One word in CamelCase, for machines. */
  readonly reason: string
  /** A sentence without its subject, which is the object. */
  readonly note: string
}

const most = 8

const named = (fields: FieldsV1.FieldsV1): string => {
  const paths = FieldsV1.paths(fields).map(format)
  return paths.length <= most ? paths.join(", ") : `${paths.slice(0, most).join(", ")} and ${paths.length - most} more`
}

const takenFrom = ({ fields, manager }: Taken): Announcement => ({
  level: "info",
  reason: "FieldsTaken",
  note: `took over ${named(fields)} from field manager "${manager}", as Git owns that`
})

/** What an apply did besides stating Git's values. */
export const announcementsOf = ({ ownerUnknown, released, taken }: Applied): ReadonlyArray<Announcement> => [
  ...FieldsV1.isEmpty(released) ? [] : [
    {
      level: "info" as const,
      reason: "FieldsReleased",
      note: `let go of ${named(released)}, which Git does not own; the values stay`
    }
  ],
  ...taken.filter(({ fields }) => !FieldsV1.isEmpty(fields)).map(takenFrom),
  ...ownerUnknown
    ? [{
      level: "warning" as const,
      reason: "OwnerUnknown",
      note:
        "its metadata.managedFields were taken away by somebody, so who owns which field was unknown: nothing was released or removed"
    }]
    : []
]

export const letGoOf: Announcement = {
  level: "info",
  reason: "Released",
  note: "let go of it: no rule gives any of it to Git; no value was changed"
}
