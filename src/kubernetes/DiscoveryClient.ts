/**
 * Asks the API server what it serves: two requests, or two 304s when nothing changed;
 * of a server older than aggregated discovery one request per group and version.
 */
import { Effect } from "effect"
import type { Json } from "../manifest/Manifest.ts"
import type { RequestFailure } from "./ApiError.ts"
import { ApiServer } from "./ApiServer.ts"
import {
  aggregatedGroups,
  type DiscoveredGroup,
  listedGroups,
  listedResources,
  nothingServed,
  type Served,
  served
} from "./Discovery.ts"

export interface DiscoveryClient {
  /** What is served now. The same value as before when nothing changed. */
  readonly look: Effect.Effect<Served, RequestFailure>
}

const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
  "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

const concurrency = 8

interface Root {
  readonly path: "/api" | "/apis"
  etag: string | undefined
  groups: ReadonlyArray<DiscoveredGroup>
}

/** Remembers what it saw; one fiber uses it at a time. */
export const makeDiscoveryClient = Effect.gen(function*() {
  const api = yield* ApiServer
  const roots: ReadonlyArray<Root> = [
    { path: "/api", etag: undefined, groups: [] },
    { path: "/apis", etag: undefined, groups: [] }
  ]
  let last = nothingServed

  const get = (path: string, etag?: string) =>
    api.request({
      method: "GET",
      path,
      subject: { verb: "get", resource: path },
      accept,
      gzip: true,
      ...(etag === undefined ? {} : { etag })
    })

  const askVersion = (group: string, version: string) =>
    get(group === "" ? `/api/${version}` : `/apis/${group}/${version}`).pipe(
      Effect.map(({ body }) => ({ version, resources: listedResources(body ?? null) })),
      Effect.option
    )

  const askEach = (document: Json) =>
    Effect.forEach(
      listedGroups(document),
      ({ group, versions }) =>
        Effect.forEach(versions, (version) => askVersion(group, version)).pipe(
          Effect.map((answers): DiscoveredGroup => ({
            group,
            versions: answers.flatMap((answer) => answer._tag === "Some" ? [answer.value] : []),
            incomplete: answers.some(({ _tag }) => _tag === "None")
          }))
        ),
      { concurrency }
    )

  const lookAt = Effect.fnUntraced(function*(root: Root) {
    const answer = yield* get(root.path, root.etag)
    if (answer.body === undefined) return root.groups
    const groups = aggregatedGroups(answer.body)
    root.groups = groups ?? (yield* askEach(answer.body))
    root.etag = groups === undefined ? undefined : answer.etag
    return root.groups
  })

  return {
    look: Effect.forEach(roots, lookAt, { concurrency: 2 }).pipe(
      Effect.map((groups) => last = served(last, groups.flat()))
    )
  } satisfies DiscoveryClient
})
