// What the API server was really asked, read from its audit log: how tests count requests.
import { Effect } from "effect"
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs"
import { eventually, type NeverHappened } from "../process/Eventually.ts"
import type { AdminRequest } from "./AdminRequest.ts"

/** Everything but what the API server asks itself; watches only once they end. */
export const auditPolicy = JSON.stringify({
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived", "ResponseStarted"],
  rules: [
    { level: "None", users: ["system:apiserver"] },
    { level: "None", nonResourceURLs: ["/readyz*", "/livez*", "/healthz*"] },
    { level: "Metadata" }
  ]
})

export interface AuditedRequest {
  readonly verb: string
  readonly user: string
  readonly userAgent: string
  readonly uri: string
  readonly resource: string | undefined
  readonly apiGroup: string | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
  /** The HTTP status that was answered. */
  readonly code: number | undefined
  readonly dryRun: boolean
  /** Changes something stored: no dry-run, and no review. */
  readonly write: boolean
}

interface AuditEvent {
  readonly auditID: string
  readonly verb: string
  readonly requestURI: string
  readonly userAgent?: string
  readonly user?: { readonly username?: string }
  readonly objectRef?: {
    readonly resource?: string
    readonly apiGroup?: string
    readonly namespace?: string
    readonly name?: string
    readonly subresource?: string
  }
  readonly responseStatus?: { readonly code?: number }
}

const writingVerbs = new Set(["create", "update", "patch", "delete", "deletecollection"])
const reviewGroups = new Set(["authorization.k8s.io", "authentication.k8s.io"])

const decode = (line: string): AuditedRequest => {
  const event: AuditEvent = JSON.parse(line)
  const target = event.objectRef ?? {}
  const dryRun = new URL(event.requestURI, "https://server").searchParams.has("dryRun")
  return {
    verb: event.verb,
    user: event.user?.username ?? "",
    userAgent: event.userAgent ?? "",
    uri: event.requestURI,
    resource: target.resource,
    apiGroup: target.apiGroup,
    namespace: target.namespace,
    name: target.name,
    subresource: target.subresource,
    code: event.responseStatus?.code,
    dryRun,
    write: writingVerbs.has(event.verb) && !dryRun && !reviewGroups.has(target.apiGroup ?? "")
  }
}

const textFrom = (file: string, offset: number): string => {
  if (!existsSync(file)) return ""
  const descriptor = openSync(file, "r")
  try {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - offset))
    const read = readSync(descriptor, buffer, 0, buffer.length, offset)
    return buffer.toString("utf8", 0, read)
  } finally {
    closeSync(descriptor)
  }
}

export interface AuditLog {
  /** A place in the log: all that was answered before is before it. */
  readonly auditMark: Effect.Effect<number, NeverHappened>
  /** The requests answered since a mark, in the order of their answers. */
  readonly auditSince: (mark: number) => Effect.Effect<ReadonlyArray<AuditedRequest>, NeverHappened>
}

let barriers = 0

export const makeAuditLog = (file: string, request: AdminRequest): AuditLog => {
  // A request is logged just after its answer went out. So a request of our own goes after it, until that one is seen.
  const barrierFrom = (offset: number) =>
    Effect.gen(function*() {
      const path = `/version?barrier=${process.pid}-${++barriers}`
      yield* eventually("the API server answers", request(path), ({ status }) => status === 200)
      const read = Effect.sync(() => textFrom(file, offset))
      const text = yield* eventually(`${path} in ${file}`, read, (it) => it.includes(path), { every: 5 })
      const before = text.slice(0, text.lastIndexOf("\n", text.indexOf(path)) + 1)
      const after = text.slice(0, text.indexOf("\n", text.indexOf(path)) + 1)
      return { before, end: offset + Buffer.byteLength(after) }
    })
  return {
    auditMark: Effect.suspend(() => barrierFrom(statSync(file, { throwIfNoEntry: false })?.size ?? 0)).pipe(
      Effect.map(({ end }) => end)
    ),
    auditSince: (mark) =>
      barrierFrom(mark).pipe(
        Effect.map(({ before }) =>
          before.split("\n").filter((line) => line !== "" && !line.includes("/version?barrier=")).map(decode)
        )
      )
  }
}
