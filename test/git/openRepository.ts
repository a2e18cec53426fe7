// The repository of the Git room on a real remote, without the actor around it.
import { Effect } from "effect"
import type { HttpsCredentials, SshCredentials } from "../../src/config/Config.ts"
import * as ObjectStore from "../../src/git/objects/ObjectStore.ts"
import { openTransport } from "../../src/git/openTransport.ts"
import { makeRemote } from "../../src/git/Remote.ts"
import { makeRepository, type Moved } from "../../src/git/Repository.ts"
import { platform } from "./startGit.ts"

export interface OpenOptions {
  readonly branch?: string
  readonly gitPath?: string
  readonly https?: HttpsCredentials
  readonly ssh?: SshCredentials
}

export const openRepository = Effect.fnUntraced(
  function*(url: string, { branch, gitPath = "", https, ssh }: OpenOptions = {}) {
    const transport = yield* Effect.provide(openTransport(url, https, ssh), platform)
    const remote = yield* makeRemote(transport)
    const repository = yield* makeRepository(remote, { branch, gitPath })
    /** The text of every changed file of a move, `undefined` where it is gone. */
    const texts = Effect.fnUntraced(function*(moved: Moved | undefined) {
      const source = yield* repository.objects
      const found: Record<string, string | undefined> = {}
      for (const { entry, path } of moved?.changes ?? [])
        found[path] = entry === undefined ? undefined : (yield* ObjectStore.read(source, entry.blob, "blob")).toString()
      return found
    })
    return { ...repository, remote, texts }
  }
)
