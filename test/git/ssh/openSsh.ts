// Git over SSH on a real sshd: a repository, its server, and our transport to it, in surroundings that the test chooses.
import { ConfigProvider, Effect } from "effect"
import type { SshCredentials } from "../../../src/config/Config.ts"
import * as GitUrl from "../../../src/git/GitUrl.ts"
import { makeSshTransport } from "../../../src/git/ssh/SshTransport.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { type SshGitServer, type SshGitServerOptions, startSshGitServer } from "../../remote/SshGitServer.ts"
import { platform } from "../startGit.ts"

/** As in a pod: nothing of anybody's own is looked at. */
export const inPod = { KUBERNETES_SERVICE_HOST: "10.0.0.1" }

export const credentialsOf = ({ identityFile, knownHostsFile }: SshGitServer): SshCredentials => ({
  identity: identityFile,
  knownHosts: knownHostsFile
})

/** @param change to the address, where another than the server's is wanted */
export const openSsh = Effect.fnUntraced(function*(
  url: string,
  credentials: SshCredentials,
  env: Record<string, string> = inPod,
  change: Partial<GitUrl.SshUrl> = {}
) {
  const parsed = yield* Effect.orDie(Effect.fromResult(GitUrl.parse(url)))
  if (parsed.scheme !== "ssh") return yield* Effect.die(new Error(`${url} isn't reached by SSH`))
  return yield* makeSshTransport({ ...parsed, ...change }, credentials).pipe(
    Effect.provide(platform),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
  )
})

/** A repository with one file, behind an SSH server. */
export const serveSsh = Effect.fnUntraced(function*(options?: SshGitServerOptions) {
  const bare: BareRepository = yield* bareRepository({ files: { "a.yaml": "a: 1\n" } })
  const server = yield* startSshGitServer(bare, options)
  return { bare, server, open: openSsh(server.url, credentialsOf(server)) }
})

/** The message of a failure without what differs from run to run. */
export const told = (server: SshGitServer, message: string): string =>
  message.replaceAll(server.url, "URL")
    .replaceAll(`[127.0.0.1]:${server.port}`, "HOST")
    .replaceAll(String(server.port), "PORT")
    .replaceAll(server.knownHostsFile, "KNOWN_HOSTS")
    .replaceAll(server.identityFile, "IDENTITY")
    .replaceAll(server.home, "HOME")
