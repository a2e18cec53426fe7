/** Why the record cannot be used. */
import { Schema } from "effect"

/** The record of this name belongs to other manifests. */
export class RecordOfAnotherSource extends Schema.TaggedError<RecordOfAnotherSource>()("RecordOfAnotherSource", {
  record: Schema.String,
  theirs: Schema.String,
  ours: Schema.String
}) {
  override get message(): string {
    return `The record ${this.record} was made for ${this.theirs}, not for ${this.ours}. Nothing is written. ` +
      "Choose another \"name\" in the configuration, or, if those manifests were given up, delete that ConfigMap."
  }
}

/** The record was made in another cluster, and copied here. */
export class RecordOfAnotherCluster extends Schema.TaggedError<RecordOfAnotherCluster>()("RecordOfAnotherCluster", {
  record: Schema.String
}) {
  override get message(): string {
    return `The record ${this.record} was made in another cluster and says nothing of this one. Nothing is written. ` +
      "Delete that ConfigMap to start afresh here; no object is deleted by that."
  }
}

/** The record is there and makes no sense. */
export class RecordUnreadable extends Schema.TaggedError<RecordUnreadable>()("RecordUnreadable", {
  record: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `The record ${this.record} cannot be read: ${this.reason}. Nothing is written. ` +
      "Restore that ConfigMap from a backup, or delete it to start afresh; no object is deleted by that."
  }
}
