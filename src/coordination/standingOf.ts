/**
 * Which cluster Git belongs to, and what follows for ours: whether objects are written, whether anything may go to Git, and what has to be
 * done first. Pure: the record and Git together decide.
 */
import { type ClusterId, type ClusterName, formatName, sameCluster } from "../git/ClusterName.ts"
import type { Mirroring } from "../kind/Round.ts"
import type { Ancestry } from "./Latching.ts"

export interface Situation {
  readonly us: ClusterId
  /** `Undecided`: it says only that Git named another when we came. `Restoring`: this cluster is being restored. */
  readonly record: "Absent" | "Undecided" | "Restoring" | "Written"
  /** Whom Git names. */
  readonly named: ClusterName
  /** Whether some rule writes to Git. */
  readonly writesToGit: boolean
  /** Whether a new cluster is to be restored from Git. */
  readonly restore: "auto" | "off"
  /** Whether the tip has grown from the commit synced last; `Proved` when none was. */
  readonly ancestry: Ancestry
  /** Whom a person wants us to take the place of, as {@link formatName} writes it. */
  readonly takesOver: string | undefined
  /** Whose answer to our request the record waits for, and until when (RFC 3339). */
  readonly asked: { readonly of: string; readonly until: string } | undefined
  /** Whom the record restores from. */
  readonly restoresFrom: string | undefined
  /** Whether all that can come back from Git is back. */
  readonly isRestored: boolean
}

/** What the Coordinator has to see to. */
export type Step =
  | "None"
  | "WriteRecord"
  /** The record, saying that Git names another. */
  | "WriteUndecided"
  /** The record, saying since when our request stands in Git. */
  | "WriteAsked"
  /** Whoever Git names may refuse our request until the time is over. */
  | "AwaitAnswer"
  | "AskTakeover"
  /** Somebody asks to take our place. */
  | "RefuseTakeover"
  | "AskHistory"
  | "NameUs"

export interface ClusterStanding {
  /** Why nothing at all is written; `undefined` when objects may be. */
  readonly held: string | undefined
  readonly mirroring: Mirroring
  /** Whom this cluster is being restored from. */
  readonly restoring: string | undefined
  readonly step: Step
  /** Whose place a person may want us to take. */
  readonly rival: string | undefined
}

type Named = Extract<ClusterName, { readonly _tag: "Named" }>

const closed = (reason: string): Mirroring => ({ _tag: "Closed", reason })

const waiting = (step: Step): ClusterStanding => ({
  held: undefined,
  mirroring: closed(""),
  restoring: undefined,
  step,
  rival: undefined
})

const shut = (reason: string, step: Step = "None", rival?: string): ClusterStanding => ({
  held: undefined,
  mirroring: closed(reason),
  restoring: undefined,
  step,
  rival
})

/** Nothing is written on either side. */
const holding = (reason: string, step: Step, rival?: string): ClusterStanding => ({
  held: reason,
  mirroring: closed(reason),
  restoring: undefined,
  step,
  rival
})

const idOf = ({ cluster, stateNamespace }: ClusterId) => `cluster ${cluster} (state namespace ${stateNamespace})`

const takeOver = `run "gitops-controller confirm --take-over"`

const twoWriters = ({ us }: Situation, named: Named): string =>
  `Git says that ${idOf(named)} writes below gitPath, and this is ${
    idOf(us)
  }: nothing is written to Git and nothing is deleted. ` +
  `If the other one lives, give one of them another gitPath or branch; if this one takes its place, stop the other and ${takeOver}`

const isNew = ({ us }: Situation, named: Named): string =>
  `Git belongs to ${idOf(named)}, and this is ${
    idOf(us)
  }, which has no record: it is restored from Git unless that one lives. Nothing is written yet`

const otherwise =
  `To take its place at once and without restoring, ${takeOver}; to apply what Git gives to the cluster without writing to Git, ` +
  `say "restore: off"; if this is the wrong repository, change gitUrl, branch or gitPath`

const asking = (situation: Situation, named: Named): string =>
  `${isNew(situation, named)}: it is asked for its place, in a commit to .gitops-controller.yaml. ${otherwise}`

const awaiting = (situation: Situation, named: Named, until: string): string =>
  `${
    isNew(situation, named)
  }: it was asked for its place, and restoring starts at ${until} unless it refuses before. ${otherwise}`

const refusedBy = ({ us }: Situation, named: Named): string =>
  `${idOf(named)} lives: it refused its place in Git to this one, ${idOf(us)}. Nothing is written. ` +
  "Give this cluster another gitPath or branch. If the other one is gone by now, remove the lines under \"refused\" from " +
  `.gitops-controller.yaml, and it is asked again. ${otherwise}`

