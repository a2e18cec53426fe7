// A repository of many manifests behind HTTPS, packed as servers pack.
import { Effect } from "effect"
import { encode, pathOf } from "../../src/git/ClusterNameFile.ts"
import { type BareRepository, bareRepository } from "../remote/BareRepository.ts"
import { filesOf, mixedManifests } from "./Manifests.ts"
import { startOrdered } from "./OrderedProcess.ts"
import type { HttpsAddress, Served } from "./ServeGit.ts"

export interface LargeRepository {
  readonly remote: BareRepository
  readonly server: HttpsAddress
}

/** The cluster and the controller of `BenchGit`. */
const name = encode({ cluster: "unnamed", stateNamespace: "bench" }, { branch: "main", gitPath: "", name: "bench" })

/** Both end with the scope. */
export const largeRepository = Effect.fnUntraced(function*(size: number) {
  const remote = yield* bareRepository()
  yield* remote.commit({ ...filesOf(mixedManifests("bench", size)), [pathOf("")]: name })
  yield* remote.git("repack", "-a", "-d", "-q")
  const serving = yield* startOrdered<Served, never, never>("ServeGit.ts", { path: remote.path, ssh: false })
  return { remote, server: serving.first.https } satisfies LargeRepository
})
