/** Everything that can go wrong between us and a repository: what, where, why and what to do. Nothing here ever holds a credential. */
import { Schema } from "effect"
import { ParserUnavailable } from "../manifest/ParserThread.ts"
import { HostKeyChanged } from "./errors/HostKeyChanged.ts"
import { HostKeyRevoked } from "./errors/HostKeyRevoked.ts"
import { HostOnlyCertified } from "./errors/HostOnlyCertified.ts"
import { HostUnknown } from "./errors/HostUnknown.ts"
import { ProxyRefused } from "./errors/ProxyRefused.ts"
import { PushForbidden } from "./errors/PushForbidden.ts"
import { SshAuthenticationFailed } from "./errors/SshAuthenticationFailed.ts"
import { SshKeyUnusable } from "./errors/SshKeyUnusable.ts"

/** No connection, or one that broke. */
export class RemoteUnreachable extends Schema.TaggedError<RemoteUnreachable>()("RemoteUnreachable", {
  url: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.url} can't be reached: ${this.reason}. Check gitUrl, and that this machine can reach the host; trying again`
  }
}

export class CertificateUntrusted extends Schema.TaggedError<CertificateUntrusted>()("CertificateUntrusted", {
  url: Schema.String,
  reason: Schema.String,
  /** The CA file in use, if any. */
  caFile: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const cure = this.caFile === undefined
      ? "put the certificate of its CA into a file and name it in credentials.https.caFile"
      : `put the certificate of its CA into ${this.caFile} (credentials.https.caFile)`
    return `${this.url}: the server's certificate isn't trusted (${this.reason}); ${cure}`
  }
}

export class AuthenticationFailed extends Schema.TaggedError<AuthenticationFailed>()("AuthenticationFailed", {
  url: Schema.String,
  status: Schema.Number,
  /** The file whose password was refused; absent when none was sent. */
  passwordFile: Schema.optionalKey(Schema.String),
  /** Git's own credential helper was asked: it had none, or what it had was refused. */
  helper: Schema.optionalKey(Schema.Literals(["empty", "used"]))
}) {
  override get message(): string {
    const { helper, status, url } = this
    if (helper !== undefined) {
      const what = helper === "empty"
        ? `${url} asks for credentials (${status}), and Git's credential helper on this machine has none for it`
        : status === 403
        ? `${url} refuses access (403) to the user that Git's credential helper on this machine names`
        : `${url} refuses the credentials (${status}) of Git's credential helper on this machine`
      return `${what}: sign in with "git ls-remote ${url}", or put a password or token into a file and name it in credentials.https.passwordFile`
    }
    if (this.passwordFile === undefined)
      return `${this.url} asks for credentials (${this.status}): put a password or token into a file and name it in credentials.https.passwordFile`
    return this.status === 403
      ? `${this.url} refuses access (403) to the user of ${this.passwordFile}: give that user the right to read the repository`
      : `${this.url} refuses the credentials (${this.status}): check credentials.https.username and the password or token in ${this.passwordFile}`
  }
}

export class RepositoryNotFound extends Schema.TaggedError<RepositoryNotFound>()("RepositoryNotFound", {
  url: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `There is no repository at ${this.url} (${this.reason}). Check gitUrl; many servers also say this when the credentials don't reach the repository`
  }
}

export class BranchNotFound extends Schema.TaggedError<BranchNotFound>()("BranchNotFound", {
  url: Schema.String,
  branch: Schema.String,
  /** The branches that are there, the most alike first; at most five. */
  near: Schema.Array(Schema.String)
}) {
  override get message(): string {
    const names = this.near.length === 0 ? "no branches" : this.near.join(", ")
    const there = `there ${this.near.length === 1 ? "is" : "are"} ${names}`
    return `${this.url} has no branch ${this.branch}: ${there}. Push the branch, or correct "branch" in the configuration`
  }
}

/** Something answers, but it isn't Git. */
export class NotAGitServer extends Schema.TaggedError<NotAGitServer>()("NotAGitServer", {
  url: Schema.String,
  contentType: Schema.String,
  beginning: Schema.String
}) {
  override get message(): string {
    const what = this.contentType === ""
      ? "something that isn't Git's protocol"
      : `${this.contentType} instead of Git's protocol`
    const start = this.beginning === "" ? "" : `, beginning "${this.beginning}"`
    return `${this.url} answers with ${what}${start}. Check that gitUrl is the URL for "git clone", and that no login page or proxy stands in between`
  }
}

export class RemoteStalled extends Schema.TaggedError<RemoteStalled>()("RemoteStalled", {
  url: Schema.String,
  seconds: Schema.Number,
  limit: Schema.Literals(["idle", "total"])
}) {
  override get message(): string {
    return this.limit === "idle"
      ? `${this.url} was silent for ${this.seconds} s: gave up waiting, and trying again`
      : `${this.url} took longer than ${this.seconds} s for one answer: gave up waiting, and trying again`
  }
}