const forestalled = ({ us }: Situation, named: Named, other: ClusterId): string =>
  `Git belongs to ${idOf(named)}, and ${idOf(other)} asks for its place already; this is ${
    idOf(us)
  }. Nothing is written. If the other is not to have it, remove the lines under "takeover" from .gitops-controller.yaml. ${otherwise}`

const elsewhere = ({ restoresFrom, us }: Situation, named: Named): string =>
  `this is ${idOf(us)}, which was being restored from ${restoresFrom ?? "another"}, and Git belongs to ${
    idOf(named)
  } now: nothing more is written. If this one takes its place, ${takeOver}`

const askingAgain = ({ us }: Situation, named: Named): string =>
  `this is ${idOf(us)}, which is being restored from ${
    idOf(named)
  }, and its request is no longer in .gitops-controller.yaml: it is asked for again, and restoring waits for that`

const duringRestore = (from: string): string =>
  `this cluster is being restored from Git, where ${from} wrote: nothing goes to Git before all that can come back is back`

const unproved =
  "the commit that was synced last is no part of the branch any more, and Git does not say whose it is: nothing is written to Git. " +
  `If it is this cluster's, ${takeOver}`

const ofOurs = ({ ancestry, record }: Situation, { takeover }: Named): ClusterStanding => {
  if (record !== "Written") return waiting("WriteRecord")
  if (ancestry === "Unknown") return waiting("AskHistory")
  return {
    held: undefined,
    mirroring: { _tag: "Open" },
    restoring: undefined,
    step: takeover === undefined ? "None" : "RefuseTakeover",
    rival: undefined
  }
}

const restoringFrom = (from: string, { isRestored }: Situation): ClusterStanding => ({
  held: undefined,
  mirroring: closed(duringRestore(from)),
  restoring: from,
  step: isRestored ? "NameUs" : "None",
  rival: from
})

const ofNobodys = (situation: Situation): ClusterStanding => {
  const { ancestry, record, restoresFrom, takesOver } = situation
  if (record === "Restoring" && restoresFrom !== undefined) return restoringFrom(restoresFrom, situation)
  if (record !== "Written") return waiting("WriteRecord")
  if (ancestry === "Proved" || takesOver === nobodys) return waiting("NameUs")
  return ancestry === "Unknown" ? waiting("AskHistory") : shut(unproved, "None", nobodys)
}

/** What a person takes over where Git names nobody. */
export const nobodys = "nobody"

/** A cluster without a history of its own, where another's is in Git. */
const ofNewcomer = (situation: Situation, named: Named, rival: string): ClusterStanding => {
  const { asked, record, restoresFrom, us } = situation
  const { refused, takeover } = named
  const isAsked = sameCluster(us, takeover)
  const first: Step = record === "Absent" ? "WriteUndecided" : "None"
  if (takeover !== undefined && !isAsked) return holding(forestalled(situation, named, takeover), first, rival)
  if (!isAsked && sameCluster(us, refused)) return holding(refusedBy(situation, named), first, rival)
  if (record === "Restoring") {
    if (restoresFrom !== rival) return holding(elsewhere(situation, named), "None", rival)
    return isAsked ? restoringFrom(rival, situation) : holding(askingAgain(situation, named), "AskTakeover", rival)
  }
  if (record === "Absent") return holding(asking(situation, named), "WriteUndecided", rival)
  if (!isAsked) return holding(asking(situation, named), "AskTakeover", rival)
  return asked?.of === rival
    ? holding(awaiting(situation, named, asked.until), "AwaitAnswer", rival)
    : holding(asking(situation, named), "WriteAsked", rival)
}

const ofAnothers = (situation: Situation, named: Named): ClusterStanding => {
  const { record, restore, takesOver, us } = situation
  const rival = formatName(named)
  if (takesOver === rival) return waiting(record === "Written" ? "NameUs" : "WriteRecord")
  if (record === "Written") return shut(twoWriters(situation, named), "None", rival)
  return restore === "off" || named.cluster === us.cluster
    ? shut(twoWriters(situation, named), "WriteRecord", rival)
    : ofNewcomer(situation, named, rival)
}

/** A new cluster may have to be restored, which is not known before the file can be read. */
const ofUnknown = ({ record, restore }: Situation, reason: string): ClusterStanding =>
  record === "Written" || restore === "off"
    ? shut(reason)
    : holding(reason, "None")

export const standingOf = (situation: Situation): ClusterStanding => {
  const { named, writesToGit } = situation
  if (!writesToGit) return waiting("None")
  switch (named._tag) {
    case "Nobody":
      return ofNobodys(situation)
    case "Unreadable":
      return ofUnknown(situation, named.reason)
    case "Named":
      return sameCluster(situation.us, named) ? ofOurs(situation, named) : ofAnothers(situation, named)
  }
}
