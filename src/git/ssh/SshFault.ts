/** From what SSH and the command on the server say to what it means for a repository. Pure. */
import { brokenConnections } from "../brokenConnections.ts"
import { SshAuthenticationFailed } from "../errors/SshAuthenticationFailed.ts"
import {
  type GitFailure,
  NotAGitServer,
  RemoteError,
  RemoteUnreachable,
  RepositoryNotFound,
  ServerTooOld
} from "../GitError.ts"
import { redact } from "../GitUrl.ts"
import { sentences, words } from "../wire/WireFault.ts"
import type { Login } from "./Login.ts"
import { shown } from "./Offer.ts"
import type { Ended, SshBroken } from "./SshConnection.ts"

const said: ReadonlyArray<readonly [RegExp, string]> = [
  [/^Timed out while waiting for handshake/, "no SSH connection within 20 s"],
  [/^Keepalive timeout/, "it doesn't answer any more"],
  [/^Connection lost before handshake/, "the connection was closed before SSH began"],
  [/^(No response from server|Not connected|the connection was closed)/, "the connection was cut"]
]

/** No connection, or none any more. */
export const fromBroken = (url: string, user: string, login: Login, broken: SshBroken): GitFailure => {
  const { agent, code, phase, reason } = broken
  const known = brokenConnections[code] ?? said.find(([pattern]) => pattern.test(reason))?.[1]
  const lacks = /^Handshake failed: (no matching .*)$/.exec(reason)?.[1]
  if (lacks !== undefined) return new ServerTooOld({ url, lacks: `SSH algorithms that are safe (${words(lacks)})` })
  if (phase === "login" && code === "" && known === undefined) {
    return new SshAuthenticationFailed({
      url,
      user,
      offered: login.offers.map(shown),
      passedOver: [...login.passedOver],
      reason: words(reason.startsWith("All configured authentication methods failed") ? agent : reason)
    })
  }
  return new RemoteUnreachable({ url, reason: known ?? words(redact(reason)) })
}

const missing = new RegExp(
  [
    "does not appear to be a git repository",
    "is not authorized to read",
    "not a git repository",
    "repository not found",
    "cannot find repository",
    "repository does not exist",
    "repository .*does(n't| not) exist",
    "project you were looking for could not be found",
    "access denied or repository not exported",
    "repository access denied"
  ].join("|"),
  "i"
)

/** The command refused to do what it was asked. @param line what it said by Git's own protocol, if anything */
export const refusal = (url: string, { code, said }: Ended, line: string | undefined): GitFailure => {
  const all = words(redact(sentences(line ?? said)))
  if (missing.test(all)) return new RepositoryNotFound({ url, reason: `the server says "${all}"` })
  if (all !== "") return new RemoteError({ url, words: all })
  return code === undefined || code === 0
    ? new RemoteUnreachable({ url, reason: "it hung up without a word" })
    : new RemoteError({ url, words: `the command on the server ended with ${code} and without a word` })
}

/** What came isn't Git's protocol: a greeting of the server's shell, say. */
export const notGit = (url: string, bytes: Buffer): GitFailure =>
  new NotAGitServer({ url, contentType: "", beginning: redact(words(bytes.toString("utf8", 0, 200))).slice(0, 80) })
