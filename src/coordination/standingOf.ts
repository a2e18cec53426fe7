/**
 * Which cluster Git belongs to, and what follows for ours: whether objects are written, whether anything may go to Git, and what has to be
 * done first. Pure: the record and Git together decide.
 */
import type { ClusterName } from "../git/ClusterName.ts"
import type { Mirroring } from "../kind/Round.ts"
import type { Ancestry } from "./Latching.ts"

export interface Situation {
  readonly us: { readonly cluster: string; readonly stateNamespace: string }
  /** `Undecided`: it says only that Git named another when we came. */
  readonly record: "Absent" | "Undecided" | "Written"
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
}

/** What the Coordinator has to see to. `WriteUndecided`: the record, saying that Git names another. */
export type Step = "None" | "WriteRecord" | "WriteUndecided" | "AskHistory" | "NameUs"

export interface ClusterStanding {
  /** Why nothing at all is written; `undefined` when objects may be. */
  readonly held: string | undefined
  readonly mirroring: Mirroring
  readonly step: Step
  /** Whose place a person may want us to take. */
  readonly rival: string | undefined
}

type Named = Extract<ClusterName, { readonly _tag: "Named" }>

/** One text for a cluster as Git names it. */
export const formatName = ({ cluster, stateNamespace }: Omit<Named, "_tag">): string => `${cluster}/${stateNamespace}`

const closed = (reason: string): Mirroring => ({ _tag: "Closed", reason })

const waiting = (step: Step): ClusterStanding => ({ held: undefined, mirroring: closed(""), step, rival: undefined })

const shut = (reason: string, step: Step = "None", rival?: string): ClusterStanding => ({
  held: undefined,
  mirroring: closed(reason),
  step,
  rival
})

const idOf = ({ cluster, stateNamespace }: Omit<Named, "_tag">) =>
  `cluster ${cluster} (state namespace ${stateNamespace})`

const takeOver = `run "gitops-controller confirm --take-over"`

const twoWriters = ({ us }: Situation, named: Named): string =>
  `Git says that ${idOf(named)} writes below gitPath, and this is ${
    idOf(us)
  }: nothing is written to Git and nothing is deleted. ` +
  `If the other one lives, give one of them another gitPath or branch; if this one takes its place, stop the other and ${takeOver}`

const notRestored = ({ us }: Situation, named: Named): string =>
  `Git belongs to ${idOf(named)}, and this is ${
    idOf(us)
  }, which has no record: a new cluster would be restored from Git, and this version ` +
  `restores nothing. Nothing is written. If this one takes the other's place, ${takeOver}; to apply what Git gives to the cluster without ` +
  `writing to Git, say "restore: off"; if this is the wrong repository, change gitUrl, branch or gitPath`

const unproved =
  "the commit that was synced last is no part of the branch any more, and Git does not say whose it is: nothing is written to Git. " +
  `If it is this cluster's, ${takeOver}`

const ofOurs = ({ ancestry, record }: Situation): ClusterStanding => {
  if (record !== "Written") return waiting("WriteRecord")
  return ancestry === "Unknown"
    ? waiting("AskHistory")
    : { held: undefined, mirroring: { _tag: "Open" }, step: "None", rival: undefined }
}

const ofNobodys = ({ ancestry, record, takesOver }: Situation): ClusterStanding => {
  if (record !== "Written") return waiting("WriteRecord")
  if (ancestry === "Proved" || takesOver === nobodys) return waiting("NameUs")
  return ancestry === "Unknown" ? waiting("AskHistory") : shut(unproved, "None", nobodys)
}

/** What a person takes over where Git names nobody. */
export const nobodys = "nobody"

const ofAnothers = (situation: Situation, named: Named): ClusterStanding => {
  const { record, restore, takesOver, us } = situation
  const rival = formatName(named)
  if (takesOver === rival) return waiting(record === "Written" ? "NameUs" : "WriteRecord")
  if (record === "Written") return shut(twoWriters(situation, named), "None", rival)
  if (restore === "off" || named.cluster === us.cluster) return shut(twoWriters(situation, named), "WriteRecord", rival)
  const held = notRestored(situation, named)
  return { held, mirroring: closed(held), step: record === "Absent" ? "WriteUndecided" : "None", rival }
}

/** A new cluster may have to be restored, which is not known before the file can be read. */
const ofUnknown = ({ record, restore }: Situation, reason: string): ClusterStanding =>
  record === "Written" || restore === "off"
    ? shut(reason)
    : { held: reason, mirroring: closed(reason), step: "None", rival: undefined }

const isUs = ({ us }: Situation, named: Named) =>
  named.cluster === us.cluster && named.stateNamespace === us.stateNamespace

export const standingOf = (situation: Situation): ClusterStanding => {
  const { named, writesToGit } = situation
  if (!writesToGit) return waiting("None")
  switch (named._tag) {
    case "Nobody":
      return ofNobodys(situation)
    case "Unreadable":
      return ofUnknown(situation, named.reason)
    case "Named":
      return isUs(situation, named) ? ofOurs(situation) : ofAnothers(situation, named)
  }
}
