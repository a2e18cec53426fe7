/**
 * Asks the API server for its OpenAPI v3 documents: each when it is first needed, and again only when it is another one.
 * A server without OpenAPI v3 has no documents.
 */
import { Effect, Semaphore } from "effect"
import type { RequestFailure } from "../ApiError.ts"
import { ApiServer } from "../ApiServer.ts"
import { type DocumentId, type OpenApiIndex, openApiIndex } from "./OpenApiIndex.ts"
import { type OpenApiTypes, openApiTypes } from "./OpenApiTypes.ts"

export interface OpenApiClient {
  /** Asks which documents there are now; answers those that were asked for before and are others by now. */
  readonly look: Effect.Effect<ReadonlyArray<DocumentId>, RequestFailure>
  /** What a document says, as of the latest look; `undefined`: there is none. */
  readonly document: (id: DocumentId) => Effect.Effect<OpenApiTypes | undefined, RequestFailure>
}

const root = "/openapi/v3"
/** Documents are large, and an aggregated server is asked for its own. */
const patience = 60_000

/** With the hash of a document that is another one by now, the server would redirect. */
const withoutHash = (address: string) => address.replace(/\?.*$/, "")

interface Asked {
  /** With the hash that the index named. */
  readonly address: string | undefined
  readonly types: OpenApiTypes | undefined
}

export const makeOpenApiClient = Effect.gen(function*() {
  const api = yield* ApiServer
  const turn = yield* Semaphore.make(1)
  const asked = new Map<DocumentId, Asked>()
  let index: OpenApiIndex | undefined
  let isToldAbsent = false

  const get = (path: string) =>
    api.request({ method: "GET", path, subject: { verb: "get", resource: root }, gzip: true, patience })

  const absent = Effect.suspend(() => {
    index = new Map()
    if (isToldAbsent) return Effect.void
    isToldAbsent = true
    return Effect.logWarning(
      "The API server has no OpenAPI v3, so nothing is known of the fields of any kind: lists have one owner as a whole. " +
        "Kubernetes has it from 1.24 on."
    )
  })

  const readIndex = get(root).pipe(
    Effect.tap(({ body }) => Effect.sync(() => index = openApiIndex(body ?? null))),
    Effect.catchTag("KindNotServed", () => absent)
  )

  const look = Effect.suspend(() => asked.size === 0 ? Effect.sync(() => index = undefined) : readIndex).pipe(
    Effect.map(() => {
      const changed = [...asked].filter(([id, { address }]) => index?.get(id) !== address).map(([id]) => id)
      for (const id of changed) asked.delete(id)
      return changed
    })
  )

  const ask = Effect.fnUntraced(function*(id: DocumentId) {
    const known = asked.get(id)
    if (known !== undefined) return known.types
    if (index?.has(id) !== true) yield* readIndex
    const address = index?.get(id)
    const answer = address === undefined
      ? undefined
      : yield* get(withoutHash(address)).pipe(Effect.catchTag("KindNotServed", () => Effect.undefined))
    const types = answer?.body === undefined ? undefined : openApiTypes(answer.body)
    asked.set(id, { address, types })
    return types
  })

  return {
    look: turn.withPermit(look),
    document: (id) =>
      Effect.suspend(() => {
        const known = asked.get(id)
        return known === undefined ? turn.withPermit(ask(id)) : Effect.succeed(known.types)
      })
  } satisfies OpenApiClient
})
