/**
 * Which error an answer of the API server is. Pure: status, headers and body decide, nothing else.
 */
import type { Json, JsonObject } from "../manifest/Manifest.ts"
import {
  ApiForbidden,
  ApiRejected,
  ApiUnauthorized,
  ApiUnavailable,
  FieldConflict,
  KindNotServed,
  NamespaceNotFound,
  NamespaceTerminating,
  ObjectNotFound,
  QuotaExceeded,
  type RequestFailure,
  type RequestSubject,
  VersionConflict,
  WatchExpired
} from "./ApiError.ts"

/** What was asked, and of whom. */
export interface Asked {
  readonly server: string
  readonly subject: RequestSubject
  /** The `Retry-After` header, in seconds, as it came. */
  readonly retryAfter?: string | undefined
}

interface Cause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

interface Status {
  readonly message: string
  readonly reason: string
  readonly name: string | undefined
  readonly kind: string | undefined
  readonly causes: ReadonlyArray<Cause>
  readonly retryAfterSeconds: number | undefined
}

const record = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonObject : {}
const text = (value: Json | undefined): string => typeof value === "string" ? value : ""

const readStatus = (body: Json | undefined): Status | undefined => {
  const status = record(body)
  if (status["kind"] !== "Status") return undefined
  const details = record(status["details"])
  const causes = Array.isArray(details["causes"]) ? details["causes"].map(record) : []
  return {
    message: text(status["message"]),
    reason: text(status["reason"]),
    name: typeof details["name"] === "string" ? details["name"] : undefined,
    kind: typeof details["kind"] === "string" ? details["kind"] : undefined,
    causes: causes.map((cause) => ({
      reason: text(cause["reason"]),
      message: text(cause["message"]),
      field: text(cause["field"])
    })),
    retryAfterSeconds: typeof details["retryAfterSeconds"] === "number" ? details["retryAfterSeconds"] : undefined
  }
}

const parse = (body: string): Json | undefined => {
  if (!body.trimStart().startsWith("{")) return undefined
  try {
    return JSON.parse(body) as Json
  } catch {
    return undefined
  }
}

const holdsSecrets = ({ resource }: RequestSubject) => resource === "secrets"

const harmlessReason =
  /\.[\w.\-[\]"=,/]*: (?:field not declared in schema|expected [\w ]+)|illegal base64 data at input byte \d+/g

/** The server quotes what it refuses; of a Secret only the places are repeated. */
const withoutSecrets = (message: string, causes: ReadonlyArray<Cause>): string => {
  const places = causes.map(({ field, reason }) => `${field}: ${reason}`)
  const found = places.length > 0 ? places : message.match(harmlessReason) ?? []
  return found.length > 0 ? found.join(", ") : "its reason is withheld, since it may quote the Secret"
}

const oneLine = (message: string): string => {
  const line = message.replaceAll(/\s+/g, " ").trim().replace(/\.$/, "")
  return line.length > 1000 ? `${line.slice(0, 1000)}…` : line
}

const rejected = (
  asked: Asked,
  status: number,
  { causes, message }: Pick<Status, "causes" | "message">
): ApiRejected => {
  const secret = holdsSecrets(asked.subject)
  return new ApiRejected({
    subject: asked.subject,
    status,
    reason: secret ? withoutSecrets(message, causes) : oneLine(message),
    causes: causes.map((cause) => ({ field: cause.field, message: secret ? cause.reason : oneLine(cause.message) }))
  })
}

const waitMillis = (asked: Asked, status: Status | undefined): number | undefined => {
  const seconds = asked.retryAfter === undefined ? status?.retryAfterSeconds : Number(asked.retryAfter)
  return seconds !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined
}

const unavailable = (asked: Asked, status: number, message: string, details: Status | undefined): ApiUnavailable => {
  const retryAfter = waitMillis(asked, details)
  return new ApiUnavailable({
    subject: asked.subject,
    status,
    reason: holdsSecrets(asked.subject) && !message.includes("webhook")
      ? "no details"
      : oneLine(message) || "no details",
    ...(retryAfter === undefined ? {} : { retryAfter })
  })
}

const notFound = (asked: Asked, status: Status | undefined): RequestFailure => {
  const { subject } = asked
  if (status?.name === undefined) return new KindNotServed({ subject })
  if (status.kind === "namespaces" && subject.resource !== "namespaces")
    return new NamespaceNotFound({ subject, namespace: status.name })
  return new ObjectNotFound({ subject })
}

/** One request may take more than one right: applying what isn't there takes "create", too. */
const forbiddenByAuthorization = /User "(?<user>[^"]*)" cannot (?<verb>\w+) (?:resource|path) /

