// A repository of many manifests behind HTTPS, packed as servers pack.
import { Effect } from "effect"
import { type BareRepository, bareRepository } from "../remote/BareRepository.ts"
import { filesOf, mixedManifests } from "./Manifests.ts"
import { startOrdered } from "./OrderedProcess.ts"
import type { HttpsAddress, Served } from "./ServeGit.ts"

export interface LargeRepository {
  readonly remote: BareRepository
  readonly server: HttpsAddress
}

/** Both end with the scope. */
export const largeRepository = Effect.fnUntraced(function*(size: number) {
  const remote = yield* bareRepository()
  yield* remote.commit(filesOf(mixedManifests("bench", size)))
  yield* remote.git("repack", "-a", "-d", "-q")
  const serving = yield* startOrdered<Served, never, never>("ServeGit.ts", { path: remote.path, ssh: false })
  return { remote, server: serving.first.https } satisfies LargeRepository
})
