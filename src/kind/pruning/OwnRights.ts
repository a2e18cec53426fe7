/** Whether an object gives the controller its own rights: without them it could not even put right what it did. */
import { Effect } from "effect"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { listMetadata } from "../../kubernetes/listMetadata.ts"
import { Writer } from "../../kubernetes/Writer.ts"
import type { Json } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import type { KindSpec } from "../KindSpec.ts"

const group = "rbac.authorization.k8s.io"
const bindings = { group, plural: "clusterrolebindings" }

const reason = "the controller has rights by it"

/** Its ServiceAccount lives beside its state. */
const isForUs = (binding: KubernetesObject, namespace: string): boolean => {
  const subjects = binding["subjects"]
  return Array.isArray(subjects) &&
    subjects.some((subject: Json) => isObject(subject) && subject["namespace"] === namespace)
}

const isOf = (binding: KubernetesObject, role: string): boolean =>
  isObject(binding["roleRef"]) && binding["roleRef"]["kind"] === "ClusterRole" && binding["roleRef"]["name"] === role

const isBoundToUs = Effect.fnUntraced(function*(role: string, namespace: string) {
  const writer = yield* Writer
  const all = yield* listMetadata(bindings, "v1", () => true)
  const found = yield* Effect.forEach(
    all,
    ({ metadata: { name } }) =>
      writer.get({ kind: bindings, version: "v1", namespace: "", name }).pipe(
        Effect.map((binding) => isOf(binding, role) && isForUs(binding, namespace)),
        Effect.catchTag("ObjectNotFound", () => Effect.succeed(false))
      ),
    { concurrency: 8 }
  )
  return found.includes(true)
})

/** Why it stays, as the end of a sentence. */
export const holdsOwnRights = Effect.fnUntraced(function*({ kind, own }: KindSpec, live: KubernetesObject) {
  if (kind.group !== group) return undefined
  switch (kind.kind) {
    case "ClusterRoleBinding":
    case "RoleBinding":
      return isForUs(live, own.stateNamespace) ? reason : undefined
    case "ClusterRole":
      return (yield* isBoundToUs(live.metadata.name, own.stateNamespace)) ? reason : undefined
    default:
      return undefined
  }
})
