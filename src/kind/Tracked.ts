/**
 * What a kind remembers of one object, and what follows from it. Full objects are not kept: versions and digests are.
 * Pure; the actor owns the values and carries out the verdicts.
 */
import type { Claim } from "../manifest/Claims.ts"
import type { ManifestRef } from "../manifest/Manifest.ts"
import type { Labels, Ownership, Rule } from "../rules/Ruleset.ts"
import type { Synced } from "./Round.ts"
import type { Trouble } from "./Trouble.ts"

/** The live object, reduced to what decisions need. */
export interface Live {
  readonly uid: string
  readonly version: string
  /** Digest of the values our field manager owns and of that set; `undefined`: we own nothing of it. */
  readonly owned: string | undefined
  readonly labels: Labels | undefined
  /** Whether it carries our ApplySet label. */
  readonly member: boolean
  readonly terminating: boolean
  /** Whether what depends on it may go on: a CustomResourceDefinition is established. */
  readonly ready: boolean
  /** Why the object will never become ready, in the server's words. */
  readonly refusal: string | undefined
  /** A finished Job that its time to live will remove. */
  readonly finished: boolean
  /** The object that made it and will make it again, e.g. `ReplicaSet web-5d9`. */
  readonly controller: string | undefined
  /** The field manager that wrote last, if it was not us. */
  readonly lastWriter: string | undefined
}

/** The manifest that the server has answered for, and what it made of it. */
export interface Settled {
  readonly payload: string
  readonly version: string
  /** Whether the watch has shown that version; until then nothing can be said of drift. */
  readonly seen: boolean
  /** Digest of what we owned in that version. */
  readonly owned: string | undefined
}

export interface Tracked {
  readonly claim: Claim | undefined
  readonly live: Live | undefined
  readonly settled: Settled | undefined
  /** As far as the record is known to know it. */
  readonly saved: Synced | undefined
  readonly trouble: Trouble | undefined
  /** The manifest of a Job that finished and was removed by its time to live. */
  readonly finishedJob: string | undefined
  /** Drift put right lately: a count that halves with time, and when it was last touched. */
  readonly heat: Heat
  /** Why its deletion is not granted, once that was asked. */
  readonly withheld: string | undefined
  /** While an apply is under way: what the watch has shown since it was sent. */
  readonly inFlight: ReadonlyArray<Seen> | undefined
}

/** A version of the object and what we owned of it then. */
export interface Seen {
  readonly version: string
  readonly owned: string | undefined
}

export interface Heat {
  readonly value: number
  readonly at: number
}

export const unknown: Tracked = {
  claim: undefined,
  live: undefined,
  settled: undefined,
  saved: undefined,
  trouble: undefined,
  finishedJob: undefined,
  heat: { value: 0, at: 0 },
  withheld: undefined,
  inFlight: undefined
}

/** What is true of an object now, and so what has to be done. */
export type Verdict =
  /** Nothing in Git, or no rule that claims it. */
  | { readonly _tag: "Unclaimed" }
  | { readonly _tag: "InStep"; readonly rule: Rule }
  | {
    readonly _tag: "Pending"
    readonly rule: Rule
    readonly ref: ManifestRef
    readonly uid: string | undefined
    readonly drift: boolean
  }
  | { readonly _tag: "Troubled"; readonly rule: Rule; readonly ref: ManifestRef; readonly trouble: Trouble }
  /** Left alone whatever the rules say: the cluster's own, or ours. */
  | { readonly _tag: "NeverSynced"; readonly reason: string; readonly ref: ManifestRef }
  /** As in Git, and not taken into use by the cluster yet. */
  | { readonly _tag: "Unready"; readonly rule: Rule; readonly ref: ManifestRef }
  /** As in Git, but the cluster will never take it into use. */
  | { readonly _tag: "Unusable"; readonly rule: Rule; readonly ref: ManifestRef; readonly reason: string }
  /** Two manifests describe it; neither is applied. */
  | { readonly _tag: "Contested"; readonly refs: ReadonlyArray<ManifestRef> }
  | { readonly _tag: "Suspended"; readonly rule: Rule }
  /** Another object controls it, and no rule names its resource. */
  | { readonly _tag: "Controlled"; readonly rule: Rule; readonly controller: string }
  /** We applied it, and Git holds it no longer: stays until a deletion is granted. */
  | { readonly _tag: "AwaitsPrune"; readonly rule: Rule; readonly uid: string; readonly withheld: string | undefined }

/** How an object of a kind is brought about. */
export type Mode =
  /** Applied, and put right whenever it drifts. */
  | "apply"
  /** A record of something outside the cluster: created when absent, never applied over. */
  | "create"

const unclaimed: Verdict = { _tag: "Unclaimed" }

const isStepped = ({ live, settled }: Tracked, digest: string) =>
  settled?.payload === digest && (!settled.seen || (live !== undefined && settled.owned === live.owned))

const stillTroubled = (trouble: Trouble | undefined, digest: string, live: Live | undefined, now: number) =>
  trouble !== undefined && trouble.digest === digest && trouble.uid === live?.uid && now < trouble.retryAt

