/** Whether what shall be said of the cluster's name can be said in the tip, and whether others may write there then. Pure. */
import { type ClusterName, sameCluster } from "../ClusterName.ts"
import * as ClusterNameFile from "../ClusterNameFile.ts"
import type { Naming } from "../GitMessages.ts"
import type { Answer } from "./Submission.ts"

export type NamingVerdict =
  /** It can be written; in place of this other cluster's name. */
  | { readonly _tag: "Based"; readonly before: string | undefined }
  | Answer

type Named = Extract<ClusterName, { readonly _tag: "Named" }>

const outdated: Answer = { _tag: "DecideAgain", keys: [] }
const based: NamingVerdict = { _tag: "Based", before: undefined }

/** Whether the tip says so already. */
const isSaid = (naming: Naming, named: ClusterName): boolean => {
  if (named._tag !== "Named" || !sameCluster(naming, named)) return false
  if (naming.takeover !== undefined) return sameCluster(naming.takeover, named.takeover)
  if (naming.refused !== undefined) return sameCluster(naming.refused, named.refused) && named.takeover === undefined
  return true
}

/** A request goes to who is named, as long as nobody else asks and we were not refused. */
const mayAsk = (naming: Naming, named: Named): boolean =>
  sameCluster(naming, named) && named.takeover === undefined && !sameCluster(naming.takeover, named.refused)

const judgeNamed = (naming: Naming, named: Named): NamingVerdict => {
  if (naming.takeover !== undefined) return mayAsk(naming, named) ? based : outdated
  if (naming.refused !== undefined)
    return sameCluster(naming, named) && sameCluster(naming.refused, named.takeover) ? based : outdated
  if (named.cluster === naming.cluster) return based
  if (naming.byRequest === true && !sameCluster(naming, named.takeover)) return outdated
  return named.cluster === naming.replaces ? { _tag: "Based", before: named.cluster } : outdated
}

/** @param commit the tip's, @param named whom it names */
export const judgeNaming = (naming: Naming, commit: string | undefined, named: ClusterName): NamingVerdict => {
  switch (named._tag) {
    case "Nobody":
      return naming.takeover === undefined && naming.refused === undefined ? based : outdated
    case "Unreadable":
      return { _tag: "Refused", reason: "Unreadable", words: named.reason }
    case "Named":
      return commit !== undefined && isSaid(naming, named) ? { _tag: "Committed", commit } : judgeNamed(naming, named)
  }
}

/** After a push of which nobody knows whether it came through. */
export const compareNaming = (naming: Naming, commit: string | undefined, named: ClusterName): Answer =>
  commit !== undefined && isSaid(naming, named) ? { _tag: "Committed", commit } : outdated

/** Why this cluster may not change documents on a tip that names this one; `undefined`: it may. @param gitPath where its file is */
export const refusalOf = (named: ClusterName, cluster: string, gitPath: string): Answer | undefined => {
  const refused = (words: string): Answer => ({ _tag: "Refused", reason: "NotNamed", words })
  const path = ClusterNameFile.pathOf(gitPath)
  switch (named._tag) {
    case "Unreadable":
      return refused(named.reason)
    case "Nobody":
      return refused(`${path} names no cluster; nothing else is written before it names this one (${cluster})`)
    case "Named":
      return named.cluster === cluster ? undefined : refused(
        `${path} names the cluster ${named.cluster} as the one that writes there, and this is ${cluster}; ` +
          "two clusters can't write to one directory: say which of them lives, or give this one another gitPath"
      )
  }
}