const forbidden = (asked: Asked, status: Status): RequestFailure => {
  const { subject } = asked
  if (status.causes.some(({ reason }) => reason === "NamespaceTerminating"))
    return new NamespaceTerminating({ subject, namespace: subject.namespace ?? "" })
  const quota = /exceeded quota: .*/s.exec(status.message)
  if (quota !== null) return new QuotaExceeded({ subject, reason: oneLine(quota[0]) })
  const { user, verb } = forbiddenByAuthorization.exec(status.message)?.groups ?? {}
  if (user !== undefined)
    return new ApiForbidden({ subject: { ...subject, verb: verb === "create" ? verb : subject.verb }, user })
  return status.message === "" ? new ApiForbidden({ subject }) : rejected(asked, 403, status)
}

const conflict = (asked: Asked, status: Status): RequestFailure => {
  const { subject } = asked
  const conflicts = status.causes.filter(({ reason }) => reason === "FieldManagerConflict")
  if (conflicts.length > 0) {
    return new FieldConflict({
      subject,
      conflicts: conflicts.map(({ field, message }) => ({ field, manager: /"([^"]*)"/.exec(message)?.[1] ?? message }))
    })
  }
  if (status.reason === "AlreadyExists") return new VersionConflict({ subject, reason: "exists" })
  if (status.message.includes("no existing object was found")) return new VersionConflict({ subject, reason: "gone" })
  const recreated = /uid mismatch|UID in the precondition/i.test(status.message)
  return new VersionConflict({ subject, reason: recreated ? "recreated" : "modified" })
}

const refusedByTypes = /typed (?:patch|live) object|failed to convert new object (?!.*webhook)/s
const tooLargeForStorage = /etcdserver: request is too large|trying to send message larger than max/

/** `.spec.replica: field not declared in schema`, alone or one a line. */
const typedProblem = /(?:^|\s)(\.[^\s:][^:]*): ([^\n]+)/g

/** The part of it that quotes no value. */
const typedReason = /^(?:field not declared in schema|expected [\w ]+)/

const typedCauses = (message: string): ReadonlyArray<Cause> =>
  Array.from(message.matchAll(typedProblem), ([, field = "", what = ""]) => ({
    field,
    message: what,
    reason: typedReason.exec(what)?.[0] ?? "does not fit the schema"
  }))

const serverError = (asked: Asked, code: number, message: string, status: Status | undefined): RequestFailure => {
  if (refusedByTypes.test(message) || tooLargeForStorage.test(message))
    return rejected(asked, code, { message, causes: typedCauses(message) })
  if (status?.causes.some(({ reason }) => reason === "ResourceVersionTooLarge") === true)
    return new WatchExpired({ subject: asked.subject, reason: oneLine(message) })
  return unavailable(asked, code, message, status)
}

const classifyStatus = (code: number, status: Status | undefined, message: string, asked: Asked): RequestFailure => {
  const { server, subject } = asked
  if (code === 401) return new ApiUnauthorized({ server, subject })
  if (code === 404) return notFound(asked, status)
  if (code === 410) return new WatchExpired({ subject, reason: oneLine(message) })
  if (code === 408 || code === 429) return unavailable(asked, code, message, status)
  if (code >= 500) return serverError(asked, code, message, status)
  if (code >= 200 && code < 300)
    return unavailable(asked, code, "the answer is not JSON; is this address an API server?", status)
  if (status !== undefined && code === 403) return forbidden(asked, status)
  if (status !== undefined && code === 409) return conflict(asked, status)
  if (status?.causes.some(({ field }) => field === "metadata.uid") === true)
    return new VersionConflict({ subject, reason: "recreated" })
  return rejected(asked, code, status ?? { message: message === "" ? "no details" : message, causes: [] })
}

/** The error for an answer with this status and body. Also for a 2xx whose body could not be read. */
export const classify = (code: number, body: string, asked: Asked): RequestFailure => {
  const status = readStatus(parse(body))
  return classifyStatus(code, status, status?.message ?? body.slice(0, 500), asked)
}

/** The error for the object of an `ERROR` line in a watch, which comes with HTTP status 200. */
export const classifyWatchError = (object: Json, asked: Asked): RequestFailure => {
  const code = record(object)["code"]
  const status = readStatus(object)
  return classifyStatus(typeof code === "number" ? code : 500, status, status?.message ?? "no details", asked)
}
