// A cluster of yesterday: what its etcd and its storage had when it ended. Made once; each copy goes on from there in seconds.
import { Effect, type Scope } from "effect"
import { cpSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { type CsiCluster, type CsiFailure, type CsiOptions, startCsiCluster } from "./CsiCluster.ts"

export interface SavedCluster<A> {
  readonly data: string
  readonly cloud: string
  /** What its maker told of it. */
  readonly told: A
}

/** Runs a cluster until `live` is done, and keeps what is left of it. */
export const saveCluster = <A, E, R>(
  options: Omit<CsiOptions, "data" | "cloud">,
  live: (cluster: CsiCluster) => Effect.Effect<A, E, R>
): Effect.Effect<SavedCluster<A>, E | CsiFailure, R | Scope.Scope> =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-saved-")
    const places = { data: join(folder, "data"), cloud: join(folder, "cloud") }
    const told = yield* Effect.scoped(Effect.flatMap(startCsiCluster({ ...options, ...places }), live))
    return { ...places, told }
  })

/** Goes with the scope; the cluster itself is started with it: `startCsiCluster({ ...copy })`. */
export const copyOf = <A>(saved: SavedCluster<A>): Effect.Effect<SavedCluster<A>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-copied-")
    const places = { data: join(folder, "data"), cloud: join(folder, "cloud") }
    yield* Effect.sync(() => {
      for (const place of ["data", "cloud"] as const) cpSync(saved[place], places[place], { recursive: true })
    })
    return { ...saved, ...places }
  })
