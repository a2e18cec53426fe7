/** Picks the way to a repository by its URL. */
import { Effect, Schema } from "effect"
import type { HttpsCredentials, SshCredentials } from "../config/Config.ts"
import { makeFileTransport } from "./FileTransport.ts"
import * as GitUrl from "./GitUrl.ts"
import { makeHttpTransport } from "./https/HttpTransport.ts"
import { makeSshTransport } from "./ssh/SshTransport.ts"

/** The configuration names no repository that can be read. */
export class GitUrlInvalid extends Schema.TaggedError<GitUrlInvalid>()("GitUrlInvalid", {
  url: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `gitUrl ${this.url}: ${this.reason}`
  }
}

/** Opens no connection yet. What it opens later is closed with the scope. */
export const openTransport = Effect.fnUntraced(function*(
  gitUrl: string,
  https: HttpsCredentials | undefined,
  ssh?: SshCredentials
) {
  const url = yield* Effect.fromResult(GitUrl.parse(gitUrl)).pipe(
    Effect.mapError((reason) => new GitUrlInvalid({ url: GitUrl.redact(gitUrl), reason }))
  )
  switch (url.scheme) {
    case "file":
      return yield* makeFileTransport(url)
    case "ssh":
      return yield* makeSshTransport(url, ssh)
    default:
      return yield* makeHttpTransport(url, https)
  }
})