/** The server said no, in its own words. */
export class RemoteError extends Schema.TaggedError<RemoteError>()("RemoteError", {
  url: Schema.String,
  words: Schema.String,
  status: Schema.optionalKey(Schema.Number),
  /** How long the server asks us to stay away, in milliseconds. */
  retryAfter: Schema.optionalKey(Schema.Number)
}) {
  override get message(): string {
    const status = this.status === undefined ? "" : ` (${this.status})`
    return `${this.url} refused${status}: ${this.words.replace(/\.$/, "")}. Trying again`
  }
}

export class RedirectRefused extends Schema.TaggedError<RedirectRefused>()("RedirectRefused", {
  url: Schema.String,
  location: Schema.String
}) {
  override get message(): string {
    return `${this.url} sends us on to ${this.location}, and credentials don't follow to another host. If that is the repository, make it the gitUrl`
  }
}

export class ObjectFormatUnsupported extends Schema.TaggedError<ObjectFormatUnsupported>()("ObjectFormatUnsupported", {
  url: Schema.String,
  format: Schema.String
}) {
  override get message(): string {
    return `${this.url} is a ${this.format.toUpperCase()} repository; only SHA-1 repositories can be read. Move it to one made by "git init --object-format=sha1"`
  }
}

export class ServerTooOld extends Schema.TaggedError<ServerTooOld>()("ServerTooOld", {
  url: Schema.String,
  lacks: Schema.String
}) {
  override get message(): string {
    return `${this.url} is served by a Git that lacks ${this.lacks}: update the server`
  }
}

/** What the server sent does not hold together. */
export class PackCorrupt extends Schema.TaggedError<PackCorrupt>()("PackCorrupt", {
  url: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `The objects that ${this.url} sent are damaged: ${this.reason}. Run "git fsck" on the server if this stays; trying again`
  }
}

/** The server sent less than the commit needs. */
export class TipIncomplete extends Schema.TaggedError<TipIncomplete>()("TipIncomplete", {
  url: Schema.String,
  commit: Schema.String,
  missing: Schema.String,
  path: Schema.String
}) {
  override get message(): string {
    const where = this.path === "" ? "" : ` (${this.path})`
    return `${this.url} left object ${this.missing}${where} of commit ${this.commit} out. Run "git fsck" on the server if this stays; trying again`
  }
}

export class RepositoryTooLarge extends Schema.TaggedError<RepositoryTooLarge>()("RepositoryTooLarge", {
  url: Schema.String,
  what: Schema.String
}) {
  override get message(): string {
    return `${this.url} is too large to be held in memory: ${this.what}. Keep the manifests in a repository of their own`
  }
}

export class GitPathNotFound extends Schema.TaggedError<GitPathNotFound>()("GitPathNotFound", {
  url: Schema.String,
  branch: Schema.String,
  commit: Schema.String,
  gitPath: Schema.String,
  /** What is there instead of a directory, if anything. */
  found: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const what = this.found === undefined ? "does not exist" : `is a ${this.found}, not a directory,`
    return `gitPath ${this.gitPath} ${what} in commit ${
      this.commit.slice(0, 12)
    } of branch ${this.branch} of ${this.url}. Commit it, or correct "gitPath" in the configuration`
  }
}

export class CredentialUnreadable extends Schema.TaggedError<CredentialUnreadable>()("CredentialUnreadable", {
  url: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `A file of the credentials for ${this.url} can't be used: ${this.reason}`
  }
}

export class GitMissing extends Schema.TaggedError<GitMissing>()("GitMissing", {
  url: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.url} is read with the git command, which can't be started (${this.reason}): install git, or use an https:// URL`
  }
}

/** A defect of this program, not of the repository. */
export class GitActorFailed extends Schema.TaggedError<GitActorFailed>()("GitActorFailed", {
  url: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `Reading ${this.url} failed by a mistake in this program (${this.reason}), and starts anew. Please report it with the log`
  }
}

export const GitFailure = Schema.Union([
  RemoteUnreachable,
  CertificateUntrusted,
  AuthenticationFailed,
  RepositoryNotFound,
  BranchNotFound,
  NotAGitServer,
  RemoteStalled,
  RemoteError,
  RedirectRefused,
  ObjectFormatUnsupported,
  ServerTooOld,
  PackCorrupt,
  TipIncomplete,
  RepositoryTooLarge,
  GitPathNotFound,
  CredentialUnreadable,
  GitMissing,
  ProxyRefused,
  PushForbidden,
  HostUnknown,
  HostKeyChanged,
  HostKeyRevoked,
  HostOnlyCertified,
  SshKeyUnusable,
  SshAuthenticationFailed,
  GitActorFailed,
  ParserUnavailable
])

/** Why the branch can't be read now. */
export type GitFailure = typeof GitFailure.Type
