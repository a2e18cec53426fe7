/** What the commit says that names the cluster which writes below gitPath. Pure. */
import type { Naming } from "../GitMessages.ts"
import { type Signatory, trailers } from "./CommitMessage.ts"
import { clipped, oneLine } from "./MessageText.ts"

const longestSubject = 71

/** @param gitPath `""` for the whole repository @param before the cluster that was named until now */
export const namingMessage = (
  { cluster, stateNamespace }: Naming,
  gitPath: string,
  before: string | undefined,
  signatory: Signatory
): string => {
  const where = gitPath === "" ? "this repository" : oneLine(gitPath, 200)
  const short = oneLine(cluster, 120).replace(/^(\w{8})-.*$/, "$1")
  const subject = `Name cluster ${short} as the writer of ${where}`
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
