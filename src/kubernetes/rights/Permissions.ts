/**
 * What we may do here, asked of the API server itself, and so right whatever authorizes there. Every user who logs in may ask.
 * Who may do everything is asked once; otherwise each verb once for everything, then what is left resource by resource.
 */
import { Effect, Predicate } from "effect"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import { ApiServer } from "../ApiServer.ts"
import type { Right } from "./Right.ts"

/** Questions under way at once: nothing waits for the answers. */
const concurrency = 4

const review = Effect.fnUntraced(function*(group: string, kind: string, plural: string, spec: JsonObject) {
  const api = yield* ApiServer
  const { body } = yield* api.request({
    method: "POST",
    path: `/apis/${group}/v1/${plural}`,
    subject: { verb: "create", resource: `${plural}.${group}`, version: "v1" },
    contentType: "application/json",
    body: JSON.stringify({ apiVersion: `${group}/v1`, kind, spec })
  })
  return statusOf(body)
})

const statusOf = (body: Json | undefined): JsonObject =>
  isObject(body) && isObject(body["status"]) ? body["status"] : {}

const may = ({ group, name, namespace, resource }: Omit<Right, "verbs">, verb: string) =>
  Effect.map(
    review("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews", {
      resourceAttributes: { namespace, verb, group, resource, ...(name === undefined ? {} : { name }) }
    }),
    ({ allowed }) => allowed === true
  )

const everything = { namespace: "", group: "*", resource: "*" }

const missingOf = (right: Right, verbs: ReadonlyArray<string>) =>
  Effect.filter(verbs, (verb) => Effect.map(may(right, verb), (allowed) => !allowed), { concurrency }).pipe(
    Effect.map((missing): ReadonlyArray<Right> => missing.length === 0 ? [] : [{ ...right, verbs: missing }])
  )

/** Those of the rights that we don't have, each with the verbs that are missing. */
export const missing = Effect.fn("Permissions.missing")(function*(rights: ReadonlyArray<Right>) {
  if (yield* may(everything, "*")) return []
  const verbs = [...new Set(rights.flatMap((right) => right.verbs))]
  const everywhere = yield* Effect.filter(verbs, (verb) => may(everything, verb), { concurrency })
  const found = yield* Effect.forEach(
    rights,
    (right) => missingOf(right, right.verbs.filter((verb) => !everywhere.includes(verb)))
  )
  return found.flat()
})

export interface OurIdentity {
  readonly user: string
  readonly groups: ReadonlyArray<string>
}

/** Who we are to the API server. */
export const ourIdentity = Effect.map(
  review("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews", {}),
  ({ userInfo }): OurIdentity => {
    const { groups, username } = isObject(userInfo) ? userInfo : {}
    return {
      user: Predicate.isString(username) ? username : "",
      groups: Array.isArray(groups) ? groups.filter(Predicate.isString) : []
    }
  }
)

/** The name of the user that we are. */
export const ourUser = Effect.map(ourIdentity, ({ user }) => user)
