/**
 * Everything that is written to the cluster goes through here: only while we lead, and no more at once than does the server good.
 * Bodies are encoded JSON; the answer is the object as it is now.
 */
import { Context, Effect, Layer } from "effect"
import { decodeObject, encodeJson } from "../manifest/JsonText.ts"
import type { Json, JsonObject } from "../manifest/Manifest.ts"
import { type ApiFailure, ApiUnavailable, type RequestFailure, type RequestSubject } from "./ApiError.ts"
import { apiPath, type Query, resourceName, withQuery } from "./ApiPath.ts"
import { type ApiAnswer, type ApiRequest, ApiServer } from "./ApiServer.ts"
import { BeforeSending } from "./BeforeSending.ts"
import type { ServedKind } from "./Discovery.ts"
import { isKubernetesObject, type KubernetesObject } from "./KubernetesObject.ts"
import { KubernetesOptions } from "./KubernetesOptions.ts"
import { Leadership } from "./Leadership.ts"
import { makeLimiter } from "./Limiter.ts"

export interface WriteTarget {
  readonly kind: Pick<ServedKind, "group" | "plural">
  readonly version: string
  /** `""` when cluster-scoped. */
  readonly namespace: string
  readonly name: string
}

export interface WriteOptions {
  /** Nothing is stored; the answer is what would be. */
  readonly dryRun?: boolean
  /** Only the metadata is answered, as kind PartialObjectMetadata. */
  readonly metadataOnly?: boolean
  /** Instead of ours. */
  readonly fieldManager?: string
}

export interface ApplyOptions extends WriteOptions {
  /** The object must be this one: fails with VersionConflict when it is gone or made anew, instead of making a stub. */
  readonly uid?: string
  /** The object must be in this version. */
  readonly resourceVersion?: string
  /** Takes fields from other field managers. True by default; otherwise fails with FieldConflict. */
  readonly force?: boolean
}

export interface DeleteOptions {
  /** Deletes only this object, not one made anew under its name. */
  readonly uid: string
  readonly resourceVersion?: string
  readonly dryRun?: boolean
}

type Write = Effect.Effect<KubernetesObject, ApiFailure>

export class Writer extends Context.Service<Writer, {
  /** Under which everything is written. */
  readonly fieldManager: string
  readonly get: (target: WriteTarget) => Effect.Effect<KubernetesObject, RequestFailure>
  /** Server-side apply by our field manager. */
  readonly apply: (target: WriteTarget, body: string, options?: ApplyOptions) => Write
  /** Fails with VersionConflict when there is one. */
  readonly create: (target: WriteTarget, body: string, options?: WriteOptions) => Write
  /** Replaces the whole object; the body's resourceVersion is the lock. */
  readonly replace: (target: WriteTarget, body: string, options?: WriteOptions) => Write
  /** Fails with ObjectNotFound when there is none. */
  readonly mergePatch: (target: WriteTarget, body: string, options?: WriteOptions) => Write
  readonly jsonPatch: (target: WriteTarget, body: string, options?: WriteOptions) => Write
  /** In the background: dependents follow. Finalizers may hold the object for as long as they like. */
  readonly delete: (target: WriteTarget, options: DeleteOptions) => Effect.Effect<void, ApiFailure>
}>()("gitops/Writer") {
  static readonly layer = Layer.effect(Writer, Effect.suspend(() => make))
}

const json = "application/json"
const applyPatch = "application/apply-patch+yaml"
const metadataAccept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"

/** Longest silence of the server, in milliseconds; a webhook may take its time. */
const patience = 30_000

const isRecord = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const withPreconditions = (body: string, { resourceVersion, uid }: ApplyOptions): string => {
  if (uid === undefined && resourceVersion === undefined) return body
  const object = decodeObject(body)
  const metadata = isRecord(object["metadata"]) ? object["metadata"] : {}
  const conditions = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion })
  }
  return encodeJson({ ...object, metadata: { ...metadata, ...conditions } })
}

