/** What is true of an object on its way from the cluster to Git, and so what has to be done. Pure. */
import type { ManifestRef } from "../../manifest/Manifest.ts"
import type { Ownership, Rule } from "../../rules/Ruleset.ts"
import type { Mirrored, Mirroring } from "../Round.ts"
import type { Tracked } from "../Tracked.ts"
import type { Trouble } from "../Trouble.ts"
import { type Basis, basisText, isFirst, sameBasis } from "./MirrorMemory.ts"
import { hasShared, isShared, mirrorFingerprint, mirrorRules, mirrorsLife } from "./MirrorScope.ts"

export type MirrorVerdict =
  /** Nothing of it goes to Git. */
  | { readonly _tag: "Unconcerned" }
  /** Git says what the cluster says. */
  | { readonly _tag: "Mirrored"; readonly rule: Rule; readonly notes: ReadonlyArray<string> }
  /** The two have to be compared, and Git brought after the cluster. */
  | {
    readonly _tag: "Due"
    readonly rule: Rule
    readonly ref: ManifestRef | undefined
    readonly basis: Basis
    readonly trouble: Trouble | undefined
    /** Why nothing may be written now. */
    readonly closed: string | undefined
  }
  /** Its change is on its way to the remote. */
  | { readonly _tag: "UnderWay"; readonly rule: Rule; readonly until: number | undefined }
  | {
    readonly _tag: "Troubled"
    readonly rule: Rule
    readonly ref: ManifestRef | undefined
    readonly trouble: Trouble
  }
  /** It was in the cluster and is gone: its manifest is to go too, once that is proved and granted. */
  | { readonly _tag: "Gone"; readonly rule: Rule; readonly ref: ManifestRef; readonly basis: Basis }
  /** It is gone from one side, and stays on the other; why, and what to do. */
  | { readonly _tag: "Held"; readonly rule: Rule; readonly ref: ManifestRef | undefined; readonly message: string }
  /** Git has a manifest, and this cluster never had the object, or never as it stands there. */
  | { readonly _tag: "OnlyInGit"; readonly rule: Rule; readonly ref: ManifestRef }
  /** Only some of its fields go to Git, and there is no manifest to hold them. */
  | { readonly _tag: "NoManifest"; readonly rule: Rule }
  /** It can't be written to Git, or must not be; why. */
  | { readonly _tag: "Unwritable"; readonly rule: Rule; readonly reason: string }
  | { readonly _tag: "Contested"; readonly rule: Rule; readonly refs: ReadonlyArray<ManifestRef> }
  /** An annotation asks for it to be left alone. */
  | { readonly _tag: "Paused"; readonly rule: Rule; readonly where: "manifest" | "object" }

