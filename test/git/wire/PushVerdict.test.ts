import { assert, describe, it } from "@effect/vitest"
import { isForbidden, isOfCommit, type Verdict, verdict } from "../../../src/git/wire/PushVerdict.ts"

/** What servers are known to say: reason, what they say beside it, what it means. */
const known: ReadonlyArray<readonly [reason: string, said: string, means: Verdict]> = [
  ["failed to update ref", "error: cannot lock ref 'refs/heads/main': is at 1 but expected 2", "Moved"],
  ["failed to update ref", "error: Unable to create '/srv/x.git/refs/heads/main.lock': File exists.", "Moved"],
  ["cannot lock ref", "", "Moved"],
  ["fetch first", "", "Moved"],
  ["non-fast-forward", "", "Moved"],
  ["non-fast forward", "", "Moved"],
  ["incorrect old value provided", "", "Moved"],
  ["stale info", "", "Moved"],
  ["reference already exists", "", "Moved"],
  ["reference does not exist", "", "Moved"],
  ["remote ref does not exist", "", "Moved"],
  ["failed to lock", "", "Moved"],
  ["failed to update ref", "error: Unable to create '/srv/x.git/refs/heads/main.lock': Permission denied", "Refused"],
  [
    "failed to update ref",
    "cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b'",
    "Refused"
  ],
  ["failed to update ref", "Unable to create '/x/main.lock': No space left on device", "Later"],
  ["hook declined", "", "Refused"],
  [
    "pre-receive hook declined",
    "GitLab: You are not allowed to push code to protected branches on this project.",
    "Refused"
  ],
  ["pre-receive hook declined", "our hook: cannot lock ref, failed to update ref, fetch first", "Refused"],
  ["pre-receive hook declined", "GitLab: Internal API unreachable", "Later"],
  ["pre-receive hook declined", "Gitea: Internal Server Error", "Later"],
  ["pre-receive hook declined", "Gitea: User permission denied for writing.", "Refused"],
  ["protected branch hook declined", "error: GH006: Protected branch update failed for refs/heads/main.", "Refused"],
  ["push declined due to repository rule violations", "", "Refused"],
  ["shallow update not allowed", "", "Refused"],
  ["deny updating a hidden ref", "", "Refused"],
  ["branch is currently checked out", "", "Refused"],
  ["prohibited by Gerrit: not permitted: update", "", "Refused"],
  [
    "TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.",
    "",
    "Refused"
  ],
  ["Internal Server Error", "", "Later"],
  ["index-pack abnormal exit", "fatal: pack exceeds maximum allowed size", "Refused"],
  ["index-pack abnormal exit", "fatal: write error: No space left on device", "Later"],
  ["missing necessary objects", "", "Refused"],
  ["words that nobody has ever heard", "", "Refused"]
]

describe("the remote's words about a push", () => {
  it.each(known)("%s (%s) means %s", (reason, said, means) => {
    assert.strictEqual(verdict(reason, said), means)
  })

  it.each([
    "ERROR: The key you are authenticating with has been marked as read only.",
    "ERROR: Permission to ada/cluster.git denied to deploy key",
    "remote: Write access to repository not granted.",
    "GitLab: You are not allowed to push code to this project.",
    "GitLab: This deploy key does not have write access to this project.",
    "Gitea: User permission denied for writing.",
    "repository access denied. access via a deployment key is read-only.",
    "Your credentials lack one or more required privilege scopes.",
    "TF401027: You need the Git 'GenericContribute' permission to perform this action.",
    "ERROR: This repository was archived so it is read-only.",
    "FATAL: W any cluster ada DENIED by fallthru",
    "fatal: remote error: service not enabled: /srv/cluster.git"
  ])("%s: we may not push at all", (words) => assert.isTrue(isForbidden(words)))

  it.each([
    "Connection reset by peer",
    "Host key verification failed.",
    "Permission denied (publickey).",
    "ssh: connect to host example.com port 22: Connection refused",
    "fatal: unable to write new index file"
  ])("%s: nothing that says we may not push", (words) => assert.isFalse(isForbidden(words)))

  it.each([
    "pre-receive hook declined: POLICY: no changes on Fridays",
    "push declined due to repository rule violations: GH013: Push cannot contain secrets"
  ])("%s: another commit may be taken", (words) => assert.isTrue(isOfCommit(words)))

  it.each([
    "protected branch hook declined: GH006: Protected branch update failed for refs/heads/main",
    "pre-receive hook declined: GitLab: You are not allowed to push code to protected branches on this project.",
    "pre-receive hook declined: Gitea: Not allowed to push to protected branch main",
    "branch is currently checked out"
  ])("%s: no other commit would be taken", (words) => assert.isFalse(isOfCommit(words)))
})
