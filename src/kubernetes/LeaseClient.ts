/** Reads and writes our one Lease, by compare-and-swap on its version. Makes its namespace when that is missing. */
import { Effect } from "effect"
import type { RequestFailure } from "./ApiError.ts"
import { apiPath, withQuery } from "./ApiPath.ts"
import { ApiServer } from "./ApiServer.ts"
import { KubernetesOptions } from "./KubernetesOptions.ts"
import { leaseBody, type LeaseRecord, type LeaseWrite, readLease } from "./LeaseRecord.ts"

export interface LeaseClient {
  /** `undefined`: there is none. */
  readonly get: Effect.Effect<LeaseRecord | undefined, RequestFailure>
  /** Fails with VersionConflict when somebody else wrote it in between. */
  readonly write: (write: Omit<LeaseWrite, "name" | "namespace">) => Effect.Effect<LeaseRecord, RequestFailure>
  /** Deletes it, if it is in this version still; else fails with VersionConflict. */
  readonly remove: (resourceVersion: string) => Effect.Effect<void, RequestFailure>
}

const group = "coordination.k8s.io"
const version = "v1"

/** `patience`: how long the server may stay silent, in milliseconds. */
export const makeLeaseClient = Effect.fnUntraced(function*(patience: number) {
  const api = yield* ApiServer
  const { fieldManager, leaseName: name, stateNamespace: namespace } = yield* KubernetesOptions
  const subject = { resource: `leases.${group}`, version, namespace, name }
  const collection = { group, version, plural: "leases", namespace }
  const manager = { fieldManager }

  const makeNamespace = api.request({
    method: "POST",
    path: withQuery("/api/v1/namespaces", manager),
    subject: { verb: "create", resource: "namespaces", version: "v1", name: namespace },
    contentType: "application/json",
    body: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }),
    patience
  }).pipe(
    Effect.asVoid,
    Effect.catchIf((error) => error._tag === "VersionConflict" && error.reason === "exists", () => Effect.void)
  )

  const create = (body: string) =>
    api.request({
      method: "POST",
      path: withQuery(apiPath(collection), manager),
      subject: { ...subject, verb: "create" },
      contentType: "application/json",
      body,
      patience
    })

  const replace = (body: string) =>
    api.request({
      method: "PUT",
      path: withQuery(apiPath({ ...collection, name }), manager),
      subject: { ...subject, verb: "update" },
      contentType: "application/json",
      body,
      patience
    })

  return {
    get: api.request({
      method: "GET",
      path: apiPath({ ...collection, name }),
      subject: { ...subject, verb: "get" },
      patience
    }).pipe(
      Effect.map(({ body }) => readLease(body ?? null)),
      Effect.catchTag("ObjectNotFound", () => Effect.succeed(undefined))
    ),
    write: (write) => {
      const body = leaseBody({ ...write, name, namespace })
      const written = write.resourceVersion === undefined
        ? create(body).pipe(Effect.catchTag("NamespaceNotFound", () => Effect.andThen(makeNamespace, create(body))))
        : replace(body)
      return Effect.map(written, ({ body }) => readLease(body ?? null))
    },
    remove: (resourceVersion) =>
      api.request({
        method: "DELETE",
        path: apiPath({ ...collection, name }),
        subject: { ...subject, verb: "delete" },
        contentType: "application/json",
        body: JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions", preconditions: { resourceVersion } }),
        patience
      }).pipe(Effect.asVoid, Effect.catchTag("ObjectNotFound", () => Effect.void))
  } satisfies LeaseClient
})
