/** Which step a failure belongs to, where one call to a server takes several in one go: it connects, logs in, and is greeted. Pure. */
import type { GitFailure } from "../GitError.ts"

/** What can only come after the greeting is about what the server has, and so belongs to the last of them. */
export const failedStep: Readonly<Record<GitFailure["_tag"], "connect" | "authenticate" | "branch">> = {
  RemoteUnreachable: "connect",
  ProxyRefused: "connect",
  CertificateUntrusted: "connect",
  HostUnknown: "connect",
  HostKeyChanged: "connect",
  HostKeyRevoked: "connect",
  HostOnlyCertified: "connect",
  // Before anything of Git is understood, it is about the algorithms of SSH.
  ServerTooOld: "connect",
  CredentialUnreadable: "authenticate",
  AuthenticationFailed: "authenticate",
  SshKeyUnusable: "authenticate",
  SshAuthenticationFailed: "authenticate",
  RepositoryNotFound: "branch",
  NotAGitServer: "branch",
  RedirectRefused: "branch",
  RemoteError: "branch",
  RemoteStalled: "branch",
  ObjectFormatUnsupported: "branch",
  GitMissing: "branch",
  BranchNotFound: "branch",
  GitPathNotFound: "branch",
  PackCorrupt: "branch",
  TipIncomplete: "branch",
  RepositoryTooLarge: "branch",
  PushForbidden: "branch",
  ParserUnavailable: "branch",
  GitActorFailed: "branch"
}
