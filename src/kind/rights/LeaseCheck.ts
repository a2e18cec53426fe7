/**
 * Whoever may not have the Lease can never lead, and so never write: that is told at the start, before anything is done. An API server that
 * doesn't answer is waited for elsewhere.
 */
import { Effect, Layer, Schema } from "effect"
import { KubernetesOptions } from "../../kubernetes/KubernetesOptions.ts"
import { missing, ourUser } from "../../kubernetes/rights/Permissions.ts"
import type { Right } from "../../kubernetes/rights/Right.ts"
import { hasLease } from "../../kubernetes/takeLease.ts"
import { missingRoles } from "./missingRoles.ts"
import { leaseRight } from "./NeededRights.ts"

/** We may not have the Lease. */
export class LeaseForbidden extends Schema.TaggedError<LeaseForbidden>()("LeaseForbidden", {
  user: Schema.String,
  namespace: Schema.String,
  verbs: Schema.Array(Schema.String),
  /** Roles that cure it, as YAML. */
  roles: Schema.String
}) {
  override get message(): string {
    return `${this.user} may not ${
      this.verbs.join(", ")
    } leases.coordination.k8s.io in the namespace ${this.namespace}: without a Lease nobody leads, and nothing is ever written. ` +
      `Add this ("gitops-controller rbac" prints all that is needed), and start again:\n${this.roles}`
  }
}

const longest = "5 seconds"

const forbidden = Effect.fnUntraced(function*(lacking: Right) {
  const user = yield* Effect.orElseSucceed(ourUser, () => undefined)
  const { namespace, verbs } = lacking
  return yield* new LeaseForbidden({ user: user ?? "Our user", namespace, verbs, roles: missingRoles([lacking], user) })
})

/** The verbs without which we can never lead: rights may be for this one Lease, which somebody made beforehand. */
const lackingVerbs = Effect.gen(function*() {
  const { leaseName, stateNamespace } = yield* KubernetesOptions
  const [lacking] = yield* missing([{ ...leaseRight(stateNamespace), name: leaseName }])
  const verbs = lacking?.verbs ?? []
  if (!verbs.includes("create")) return verbs
  const isThere = yield* Effect.orElseSucceed(hasLease, () => false)
  return isThere ? verbs.filter((verb) => verb !== "create") : verbs
})

/** Fails with {@link LeaseForbidden} alone. */
export const layer = Layer.effectDiscard(Effect.gen(function*() {
  const { stateNamespace } = yield* KubernetesOptions
  const verbs = yield* lackingVerbs.pipe(
    Effect.timeout(longest),
    Effect.catch(({ message }) =>
      Effect.as(Effect.logDebug(`Whether we may have the Lease could not be asked: ${message}`), [])
    )
  )
  if (verbs.length > 0) yield* forbidden({ ...leaseRight(stateNamespace), verbs })
}))