/** What an object is judged by, besides what is known of itself. */
export interface MirrorCircumstances {
  readonly ownership: Ownership
  readonly mirroring: Mirroring
  /** Whether the record has it among what this cluster has shown. */
  readonly isSeen: boolean
  /** How it was last found the same on both sides, as this term's record has it. */
  readonly recorded: Mirrored | undefined
  /** Whether an object that isn't known is really absent: the list is complete, and the watch goes on. */
  readonly isListed: boolean
  /** Whether every file of the tip could be read. */
  readonly isTipComplete: boolean
  /** Whether what only Git has may be another world's. */
  readonly isFirstContact: boolean
  /** The number of the tip. */
  readonly tip: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

const unconcerned: MirrorVerdict = { _tag: "Unconcerned" }

export const basisOf = ({ claim, live }: Pick<Tracked, "claim" | "live">, ownership: Ownership): Basis => ({
  document: claim?._tag === "Declared" ? claim.ref.manifest.digest : undefined,
  live: live?.portable,
  scope: mirrorFingerprint(ownership)
})

/** Which manifest both sides agreed upon last. */
const lastDocument = ({ mirror }: Tracked, recorded: Mirrored | undefined): string | undefined => {
  const last = mirror.saved ?? recorded
  return last === undefined || isFirst(last) ? undefined : last.document
}

const conflict = (ref: ManifestRef): string =>
  `gone from the cluster, and its manifest was changed in Git since the two were last the same (DeleteConflict): it stays. Delete ${ref.path} if it should go, or bring the object back`

const neverSame =
  "gone from the cluster, and its manifest was never the same as it: it stays. Delete it in Git if it should go"

const judgeGone = (
  tracked: Tracked,
  rule: Rule,
  ref: ManifestRef,
  { isFirstContact, isListed, isSeen, mirroring, ownership, recorded, now }: MirrorCircumstances
): MirrorVerdict => {
  const { answered, held, trouble, underWay } = tracked.mirror
  if (!mirrorsLife(ownership) || !isListed) return unconcerned
  const isAlways = rule.prune === "always" && rule.resources.length > 0
  if (!isSeen && !isAlways) {
    return rule.syncTo === "both" && !isFirstContact
      ? unconcerned
      : { _tag: "OnlyInGit", rule, ref }
  }
  if (rule.prune === "never") {
    return {
      _tag: "Held",
      rule,
      ref,
      message: `gone from the cluster; its rule says "prune: never", so its manifest stays`
    }
  }
  const basis = basisOf(tracked, ownership)
  if (!isAlways) {
    const document = lastDocument(tracked, recorded)
    if (document === undefined && rule.syncTo === "both") return { _tag: "OnlyInGit", rule, ref }
    if (document === undefined) return { _tag: "Held", rule, ref, message: neverSame }
    if (document !== basis.document) return { _tag: "Held", rule, ref, message: conflict(ref) }
  }
  if (sameBasis(underWay?.basis, basis)) return { _tag: "UnderWay", rule, until: undefined }
  if (sameBasis(answered?.basis, basis) && answered !== undefined && now < answered.until)
    return { _tag: "UnderWay", rule, until: answered.until }
  if (sameBasis(held?.basis, basis) && held !== undefined) return { _tag: "Held", rule, ref, message: held.message }
  if (trouble?.digest === basisText(basis) && now < trouble.retryAt) return { _tag: "Troubled", rule, ref, trouble }
  return mirroring._tag === "Open"
    ? { _tag: "Gone", rule, ref, basis }
    : { _tag: "Held", rule, ref, message: `gone from the cluster; ${mirroring.reason}` }
}

const goneFromGit = (isChanged: boolean): string =>
  isChanged
    ? "its manifest is gone from Git, and it was changed in the cluster since the two were last the same: it stays. Delete it with kubectl, or bring its manifest back"
    : "its manifest is gone from Git, and nothing shows that it was ever applied from there: it stays. Delete it with kubectl if it should go"

/**
 * Whether one side is about to show what we have changed there. Until then a comparison would take what was before for somebody's change:
 * what is applied and not answered, or not shown by the watch yet; what is submitted for another manifest than there is now; what is
 * committed, and in no tip that was seen.
 */
const isOutstanding = (
  { inFlight, mirror: { committed, submitted }, settled }: Tracked,
  { document }: Basis,
  tip: number
) =>
  inFlight !== undefined || settled?.seen === false || committed > tip ||
  (submitted !== undefined && submitted.document !== document)

const judgeLive = (
  tracked: Tracked,
  rule: Rule,
  ref: ManifestRef | undefined,
  { isTipComplete, mirroring, now, ownership, recorded, tip }: MirrorCircumstances
): MirrorVerdict => {
  const { agreed, answered, saved, trouble, underWay } = tracked.mirror
  if (ref === undefined && !mirrorsLife(ownership))
    return isTipComplete ? { _tag: "NoManifest", rule } : unconcerned
  const last = saved ?? recorded
  if (ref === undefined && isShared(ownership.lifecycle) && last !== undefined && !isFirst(last) && isTipComplete) {
    const isChanged = last.live !== tracked.live?.portable
    // What is unchanged and ours is deleted, or kept, by the other half of the kind.
    return tracked.live?.member === true && !isChanged
      ? unconcerned
      : { _tag: "Held", rule, ref, message: goneFromGit(isChanged) }
  }
  const basis = basisOf(tracked, ownership)
  if (sameBasis(agreed?.basis, basis) && agreed !== undefined) return { _tag: "Mirrored", rule, notes: agreed.notes }
  const isOpen = hasShared(ownership) && isOutstanding(tracked, basis, tip)
  if (isOpen || sameBasis(underWay?.basis, basis)) return { _tag: "UnderWay", rule, until: undefined }
  if (sameBasis(answered?.basis, basis) && answered !== undefined && now < answered.until)
    return { _tag: "UnderWay", rule, until: answered.until }
  const met = trouble?.digest === basisText(basis) ? trouble : undefined
  if (met !== undefined && now < met.retryAt) return { _tag: "Troubled", rule, ref, trouble: met }
  const closed = mirroring._tag === "Open" ? undefined : mirroring.reason
  return { _tag: "Due", rule, ref, basis, trouble: met, closed }
}

export const judgeMirror = (tracked: Tracked, circumstances: MirrorCircumstances): MirrorVerdict => {
  const { claim, live } = tracked
  const { ownership } = circumstances
  const [rule] = mirrorRules(ownership)
  if (rule === undefined || (live === undefined && claim === undefined)) return unconcerned
  if (live?.controller !== undefined && rule.resources.length === 0) return unconcerned
  if (live?.unmirrored !== undefined) {
    return live.unmirrored.isNatural && claim === undefined
      ? unconcerned
      : { _tag: "Unwritable", rule, reason: live.unmirrored.reason }
  }
  if (claim?._tag === "Contested") return { _tag: "Contested", rule, refs: claim.refs }
  const ref = claim?.ref
  if (live?.isPaused === true) return { _tag: "Paused", rule, where: "object" }
  if (ref?.manifest.isPaused === true) return { _tag: "Paused", rule, where: "manifest" }
  if (live !== undefined) {
    return live.terminating && !hasShared(ownership)
      ? unconcerned
      : judgeLive(tracked, rule, ref, circumstances)
  }
  return ref === undefined ? unconcerned : judgeGone(tracked, rule, ref, circumstances)
}
