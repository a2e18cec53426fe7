/** What the commit says that names the cluster which writes below gitPath, asks to take its place, or refuses that. Pure. */
import type { ClusterId } from "../ClusterName.ts"
import type { Naming } from "../GitMessages.ts"
import { type Signatory, trailers } from "./CommitMessage.ts"
import { clipped, oneLine } from "./MessageText.ts"

const longestSubject = 71

const shortOf = (cluster: string) => oneLine(cluster, 120).replace(/^(\w{8})-.*$/, "$1")

const whole = ({ cluster, stateNamespace }: ClusterId) =>
  `${oneLine(cluster, 120)} (state namespace ${oneLine(stateNamespace, 120)})`

const takeoverMessage = (owner: ClusterId, asking: ClusterId, where: string, signatory: Signatory): string =>
  [
    clipped(`Ask to take the place of cluster ${shortOf(owner.cluster)} in ${where}`, longestSubject),
    "",
    `The cluster ${whole(asking)} is new`,
    `and would be restored from ${where}. If the cluster`,
    `${whole(owner)} lives, its controller refuses in a commit.`,
    "",
    trailers(signatory)
  ].join("\n")

const refusalMessage = (owner: ClusterId, asking: ClusterId, where: string, signatory: Signatory): string =>
  [
    clipped(`Refuse ${where} to cluster ${shortOf(asking.cluster)}: this one lives`, longestSubject),
    "",
    `The cluster ${whole(owner)} lives and writes to`,
    `${where}. The cluster ${whole(asking)} asked to take its place.`,
    "",
    trailers(signatory)
  ].join("\n")

/** @param gitPath `""` for the whole repository @param before the cluster that was named until now */
export const namingMessage = (
  naming: Naming,
  gitPath: string,
  before: string | undefined,
  signatory: Signatory
): string => {
  const { cluster, refused, stateNamespace, takeover } = naming
  const where = gitPath === "" ? "this repository" : oneLine(gitPath, 200)
  if (takeover !== undefined) return takeoverMessage(naming, takeover, where, signatory)
  if (refused !== undefined) return refusalMessage(naming, refused, where, signatory)
  const subject = `Name cluster ${shortOf(cluster)} as the writer of ${where}`
  return [
    clipped(subject, longestSubject),
    "",
    `From now on only the cluster ${oneLine(cluster, 120)} (the UID of its namespace`,
    `kube-system) writes to ${where}. Its record is in the namespace`,
    `${oneLine(stateNamespace, 120)}.`,
    ...before === undefined ? [] : [`Until now it was the cluster ${oneLine(before, 120)}.`],
    "",
    trailers(signatory)
  ].join("\n")
}
