/**
 * What a kind remembers of one object, and how it changes with what is heard. Full objects are not kept: versions and digests are.
 * Pure; the actor owns the values, and `Verdict` says what follows from them.
 */
import type { Claim } from "../manifest/Claims.ts"
import type { Labels } from "../rules/Ruleset.ts"
import { memberLabel } from "./ApplySet.ts"
import { cold, type FieldHeats } from "./fights/FieldHeat.ts"
import { type MirrorMemory, noMemory } from "./mirroring/MirrorMemory.ts"
import type { PruneMemory } from "./pruning/PruneMemory.ts"
import type { Synced } from "./Round.ts"
import type { Trouble } from "./Trouble.ts"

/** The live object, reduced to what decisions need. */
export interface Live {
  readonly uid: string
  readonly version: string
  /** Digest of the values our field manager owns and of that set; `undefined`: we own nothing of it. */
  readonly owned: string | undefined
  /** Digest of the set of fields alone that our field manager owns, or {@link unseen}; `undefined`: we own nothing of it. */
  readonly held: string | undefined
  readonly labels: Labels | undefined
  /** Whether it carries our ApplySet label. */
  readonly member: boolean
  /** Whether its annotations ask for it to be left alone. */
  readonly isPaused: boolean
  /** Whether its annotations have it stay when its manifest goes. */
  readonly isNeverPruned: boolean
  readonly terminating: boolean
  /** What keeps it while it is terminating, as text. */
  readonly finalizers: string
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
  /** Of a claim: whether it says what its volume comes from. */
  readonly hasSource?: boolean
  /** Digest of its portable form; `undefined` where nothing of its kind goes to Git, or it can't. */
  readonly portable: string | undefined
  /** Why it can't be written to Git, or must not be; `isNatural` if that is so of all of its sort and no news to anybody. */
  readonly unmirrored: { readonly reason: string; readonly isNatural: boolean } | undefined
}

/** Whether another ApplySet has it: what stands under our field manager's name is that one's then. */
export const isAnothers = ({ labels, member }: Live): boolean => !member && labels?.[memberLabel] !== undefined

/** In place of what we hold: it has to be looked at, as the watch hasn't shown it yet, or somebody took `managedFields` away. */
export const unseen = "unseen"

/** In place of what Git wants, once everything was let go of. */
export const letGo = "released"

/** What the server has answered for, and what it made of it. */
export interface Settled {
  /** The digest of what Git wanted, or {@link letGo}. */
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
  /** The manifest that a Job was made of which finished, and which its time to live removes. */
  readonly finishedJob: string | undefined
  /** Drift put right lately: a count that halves with time, and when it was last touched. */
  readonly heat: Heat
  /** Which of its fields that was, once it happened often. */
  readonly fieldHeats: FieldHeats
  /** The version that was looked at last for who changes which field. */
  readonly lookedAt: string | undefined
  /** The file that described it last, once none does. */
  readonly leftFrom: string | undefined
  /** How far its deletion is, once Git holds it no longer. */
  readonly prune: PruneMemory | undefined
  /** While an apply is under way: what the watch has shown since it was sent. */
  readonly inFlight: ReadonlyArray<Seen> | undefined
  /** What is known of its way to Git. */
  readonly mirror: MirrorMemory
  /** Whether a complete list came while an apply was under way: what it did not show may never be shown. */
  readonly listedInFlight: boolean
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
  fieldHeats: cold,
  lookedAt: undefined,
  leftFrom: undefined,
  prune: undefined,
  inFlight: undefined,
  mirror: noMemory,
  listedInFlight: false
}

const halfLife = 60_000

/** The heat at a later time, in drifts put right; halves every minute. */
export const cooled = (heat: Heat, now: number): number => heat.value * 2 ** (-(now - heat.at) / halfLife)

/** The heat after one more drift was put right. */
export const heated = (heat: Heat, now: number): Heat => ({ value: cooled(heat, now) + 1, at: now })

/** Drifts put right within about a minute, from which on it is looked at who changes which field. */
export const lookHeat = 3