const judgeDeclared = (
  tracked: Tracked,
  rule: Rule,
  ref: ManifestRef,
  mode: Mode,
  now: number
): Verdict => {
  const { finishedJob, live, settled, trouble } = tracked
  const digest = ref.manifest.digest
  if (mode === "create" && live !== undefined) return { _tag: "InStep", rule }
  if (live === undefined && finishedJob === digest) return { _tag: "InStep", rule }
  if (isStepped(tracked, digest)) {
    if (live?.refusal !== undefined) return { _tag: "Unusable", rule, ref, reason: live.refusal }
    return live?.ready === false ? { _tag: "Unready", rule, ref } : { _tag: "InStep", rule }
  }
  if (trouble !== undefined && stillTroubled(trouble, digest, live, now))
    return { _tag: "Troubled", rule, ref, trouble }
  const drift = live !== undefined && settled?.payload === digest
  return { _tag: "Pending", rule, ref, uid: live?.uid, drift }
}

/** What to do about one object now (milliseconds since the epoch). */
export const judge = (tracked: Tracked, ownership: Ownership, mode: Mode, now: number): Verdict => {
  const { claim, live } = tracked
  const rule = ownership.lifecycle
  if (rule === undefined || rule.syncTo === "ignore") return unclaimed
  if (claim?._tag === "Contested") return { _tag: "Contested", refs: claim.refs }
  if (claim === undefined && (live === undefined || !live.member)) return unclaimed
  if (rule.suspend) return { _tag: "Suspended", rule }
  if (live?.controller !== undefined && rule.resources.length === 0)
    return { _tag: "Controlled", rule, controller: live.controller }
  if (claim !== undefined) return judgeDeclared(tracked, rule, claim.ref, mode, now)
  return live === undefined ? unclaimed : { _tag: "AwaitsPrune", rule, uid: live.uid, withheld: tracked.withheld }
}

const halfLife = 60_000

/** The heat at a later time, in drifts put right; halves every minute. */
export const cooled = (heat: Heat, now: number): number => heat.value * 2 ** (-(now - heat.at) / halfLife)

/** The heat after one more drift was put right. */
export const heated = (heat: Heat, now: number): Heat => ({ value: cooled(heat, now) + 1, at: now })

/** More than this many drifts put right within about a minute is a fight with another writer. */
export const fightHeat = 10

/** When an apply is sent: what the watch shows from here on is kept until the answer comes. */
export const whenSent = (tracked: Tracked): Tracked => ({ ...tracked, inFlight: [] })

/** After the server answered an apply of `payload` with `version`. The owned digest comes from the watch event of that very version. */
export const afterApply = (tracked: Tracked, payload: string, version: string): Tracked => {
  const seen = [...tracked.inFlight ?? [], ...(tracked.live === undefined ? [] : [tracked.live])]
    .find((candidate) => candidate.version === version)
  return {
    ...tracked,
    settled: { payload, version, seen: seen !== undefined, owned: seen?.owned },
    trouble: undefined,
    finishedJob: undefined,
    inFlight: undefined
  }
}

/** After an apply failed. */
export const afterFailure = (tracked: Tracked, trouble: Trouble): Tracked => ({
  ...tracked,
  trouble,
  inFlight: undefined
})

/** After the live object was compared with a manifest and found to state exactly it. */
export const afterMatch = (tracked: Tracked, payload: string, live: Live): Tracked => ({
  ...tracked,
  settled: { payload, version: live.version, seen: true, owned: live.owned }
})

/** What the record should say of it; `undefined` while that is not certain. */
export const syncedOf = ({ settled }: Tracked): Synced | undefined =>
  settled?.seen === true && settled.owned !== undefined
    ? { payload: settled.payload, owned: settled.owned }
    : undefined

/** With what an earlier life found in step, if both sides are still as they were then. */
export const recalled = (tracked: Tracked, synced: Synced | undefined): Tracked => {
  const { claim, live, settled } = tracked
  const holds = synced !== undefined && settled === undefined && claim?._tag === "Declared" &&
    claim.ref.manifest.digest === synced.payload && live?.owned === synced.owned
  return holds ? { ...afterMatch(tracked, synced.payload, live), saved: synced } : tracked
}

/** After the watch showed the object. */
export const afterSeen = (tracked: Tracked, live: Live): Tracked => {
  const { inFlight, settled, trouble } = tracked
  const seen: Seen = { version: live.version, owned: live.owned }
  return {
    ...tracked,
    live,
    settled: settled?.version === live.version ? { ...settled, seen: true, owned: live.owned } : settled,
    trouble: trouble?.uid !== undefined && trouble.uid !== live.uid ? undefined : trouble,
    inFlight: inFlight === undefined ? undefined : [...inFlight, seen]
  }
}

/** After a complete list: a version that it did not show will never be shown. */
export const afterList = (tracked: Tracked): Tracked =>
  tracked.settled === undefined || tracked.settled.seen ? tracked : { ...tracked, settled: undefined }

/** After the watch showed that the object is gone. */
export const afterGone = (tracked: Tracked): Tracked => {
  const job = tracked.live?.finished === true && tracked.claim?._tag === "Declared"
    ? tracked.claim.ref.manifest.digest
    : tracked.finishedJob
  return {
    ...tracked,
    live: undefined,
    settled: undefined,
    trouble: tracked.trouble?.uid === undefined ? tracked.trouble : undefined,
    finishedJob: job
  }
}
