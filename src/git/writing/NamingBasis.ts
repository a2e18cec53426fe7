/** Whether the cluster may be named in the tip, and whether others may write there then. Pure. */
import type { ClusterName } from "../ClusterName.ts"
import * as ClusterNameFile from "../ClusterNameFile.ts"
import type { Naming } from "../GitMessages.ts"
import type { Answer } from "./Submission.ts"

export type NamingVerdict =
  /** It can be written; in place of this other cluster's name. */
  | { readonly _tag: "Based"; readonly before: string | undefined }
  | Answer

const outdated: Answer = { _tag: "DecideAgain", keys: [] }

const isNamed = ({ cluster, stateNamespace }: Naming, named: ClusterName): boolean =>
  named._tag === "Named" && named.cluster === cluster && named.stateNamespace === stateNamespace

/** @param commit the tip's, @param named whom it names */
export const judgeNaming = (naming: Naming, commit: string | undefined, named: ClusterName): NamingVerdict => {
  switch (named._tag) {
    case "Nobody":
      return { _tag: "Based", before: undefined }
    case "Unreadable":
      return { _tag: "Refused", reason: "Unreadable", words: named.reason }
    case "Named": {
      if (commit !== undefined && isNamed(naming, named)) return { _tag: "Committed", commit }
      if (named.cluster === naming.cluster) return { _tag: "Based", before: undefined }
      return named.cluster === naming.replaces ? { _tag: "Based", before: named.cluster } : outdated
    }
  }
}

/** After a push of which nobody knows whether it came through. */
export const compareNaming = (naming: Naming, commit: string | undefined, named: ClusterName): Answer =>
  commit !== undefined && isNamed(naming, named) ? { _tag: "Committed", commit } : outdated

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
