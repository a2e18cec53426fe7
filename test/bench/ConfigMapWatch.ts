// A watch of the benchmark's own: when which value of a ConfigMap could be seen, by a bystander's clock.
import { Deferred, Effect, Schema, type Scope } from "effect"
import { get, type RequestOptions } from "node:https"
import { createInterface } from "node:readline"
import { type BenchCluster, tlsOf } from "./BenchCluster.ts"
import { configMapsPath } from "./Manifests.ts"

export interface Sighting {
  readonly name: string
  /** What its key `value` held. */
  readonly value: string
  /** By `performance.now()`. */
  readonly at: number
}

export interface ConfigMapWatch {
  /** Waits for the first such sighting from now on; `within` is in milliseconds. */
  readonly next: (
    wanted: (sighting: Sighting) => boolean,
    within?: number
  ) => Effect.Effect<Effect.Effect<Sighting, NotSighted>>
}

export class NotSighted extends Schema.TaggedError<NotSighted>()("NotSighted", { reason: Schema.String }) {
  override get message(): string {
    return `the watch did not show what was waited for: ${this.reason}`
  }
}

interface WatchEvent {
  readonly type: string
  readonly object: {
    readonly metadata: { readonly name: string }
    readonly data?: { readonly value?: string }
  }
}

interface Waiting {
  readonly wanted: (sighting: Sighting) => boolean
  readonly seen: Deferred.Deferred<Sighting, NotSighted>
}

const latestVersion = (cluster: BenchCluster, namespace: string) =>
  cluster.request(`${configMapsPath(namespace)}?limit=1`).pipe(
    Effect.map(({ body }): string => JSON.parse(body).metadata.resourceVersion),
    Effect.mapError(({ message }) => new NotSighted({ reason: message }))
  )

/** Watches the ConfigMaps of a namespace from now on, until the scope closes. */
export const watchConfigMaps = (
  cluster: BenchCluster,
  namespace: string
): Effect.Effect<ConfigMapWatch, NotSighted, Scope.Scope> =>
  Effect.gen(function*() {
    const waiting = new Set<Waiting>()
    const take = (line: string) => {
      const at = performance.now()
      const { object }: WatchEvent = JSON.parse(line)
      const sighting = { name: object.metadata.name, value: object.data?.value ?? "", at }
      for (const each of waiting) {
        if (!each.wanted(sighting)) continue
        waiting.delete(each)
        Deferred.doneUnsafe(each.seen, Effect.succeed(sighting))
      }
    }
    const url = yield* Effect.map(latestVersion(cluster, namespace), (version) => {
      const query = `watch=true&timeoutSeconds=3600&resourceVersion=${version}`
      return new URL(`${configMapsPath(namespace)}?${query}`, cluster.server)
    })
    const options: RequestOptions = { ...tlsOf(cluster), agent: false }
    yield* Effect.acquireRelease(
      Effect.callback<ReturnType<typeof get>, NotSighted>((resume) => {
        const request = get(url, options, (answer) => {
          createInterface({ input: answer }).on("line", take).on("error", () => {})
          resume(Effect.succeed(request))
        })
        request.on("error", (cause) => resume(Effect.fail(new NotSighted({ reason: cause.message }))))
      }),
      (request) => Effect.sync(() => request.destroy())
    )
    return {
      next: (wanted, within = 60_000) =>
        Effect.sync(() => {
          const seen = Deferred.makeUnsafe<Sighting, NotSighted>()
          waiting.add({ wanted, seen })
          return Deferred.await(seen).pipe(
            Effect.timeoutOrElse({
              duration: within,
              orElse: () => Effect.fail(new NotSighted({ reason: `nothing within ${within} ms` }))
            })
          )
        })
    }
  })
