// The Git room on a real forge: one Gitea for a test file, a repository for each test, and the two ways to it.
import { ConfigProvider, Context, Effect, Layer } from "effect"
import type { HttpsCredentials, SshCredentials } from "../../src/config/Config.ts"
import { openTransport } from "../../src/git/openTransport.ts"
import { makeRemote } from "../../src/git/Remote.ts"
import type { Transport } from "../../src/git/Transport.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import type { GiteaRefused } from "../remote/GiteaApi.ts"
import {
  type GiteaChanges,
  type GiteaRepository,
  giteaRepository,
  type GiteaRepositoryOptions,
  type GiteaUser,
  giteaUser
} from "../remote/GiteaRepository.ts"
import { type GiteaServer, startGitea } from "../remote/GiteaServer.ts"
import { gitBytes } from "../remote/NativeGit.ts"
import { inPod } from "./pushing.ts"
import { platform } from "./startGit.ts"

export class Forge extends Context.Service<Forge, {
  readonly server: GiteaServer
  /** Owns the repositories. */
  readonly owner: GiteaUser
  readonly repository: (options?: GiteaRepositoryOptions) => Effect.Effect<GiteaRepository, GiteaRefused>
}>()("test/Forge") {
  static readonly layer = Layer.effect(
    Forge,
    Effect.gen(function*() {
      const server = yield* startGitea
      const owner = yield* giteaUser(server)
      return { server, owner, repository: (options) => giteaRepository(server, owner, options) }
    })
  )
}

/** A way to a repository, as a configuration file describes it. */
export interface Way {
  readonly url: string
  readonly https?: HttpsCredentials
  readonly ssh?: SshCredentials
}

export const ways = ["HTTPS", "SSH"] as const

/** With a token that may do this, or a deploy key. */
export const wayTo = Effect.fnUntraced(
  function*({ deployKey, sshUrl, url }: GiteaRepository, way: (typeof ways)[number], rights: "read" | "write") {
    const { owner } = yield* Forge
    const made: Way = way === "SSH"
      ? { url: sshUrl, ssh: yield* deployKey(rights) }
      : { url, https: yield* owner.token(`${rights}:repository`) }
    return made
  }
)

/** As it is opened in a pod, where no Git of this machine's user is asked. */
export const openRemote = Effect.fnUntraced(
  function*({ https, ssh, url }: Way, wrap: (transport: Transport) => Transport = (it) => it) {
    const transport = yield* openTransport(url, https, ssh).pipe(
      Effect.provide(platform),
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: inPod }))
    )
    return yield* makeRemote(wrap(transport))
  }
)

/** An update of a branch, made by native Git in a repository of its own. */
export const makeUpdate = Effect.fnUntraced(
  function*({ path, tip }: GiteaRepository, changes: GiteaChanges, branch = "main", from = branch) {
    const own = yield* bareRepository()
    const [base, before] = [yield* tip(from), yield* tip(branch)]
    if (base !== undefined) yield* own.git("fetch", "--quiet", path, base)
    const after = yield* own.commit(changes, { message: "pushed", ...base === undefined ? {} : { parent: base } })
    const revisions = [after, ...base === undefined ? [] : [`^${base}`], ""].join("\n")
    const args = ["pack-objects", "--quiet", "--revs", "--thin", "--stdout"]
    const pack = yield* Effect.orDie(gitBytes(args, { cwd: own.path, stdin: revisions }))
    return { ref: `refs/heads/${branch}`, before, after, pack }
  }
)

/** Subjects from the newest to the oldest; everything in the forge's own folder must be sound. */
export const historyOf = Effect.fnUntraced(function*({ git }: GiteaRepository, branch = "main") {
  const unsound = yield* git("fsck", "--strict", "--no-dangling")
  if (unsound !== "") return yield* Effect.die(new Error(unsound))
  return (yield* git("log", "--format=%s", branch)).split("\n")
})

/** A message of the forge or about it, without what differs from run to run. */
export const told = ({ fullName, sshUrl, url }: GiteaRepository, message: string): string =>
  message.replaceAll(url, "URL").replaceAll(sshUrl, "URL").replaceAll(fullName, "REPOSITORY")
    .replaceAll(/\b\d+:(read|write)-[0-9a-f]{8}/g, "ID:$1").replaceAll(/\/\S+\/secret-[0-9a-f]{8}/g, "FILE")