const pathOf = ({ kind, name, namespace, version }: WriteTarget, query: Query, collection = false): string =>
  withQuery(apiPath({ ...kind, version, namespace, ...(collection ? {} : { name }) }), query)

const subjectOf = (verb: RequestSubject["verb"], { kind, name, namespace, version }: WriteTarget): RequestSubject => ({
  verb,
  resource: resourceName(kind),
  version,
  name,
  ...(namespace === "" ? {} : { namespace })
})

/** An object that a dry run did not make has no version, and perhaps no uid. */
const withIdentity = (body: Json | undefined): Json | undefined => {
  const metadata = isRecord(body) ? body["metadata"] : undefined
  return isRecord(body) && isRecord(metadata)
    ? { ...body, metadata: { uid: "", resourceVersion: "", ...metadata } }
    : body
}

const toObject =
  (subject: RequestSubject, dryRun = false) =>
  ({ body, status }: ApiAnswer): Effect.Effect<KubernetesObject, RequestFailure> => {
    const object = dryRun ? withIdentity(body) : body
    return isKubernetesObject(object)
      ? Effect.succeed(object)
      : Effect.fail(
        new ApiUnavailable({ subject, status, reason: "the answer is not an object; is this address an API server?" })
      )
  }

const make = Effect.gen(function*() {
  const api = yield* ApiServer
  const leadership = yield* Leadership
  const { fieldManager } = yield* KubernetesOptions
  const limiter = yield* makeLimiter

  /** A write must not land after somebody else may have taken over. */
  const inTerm = Effect.fnUntraced(function*(request: ApiRequest) {
    const { left } = yield* leadership.permit
    yield* yield* BeforeSending
    return yield* api.request({ ...request, patience: Math.min(patience, Math.max(1, left)) })
  })

  const send = (request: ApiRequest, dryRun: boolean | undefined): Effect.Effect<ApiAnswer, ApiFailure> =>
    limiter.run(dryRun === true ? api.request({ ...request, patience }) : inTerm(request))

  const queryOf = (options: WriteOptions, more: Query = {}): Query => ({
    fieldManager: options.fieldManager ?? fieldManager,
    ...(options.dryRun === true ? { dryRun: "All" } : {}),
    ...more
  })

  const write = (
    method: "POST" | "PUT" | "PATCH",
    verb: RequestSubject["verb"],
    contentType: string,
    target: WriteTarget,
    body: string,
    options: WriteOptions,
    query?: Query
  ): Write => {
    const subject = subjectOf(verb, target)
    return send({
      method,
      path: pathOf(target, queryOf(options, query), method === "POST"),
      subject,
      contentType,
      body,
      accept: options.metadataOnly === true ? metadataAccept : json
    }, options.dryRun).pipe(Effect.flatMap(toObject(subject, options.dryRun)))
  }

  return Writer.of({
    fieldManager,
    get: (target) => {
      const subject = subjectOf("get", target)
      return api.request({ method: "GET", path: pathOf(target, {}), subject, gzip: true }).pipe(
        Effect.flatMap(toObject(subject))
      )
    },
    apply: (target, body, options = {}) =>
      write("PATCH", "patch", applyPatch, target, withPreconditions(body, options), options, {
        force: options.force ?? true
      }),
    create: (target, body, options = {}) => write("POST", "create", json, target, body, options),
    replace: (target, body, options = {}) => write("PUT", "update", json, target, body, options),
    mergePatch: (target, body, options = {}) =>
      write("PATCH", "patch", "application/merge-patch+json", target, body, options),
    jsonPatch: (target, body, options = {}) =>
      write("PATCH", "patch", "application/json-patch+json", target, body, options),
    delete: (target, { dryRun, resourceVersion, uid }) => {
      const subject = subjectOf("delete", target)
      const preconditions = { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) }
      const body = JSON.stringify({
        apiVersion: "v1",
        kind: "DeleteOptions",
        preconditions,
        propagationPolicy: "Background"
      })
      const path = pathOf(target, dryRun === true ? { dryRun: "All" } : {})
      return Effect.asVoid(send({ method: "DELETE", path, subject, contentType: json, body }, dryRun))
    }
  })
})
