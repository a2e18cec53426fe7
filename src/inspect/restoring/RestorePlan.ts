/** What a restore of this cluster would bring back: a value, as `restore plan` shows it. */
import { Schema } from "effect"

export const RestoreItem = Schema.Struct({
  kind: Schema.String,
  /** `namespace/name`, or `name`. */
  object: Schema.String,
  /** `path:line` of its manifest. */
  place: Schema.String,
  /** `create`: comes back. `there`: is in the cluster, and left as it is. `stays`: in Git alone, on purpose. `waits`: for something outside. `refused`: as its manifest says it, it can't. */
  outcome: Schema.Literals(["create", "there", "stays", "waits", "refused"]),
  /** For a claim: what it comes back from, and of which time. */
  from: Schema.optionalKey(Schema.String),
  /** For what waits and what can't come back: why, and what to do. */
  reason: Schema.optionalKey(Schema.String)
})
export interface RestoreItem extends Schema.Schema.Type<typeof RestoreItem> {}

export const RestorePlan = Schema.Struct({
  /** Where the manifests were read. */
  origin: Schema.String,
  /** In the order in which they come back. */
  items: Schema.Array(RestoreItem),
  /** Files that a person has to mend first. */
  problems: Schema.Array(Schema.String)
})
export interface RestorePlan extends Schema.Schema.Type<typeof RestorePlan> {}
