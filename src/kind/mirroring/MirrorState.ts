/**
 * The mirroring half of a kind's state: what each object's way to Git is like, and which of them are due. Owned and changed by one KindActor
 * only: `judgeInto` judges one object anew, and notes what follows.
 */
import type { ObjectId } from "../../manifest/ObjectKey.ts"
import type { Mirrored } from "../Round.ts"
import * as Tally from "../Tally.ts"
import type { Tracked } from "../Tracked.ts"
import { afterRecall, newsOf, sameBasis } from "./MirrorMemory.ts"
import { hasShared, isShared, mirrorsLife, toGit } from "./MirrorScope.ts"
import { basisOf, judgeMirror, type MirrorCircumstances, type MirrorVerdict } from "./MirrorVerdict.ts"
import { makeShownObjects, type ShownObjects } from "./ShownObjects.ts"

export interface MirrorState {
  readonly verdicts: Map<ObjectId, MirrorVerdict>
  readonly tally: Tally.Tally
  /** Objects to be compared with Git, in the order in which they became due. */
  readonly due: Set<ObjectId>
  /** Objects whose manifests are to go. */
  readonly gone: Set<ObjectId>
  /** Objects that come back by themselves, with the time (milliseconds since the epoch). */
  readonly retries: Map<ObjectId, number>
  /** What the record is known to hold as shown by this cluster. */
  readonly seen: Set<ObjectId>
  /** How objects were last the same on both sides, as the record said when it was asked. */
  recorded: ReadonlyMap<ObjectId, Mirrored | undefined>
  /** UID of the CustomResourceDefinition under which {@link seen} holds. */
  definition: string | undefined
  /** UID of the one that there is. */
  defined: string | undefined
  /** Live, and not in the record yet. */
  readonly unseen: Set<ObjectId>
  /** In the record, and gone from both sides, or no rule's any more; not told to it yet. */
  readonly departed: Set<ObjectId>
  /** Found the same on both sides, and not told to the record yet. */
  unsaved: Map<ObjectId, Mirrored>
  /** What the watch has shown of those that are due, so that they need not be asked for again. */
  readonly shown: ShownObjects
  /** Looked at, or proved gone, at the moment. */
  readonly inFlight: Set<ObjectId>
  /** What was submitted of them is to be withdrawn. */
  readonly outlived: Set<ObjectId>
  /** The record is being asked to hold {@link unseen}. */
  seeing: boolean
  /** Not before this time (milliseconds since the epoch) is it asked again. */
  seeAt: number
}

export const makeMirrorState = (): MirrorState => ({
  verdicts: new Map(),
  tally: Tally.make(),
  due: new Set(),
  gone: new Set(),
  retries: new Map(),
  seen: new Set(),
  recorded: new Map(),
  definition: undefined,
  defined: undefined,
  unseen: new Set(),
  departed: new Set(),
  unsaved: new Map(),
  shown: makeShownObjects(),
  inFlight: new Set(),
  outlived: new Set(),
  seeing: false,
  seeAt: 0
})

const set = (ids: Set<ObjectId>, id: ObjectId, isIn: boolean): void => {
  if (isIn) ids.add(id)
  else ids.delete(id)
}

/** When it has to be judged again although nothing was heard, in milliseconds since the epoch. */
const retryTime = (verdict: MirrorVerdict, { mirror: { answered } }: Tracked): number | undefined => {
  switch (verdict._tag) {
    case "Troubled":
      return verdict.trouble.retryAt
    case "UnderWay":
      return verdict.until
    case "Unconcerned":
      return answered?.until
    default:
      return undefined
  }
}

/**
 * Whether the record shall hold it: its life goes to Git, or something of it may change on both sides. Of what both sides may make, also
 * what only Git had from the beginning: so it is not taken for new later.
 */
const isToBeSeen = (
  { claim, live }: Tracked,
  { isFirstContact, isListed, ownership }: MirrorCircumstances
) =>
  live === undefined
    ? isFirstContact && isListed && claim !== undefined && isShared(ownership.lifecycle)
    : live.unmirrored === undefined && (mirrorsLife(ownership) || hasShared(ownership))

