// A writer for tests: commits and packs made by native Git, pushed by the Git room's remote.
import { ConfigProvider, Duration, Effect } from "effect"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { HttpsCredentials } from "../../src/config/Config.ts"
import { openTransport } from "../../src/git/openTransport.ts"
import { makeRemote } from "../../src/git/Remote.ts"
import { Limits, type Transport } from "../../src/git/Transport.ts"
import { type BareRepository, bareRepository } from "../remote/BareRepository.ts"
import type { Changes } from "../remote/Changes.ts"
import { gitBytes } from "../remote/NativeGit.ts"
import { platform } from "./startGit.ts"

export interface OpenOptions {
  readonly https?: HttpsCredentials
  /** Of this process, as the transport sees it. Default: in a pod, so that no Git of this machine's user is asked. */
  readonly env?: Readonly<Record<string, string>>
  readonly idleMillis?: number
  readonly totalMillis?: number
  /** Around the real one. */
  readonly wrap?: (transport: Transport) => Transport
}

export const inPod = { KUBERNETES_SERVICE_HOST: "10.0.0.1", PATH: process.env["PATH"] ?? "" }

export const openTransportTo = Effect.fnUntraced(
  function*(url: string, { env = inPod, https, wrap = (it) => it }: OpenOptions = {}) {
    const transport = yield* openTransport(url, https).pipe(
      Effect.provide(platform),
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
    )
    return wrap(transport)
  }
)

const limited =
  ({ idleMillis = 30_000, totalMillis = 60_000 }: OpenOptions) => <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.provideService(effect, Limits, {
      idle: Duration.millis(idleMillis),
      total: Duration.millis(totalMillis),
      bytes: 100 * 1024 * 1024
    })

export const openRemote = Effect.fnUntraced(function*(url: string, options: OpenOptions = {}) {
  const remote = yield* makeRemote(yield* openTransportTo(url, options))
  const within = limited(options)
  return {
    look: within(remote.look(undefined)),
    push: (update: Parameters<typeof remote.push>[0]) => within(remote.push(update)),
    mayPush: within(remote.mayPush)
  }
})

export interface UpdateOptions {
  /** Default: main. */
  readonly branch?: string
  /** Built on this commit instead of the branch's. */
  readonly parent?: string
}

/** Makes updates of a repository, in one of its own. */
export const makeAuthor = Effect.fnUntraced(function*(bare: BareRepository) {
  const own = yield* bareRepository()
  return Effect.fnUntraced(function*(changes: Changes, { branch = "main", parent }: UpdateOptions = {}) {
    const before = yield* bare.tip(branch)
    if (before !== undefined)
      yield* own.git("fetch", "--quiet", bare.path, `+refs/heads/${branch}:refs/heads/${branch}`)
    const base = parent ?? before
    const after = yield* own.commit(changes, {
      branch,
      message: "pushed",
      ...base === undefined ? {} : { parent: base }
    })
    const revisions = [after, ...base === undefined ? [] : [`^${base}`], ""].join("\n")
    const pack = yield* Effect.orDie(
      gitBytes(["pack-objects", "--quiet", "--revs", "--thin", "--stdout"], { cwd: own.path, stdin: revisions })
    )
    return { ref: `refs/heads/${branch}`, before, after, pack }
  })
})

/** Puts a hook into the repository; the script runs in `sh`. */
export const putHook = (
  bare: BareRepository,
  name: "pre-receive" | "update" | "post-receive",
  script: string
): void => {
  const folder = join(bare.path, "hooks")
  mkdirSync(folder, { recursive: true })
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
}