/** When an apply is sent: what the watch shows from here on is kept until the answer comes, which may also be that nothing changed. */
export const whenSent = (tracked: Tracked): Tracked => ({
  ...tracked,
  inFlight: tracked.live === undefined ? [] : [tracked.live],
  listedInFlight: false
})

/** After the server answered an apply of `payload` with `version`. The owned digest comes from the watch event of that very version. */
export const afterApply = (tracked: Tracked, payload: string, version: string): Tracked => {
  const seen = [...tracked.inFlight ?? [], ...(tracked.live === undefined ? [] : [tracked.live])]
    .find((candidate) => candidate.version === version)
  const isMissed = seen === undefined && tracked.listedInFlight
  return {
    ...tracked,
    settled: isMissed ? undefined : { payload, version, seen: seen !== undefined, owned: seen?.owned },
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

/** The file that describes it, or did last. */
const pathOf = ({ claim, leftFrom, saved }: Tracked): string | undefined =>
  (claim?._tag === "Declared" ? claim.ref.path : undefined) ?? leftFrom ?? saved?.path

/** What the record should say of it; `undefined` while that is not certain. */
export const syncedOf = (tracked: Tracked): Synced | undefined => {
  const { settled } = tracked
  if (settled?.seen !== true || settled.owned === undefined) return undefined
  const path = pathOf(tracked)
  return { payload: settled.payload, owned: settled.owned, ...path === undefined ? {} : { path } }
}

export const sameSynced = (a: Synced | undefined, b: Synced): boolean =>
  a?.payload === b.payload && a.owned === b.owned && a.path === b.path

/** With what an earlier life found in step, if both sides are still as they were then. */
export const recalled = (tracked: Tracked, recorded: Synced, wanted: string): Tracked => {
  const { live } = tracked
  return recorded.payload === wanted && live?.owned === recorded.owned
    ? { ...afterMatch(tracked, recorded.payload, live), saved: recorded }
    : tracked
}

/** After the watch showed the object. */
export const afterSeen = (tracked: Tracked, live: Live): Tracked => {
  const { inFlight, settled, trouble } = tracked
  const seen: Seen = { version: live.version, owned: live.owned }
  return {
    ...tracked,
    live,
    fieldHeats: tracked.live?.uid === live.uid ? tracked.fieldHeats : cold,
    settled: settled?.version === live.version ? { ...settled, seen: true, owned: live.owned } : settled,
    trouble: trouble?.uid !== undefined && trouble.uid !== live.uid ? undefined : trouble,
    inFlight: inFlight === undefined ? undefined : [...inFlight, seen]
  }
}

/** After everything we held was let go of; `version` is the object's then, `undefined` when it is gone. */
export const afterLetGo = (tracked: Tracked, version: string | undefined): Tracked =>
  version === undefined ? { ...tracked, inFlight: undefined } : afterApply(tracked, letGo, version)

/** What was decided is no longer so, and nothing was done. */
export const afterNothing = (tracked: Tracked): Tracked => ({ ...tracked, inFlight: undefined })

/** After a complete list: a version that it did not show will never be shown, and perhaps none that is answered later. */
export const afterList = (tracked: Tracked): Tracked => {
  const { inFlight, settled } = tracked
  const isUnseen = settled !== undefined && !settled.seen
  if (!isUnseen && inFlight === undefined) return tracked
  return { ...tracked, settled: isUnseen ? undefined : settled, listedInFlight: inFlight !== undefined }
}

/** After the watch showed that the object is gone. */
export const afterGone = (tracked: Tracked): Tracked => ({
  ...tracked,
  live: undefined,
  settled: undefined,
  prune: undefined,
  mirror: tracked.mirror.agreed === undefined ? tracked.mirror : { ...tracked.mirror, agreed: undefined },
  trouble: tracked.trouble?.uid === undefined ? tracked.trouble : undefined
})

/** Notes of what manifest a Job was made that has finished: of the one in Git only if that was applied. */
export const noted = (tracked: Tracked, wanted: string): Tracked => {
  const { claim, finishedJob, live, settled } = tracked
  if (live?.finished !== true || claim?._tag !== "Declared" || settled?.payload !== wanted) return tracked
  const { digest } = claim.ref.manifest
  return finishedJob === digest ? tracked : { ...tracked, finishedJob: digest }
}