const isSettled = ({ answered, underWay }: Tracked["mirror"], now: number) =>
  underWay === undefined && (answered === undefined || now >= answered.until)

/** Whether the record may forget that it was shown: nothing is left to be removed, or it is no rule's any more. */
const isDeparted = (
  { claim, live, mirror }: Tracked,
  { isListed, isTipComplete, now, ownership }: MirrorCircumstances
) =>
  live === undefined
    ? claim === undefined && isListed && isTipComplete && isSettled(mirror, now)
    : !toGit(ownership.lifecycle) && !hasShared(ownership)

/** Its removal was held, and there it is again. */
const isBack = ({ live, mirror }: Tracked): boolean => live !== undefined && mirror.held !== undefined

/** What a newer change takes the place of. */
const replacing: ReadonlySet<MirrorVerdict["_tag"]> = new Set(["Due", "Troubled", "UnderWay"])

/** Whether what was submitted of it must not be committed any more, and nothing else will take its place: above all a removal of what is back. */
const outlives = (
  { claim, live, mirror: { underWay } }: Tracked,
  verdict: MirrorVerdict,
  { ownership }: MirrorCircumstances
): boolean => {
  if (underWay?.step !== "submitted" || sameBasis(underWay.basis, basisOf({ claim, live }, ownership))) return false
  return underWay.basis.live === undefined || !replacing.has(verdict._tag)
}

/** How long what is being withdrawn may still land, in milliseconds. */
const patience = 30_000

/**
 * The tip has shown what was committed: from here on the same basis is a new matter. What is withdrawn may be on the remote by now, so it is
 * waited for.
 */
const afterVerdict = (tracked: Tracked, verdict: MirrorVerdict, isOutlived: boolean, now: number): Tracked => {
  const { answered, underWay } = tracked.mirror
  if (isOutlived && underWay !== undefined) {
    const mirror = {
      ...tracked.mirror,
      underWay: undefined,
      answered: { basis: underWay.basis, until: now + patience }
    }
    return { ...tracked, mirror }
  }
  const isOver = answered !== undefined && (verdict._tag === "Mirrored" || now >= answered.until)
  return isOver ? { ...tracked, mirror: { ...tracked.mirror, answered: undefined } } : tracked
}

/**
 * Judges an object anew, and notes what follows.
 * @returns What is known of it then: the record may have been told.
 */
export const judgeInto = (
  state: MirrorState,
  id: ObjectId,
  before: Tracked,
  circumstances: MirrorCircumstances
): Tracked => {
  // The record is told again, so that it forgets that it held its removal.
  if (isBack(before)) state.seen.delete(id)
  const { recorded } = circumstances
  const recalled = afterRecall(before.mirror, recorded)
  const mirror = isBack(before) ? { ...recalled, held: undefined } : recalled
  const back = mirror === before.mirror ? before : { ...before, mirror }
  const isLife = mirrorsLife(circumstances.ownership)
  const news = newsOf(back.mirror, isLife)
  const known = news === undefined ? back : { ...back, mirror: { ...back.mirror, saved: news } }
  const found = judgeMirror(known, circumstances)
  const isOutlived = outlives(known, found, circumstances)
  if (isOutlived) state.outlived.add(id)
  const tracked = afterVerdict(known, found, isOutlived, circumstances.now)
  const verdict = tracked === known ? found : judgeMirror(tracked, circumstances)
  if (news !== undefined) state.unsaved.set(id, news)
  state.due.delete(id)
  set(state.gone, id, verdict._tag === "Gone")
  if (verdict._tag === "Due" && verdict.closed === undefined) state.due.add(id)
  set(state.unseen, id, isToBeSeen(tracked, circumstances) && !state.seen.has(id))
  if (state.seen.has(id)) set(state.departed, id, isDeparted(tracked, circumstances))
  const retryAt = retryTime(verdict, tracked)
  if (retryAt === undefined) state.retries.delete(id)
  else state.retries.set(id, retryAt)
  if (verdict._tag === "Unconcerned") state.verdicts.delete(id)
  else state.verdicts.set(id, verdict)
  return tracked
}
