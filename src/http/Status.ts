/** What a person or a machine may ask: per rule and kind what is in step, what waits for what, what failed and its cure. */
import { Schema } from "effect"

export const Counts = Schema.Struct({
  inStep: Schema.Int,
  pending: Schema.Int,
  waiting: Schema.Int,
  failed: Schema.Int,
  held: Schema.Int
})
export interface Counts extends Schema.Schema.Type<typeof Counts> {}

export const Trouble = Schema.Struct({
  object: Schema.String,
  state: Schema.Literals(["waiting", "failed", "held"]),
  /** `path:line:column` in the repository. */
  place: Schema.optionalKey(Schema.String),
  message: Schema.String
})
export interface Trouble extends Schema.Schema.Type<typeof Trouble> {}

export const KindStatus = Schema.Struct({
  kind: Schema.String,
  stage: Schema.String,
  /** `live`, `listing`, or why the watch does not answer. */
  watch: Schema.String,
  rules: Schema.Array(Schema.Struct({
    /** Counted from 1, in the order of the configuration; 0 for objects that no single rule decides. */
    rule: Schema.Int,
    ...Counts.fields
  })),
  troubles: Schema.Array(Trouble),
  /** How many there are; the list above is cut. */
  troubleCount: Schema.Int
})
export interface KindStatus extends Schema.Schema.Type<typeof KindStatus> {}

/** What waits for a person on one side. */
export const HeldSet = Schema.Struct({
  count: Schema.Int,
  /** `Kind.group namespace/name`; the list is cut. */
  objects: Schema.Array(Schema.String),
  /** Why they wait. */
  reason: Schema.String,
  /** How a person says yes; to both sides at once. */
  confirm: Schema.String,
  /** What somebody confirmed that isn't so. */
  objection: Schema.optionalKey(Schema.String)
})
export interface HeldSet extends Schema.Schema.Type<typeof HeldSet> {}

export const Status = Schema.Struct({
  name: Schema.String,
  source: Schema.Struct({
    repository: Schema.String,
    branch: Schema.optionalKey(Schema.String),
    gitPath: Schema.String
  }),
  commit: Schema.optionalKey(Schema.String),
  subject: Schema.optionalKey(Schema.String),
  /** The commit before, when the branch's history was rewritten to this one. */
  rewrittenFrom: Schema.optionalKey(Schema.String),
  /** Why the repository cannot be read now. */
  gitFailure: Schema.optionalKey(Schema.String),
  /** How commits of our own fare; absent while there is nothing to say. */
  writing: Schema.optionalKey(Schema.Struct({
    /** How many changes were submitted and are neither on the remote nor refused. */
    waiting: Schema.Int,
    /** The last commit that the remote took. */
    commit: Schema.optionalKey(Schema.String),
    /** When it did, in milliseconds since the epoch. */
    pushedAt: Schema.optionalKey(Schema.Number),
    /** Why the last push did not come through. */
    trouble: Schema.optionalKey(Schema.String)
  })),
  /** Why nothing goes from the cluster to Git, though some rule wants it, and what to do. */
  mirroring: Schema.optionalKey(Schema.String),
  /** Documents whose removal from Git waits for a person. */
  removals: Schema.optionalKey(HeldSet),
  /** Objects whose deletion in the cluster waits for a person. */
  deletions: Schema.optionalKey(HeldSet),
  /** Why the configuration file as it stands is not followed, one mistake a line; the one before goes on. */
  configuration: Schema.optionalKey(Schema.Struct({ refused: Schema.String })),
  phase: Schema.String,
  /** Whether the first sync is done and every watch is live. */
  ready: Schema.Boolean,
  /** Whether every kind has settled on this commit. */
  settled: Schema.Boolean,
  total: Counts,
  kinds: Schema.Array(KindStatus),
  /** Kinds that Git has manifests of and the cluster does not serve. */
  unserved: Schema.Array(Schema.Struct({
    kind: Schema.String,
    manifests: Schema.Int,
    place: Schema.String,
    message: Schema.String
  })),
  /** Rules that wait for the cluster, can't do in it what they say, or never apply. */
  ruleProblems: Schema.Array(Schema.Struct({
    /** Counted from 1, in the order of the configuration. */
    rule: Schema.Int,
    /** `file:line:column` in the configuration. */
    place: Schema.String,
    /** Nothing is wrong with the rule, but what it names isn't there yet. */
    waiting: Schema.Boolean,
    message: Schema.String
  })),
  /** Files that a person has to mend. */
  problems: Schema.Array(Schema.Struct({ place: Schema.String, message: Schema.String })),
  problemCount: Schema.Int,
  passedOver: Schema.Array(Schema.Struct({ path: Schema.String, reason: Schema.String }))
})
export interface Status extends Schema.Schema.Type<typeof Status> {}
