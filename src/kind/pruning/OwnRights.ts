/**
 * Whether an object gives the controller its own rights, or is who it is: without that it could not even put right what it did. The API server says
 * who it is; as long as it doesn't, nothing of the kind is deleted.
 */
import { Effect, Option } from "effect"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { listWhole } from "../../kubernetes/listMetadata.ts"
import { type OurIdentity, ourIdentity } from "../../kubernetes/rights/Permissions.ts"
import type { Json } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import type { KindSpec } from "../KindSpec.ts"

const group = "rbac.authorization.k8s.io"
const clusterRoleBindings = { group, plural: "clusterrolebindings" }
const roleBindings = { group, plural: "rolebindings" }

const reason = "the controller has rights by it"

interface Us extends OurIdentity {
  /** Its ServiceAccount lives beside its state, whoever asks. */
  readonly stateNamespace: string
}

/** Who isn't meant by a binding that means everybody. */
const everybody: ReadonlySet<string> = new Set(["system:authenticated", "system:unauthenticated"])

const serviceAccount = (namespace: string, name: string) => `system:serviceaccount:${namespace}:${name}`

const isUs = (subject: Json, { groups, stateNamespace, user }: Us): boolean => {
  if (!isObject(subject)) return false
  const { kind, name, namespace } = subject
  if (typeof name !== "string") return false
  switch (kind) {
    case "ServiceAccount":
      return namespace === stateNamespace || (typeof namespace === "string" && user === serviceAccount(namespace, name))
    case "User":
      return name === user || name.startsWith(serviceAccount(stateNamespace, ""))
    case "Group":
      return name === `system:serviceaccounts:${stateNamespace}` || (groups.includes(name) && !everybody.has(name))
    default:
      return false
  }
}

const isForUs = (us: Us) => (binding: KubernetesObject): boolean => {
  const subjects = binding["subjects"]
  return Array.isArray(subjects) && subjects.some((subject: Json) => isUs(subject, us))
}

const isOf = (kind: string, name: string) => ({ roleRef }: KubernetesObject): boolean =>
  isObject(roleRef) && roleRef["kind"] === kind && roleRef["name"] === name

/** The bindings by which a role can be ours: those of a namespace for a Role, and all there are for a ClusterRole. */
const bindingsOf = (kind: string, { metadata: { name, namespace } }: KubernetesObject, us: Us) => {
  const isWanted = (binding: KubernetesObject) => isOf(kind, name)(binding) && isForUs(us)(binding)
  const inNamespaces = listWhole(roleBindings, "v1", isWanted, namespace ?? "")
  return kind === "Role"
    ? inNamespaces
    : Effect.zipWith(listWhole(clusterRoleBindings, "v1", isWanted), inNamespaces, (all, some) => [...all, ...some])
}

/** Why it stays, as the end of a sentence. */
export const holdsOwnRights = Effect.fnUntraced(function*({ kind, own }: KindSpec, live: KubernetesObject) {
  const { name, namespace = "" } = live.metadata
  const isAccount = kind.group === "" && kind.kind === "ServiceAccount"
  if (kind.group !== group && !isAccount) return undefined
  const identity = yield* Effect.option(ourIdentity)
  if (Option.isNone(identity)) return "the API server doesn't say who the controller is, which may have rights by it"
  const us: Us = { ...identity.value, stateNamespace: own.stateNamespace }
  if (isAccount) return us.user === serviceAccount(namespace, name) ? "the controller is it" : undefined
  switch (kind.kind) {
    case "ClusterRoleBinding":
    case "RoleBinding":
      return isForUs(us)(live) ? reason : undefined
    case "ClusterRole":
    case "Role":
      return (yield* bindingsOf(kind.kind, live, us)).length > 0 ? reason : undefined
    default:
      return undefined
  }
})
