// A repository of many manifests behind HTTPS, packed as servers pack.
import { Effect } from "effect"
import { bareRepository } from "../remote/BareRepository.ts"
import { startHttpGitServer } from "../remote/HttpGitServer.ts"
import { filesOf, mixedManifests } from "./Manifests.ts"

/** Both end with the scope. */
export const largeRepository = Effect.fnUntraced(function*(size: number) {
  const repository = yield* bareRepository()
  yield* repository.commit(filesOf(mixedManifests("bench", size)))
  yield* repository.git("repack", "-a", "-d", "-q")
  return yield* startHttpGitServer(repository)
})
