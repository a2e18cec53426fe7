// What is left of the cluster that the stories with real volumes begin with: its etcd, its storage, its repository. It lives once for the
// whole test run; each story has a copy.
import { Effect, type Scope } from "effect"
import { inject } from "vitest"
import { copyOf, type SavedCluster } from "../../csi/SavedCluster.ts"
import { madeOnce } from "../../process/OnceARun.ts"
import { type BareRepository, copiedRepository } from "../../remote/BareRepository.ts"
import type { Told } from "./lifeOfLostCluster.ts"

export interface Lost extends SavedCluster<Told> {
  readonly repository: BareRepository
  /** The commit that it left. */
  readonly last: string
}

/** Gone with the scope. */
export const lostCluster: Effect.Effect<Lost, never, Scope.Scope> = Effect.gen(function*() {
  const saved = yield* copyOf(yield* madeOnce<SavedCluster<Told>>(inject("lostClusterSocket")))
  const repository = yield* copiedRepository(saved.told.repository)
  return { ...saved, repository, last: (yield* repository.tip()) ?? "" }
})
