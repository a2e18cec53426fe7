// Edits as kubectl makes them, on kept connections: what is timed is not how long a client takes to start.
import { Effect } from "effect"
import { Pool } from "undici"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import { type BenchCluster, tlsOf } from "./BenchCluster.ts"

export interface Editor {
  /** A merge patch; `path` from the root of the API. */
  readonly patch: (path: string, body: unknown) => Effect.Effect<void, MeasuredSomethingElse>
}

const connections = 8

/** Ends with the scope. @param fieldManager as the API server shall know who edits */
export const openEditor = (cluster: BenchCluster, fieldManager: string) =>
  Effect.gen(function*() {
    const pool = yield* Effect.acquireRelease(
      Effect.sync(() => new Pool(cluster.server, { connections, pipelining: 1, connect: tlsOf(cluster) })),
      (pool) => Effect.promise(() => pool.destroy())
    )
    const patch: Editor["patch"] = (path, body) =>
      Effect.tryPromise({
        try: async () => {
          const answer = await pool.request({
            method: "PATCH",
            path: `${path}?fieldManager=${fieldManager}`,
            headers: { "content-type": "application/merge-patch+json" },
            body: JSON.stringify(body)
          })
          const text = await answer.body.text()
          if (answer.statusCode >= 300) throw new Error(`${answer.statusCode}: ${text}`)
        },
        catch: (cause) => new MeasuredSomethingElse({ message: `${path}: ${String(cause)}` })
      })
    return { patch } satisfies Editor
  })
