// A program that serves a bare repository over HTTPS, and over SSH where that is wanted.
import { Effect } from "effect"
import { bareRepository } from "../remote/BareRepository.ts"
import type { HttpGitServer } from "../remote/HttpGitServer.ts"
import { startHttpGitServer } from "../remote/HttpGitServer.ts"
import { startSshGitServer } from "../remote/SshGitServer.ts"
import type { SshGitServer } from "../remote/SshGitServer.ts"
import { takeOrders } from "./takeOrders.ts"

export interface ServeOptions {
  /** The repository's folder. */
  readonly path: string
  readonly ssh: boolean
}

export type HttpsAddress = Pick<HttpGitServer, "credentials" | "gitArguments" | "url">
export type SshAddress = Pick<SshGitServer, "gitEnv" | "identityFile" | "knownHostsFile" | "url">

export interface Served {
  readonly https: HttpsAddress
  readonly ssh: SshAddress | undefined
}

const serve = Effect.fnUntraced(function*({ path, ssh }: ServeOptions) {
  // A server only wants to know where its repository is: this one is elsewhere.
  const repository = { ...yield* bareRepository(), path }
  const { credentials, gitArguments, url } = yield* startHttpGitServer(repository)
  const https: HttpsAddress = { credentials, gitArguments, url }
  if (!ssh) return { https, ssh: undefined }
  const { gitEnv, identityFile, knownHostsFile, url: sshUrl } = yield* startSshGitServer(repository)
  return { https, ssh: { gitEnv, identityFile, knownHostsFile, url: sshUrl } }
})

await takeOrders((options: ServeOptions) =>
  Effect.map(serve(options), (first): { readonly first: Served; readonly carryOut: () => Effect.Effect<void> } => ({
    first,
    carryOut: () => Effect.void
  }))
)
