/**
 * What the remote's words about a push mean: a table of what servers say. Pure.
 * Words nobody knows are a refusal: they are shown, the edits are kept, and nothing is pushed again until something changes. The other two
 * readings would repeat for ever what a server that we don't understand has said no to.
 */

/**
 * `Moved`: the branch isn't where we saw it, or is being written; look again. `Refused`: the same push will never do. `Later`: it may do
 * after a while, without anybody's help.
 */
export type Verdict = "Moved" | "Refused" | "Later"

/** By the reason the server gives for one ref. The first that fits counts. */
const reasons: ReadonlyArray<readonly [says: RegExp, means: Verdict]> = [
  // git: builtin/receive-pack, refs
  [/hook declined|shallow update not allowed|deny updating a hidden ref|branch is currently checked out/i, "Refused"],
  [/failed to update ref|incorrect old value provided|reference (already exists|does not exist)/i, "Moved"],
  [/remote ref does not exist|stale info|fetch first|non-?fast[- ]forward/i, "Moved"],
  [/cannot lock ref|failed to (lock|write)|lock file exists|\.lock['"]?: File exists/i, "Moved"],
  [/transaction failed to start|no space left on device|disk quota exceeded|out of memory/i, "Later"],
  // hosters
  [/protected branch|push declined|rule violations|prohibited/i, "Refused"],
  [/internal (server )?error|temporarily|timed? ?out|try again|unavailable/i, "Later"]
]

/** What the server says beside its reason, where that changes the meaning. */
const details: ReadonlyArray<readonly [of: Verdict, says: RegExp, means: Verdict]> = [
  ["Moved", /\.lock['"]?: Permission denied|Read-only file system/i, "Refused"],
  ["Moved", /exists; cannot create/i, "Refused"], // a branch "a" stands in the way of "a/b"
  ["Moved", /no space left on device|disk quota exceeded/i, "Later"],
  ["Refused", /internal API (unreachable|error)|internal server (error|connection|response)/i, "Later"], // GitLab's and Gitea's own hooks
  ["Refused", /no space left on device|disk quota exceeded/i, "Later"]
]

/** @param said what the remote said while it worked: hooks, and Git's own complaints */
export const verdict = (reason: string, said: string): Verdict => {
  const first = reasons.find(([says]) => says.test(reason))?.[1] ?? "Refused"
  return details.find(([of, says]) => of === first && says.test(said))?.[2] ?? first
}

/** What servers say instead of an advertisement, or of any answer, to someone who may read and not write. */
const forbidden: ReadonlyArray<RegExp> = [
  /marked as read only/i, // GitHub, a deploy key
  /permission to \S+ denied to|write access to repository not granted/i, // GitHub
  /not allowed to push|does not have write access/i, // GitLab
  /permission denied for writing|not authorized to write/i, // Gitea, Forgejo
  /^mirror repository \S+ is read-only/i, // Gitea
  /(key|repository) is (in )?read-?only|lack one or more required privilege scopes/i, // Bitbucket
  /TF401027|TF402455/, // Azure DevOps: no right to contribute; pushes not permitted
  /archived/i, // GitHub, GitLab, Gitea
  /\bW \S+ .* DENIED\b/, // Gitolite
  /service not enabled/i // git daemon
]

/** Whether these words say that we may not push, whatever we would push. */
export const isForbidden = (words: string): boolean => forbidden.some((says) => says.test(words))

/** Whether it was this very commit that was declined, so that another may be taken: a hook looked at it. */
export const isOfCommit = (words: string): boolean =>
  /hook declined|push declined|rule violations/i.test(words) && !/protected branch/i.test(words) && !isForbidden(words)
