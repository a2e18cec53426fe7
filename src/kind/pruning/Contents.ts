/**
 * What would go along with an object: all that is in a namespace, all objects of a definition. Such an object goes only once nothing of it is
 * left, so that nothing goes that nobody spoke of. What can't be looked through counts as something.
 */
import { Effect } from "effect"
import type { Served, ServedKind } from "../../kubernetes/Discovery.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { listMetadata } from "../../kubernetes/listMetadata.ts"
import { type KindId, kindId } from "../../manifest/ObjectKey.ts"
import { isNeverSynced } from "../../rules/KindScope.ts"
import { versionOf } from "../Roster.ts"

const kindsAtOnce = 8

const events: ReadonlySet<KindId> = new Set(["Event", "Event.events.k8s.io"])

/** What the control plane puts into every namespace. */
const isFurniture = (kind: KindId, { metadata: { name } }: KubernetesObject): boolean =>
  (kind === "ConfigMap" && name === "kube-root-ca.crt") || (kind === "ServiceAccount" && name === "default")

const listed = ["list", "delete"]

/** Whose objects are looked for in a namespace. */
export const foundInNamespaces = (kinds: Iterable<ServedKind>): ReadonlyArray<ServedKind> =>
  Array.from(kinds).filter((kind) =>
    kind.namespaced && !events.has(kindId(kind)) && !isNeverSynced(kind) && versionOf(kind, [], listed) !== undefined
  )

const firstOf = (kind: ServedKind, namespace: string) => {
  const version = versionOf(kind, [], listed)
  return version === undefined
    ? Effect.undefined
    : listMetadata(kind, version, (object) => !isFurniture(kindId(kind), object), namespace).pipe(
      Effect.map(([first]) => first === undefined ? undefined : `${kindId(kind)} ${first.metadata.name}`)
    )
}

const ofNamespace = Effect.fnUntraced(function*(namespace: string, served: Served) {
  const [unknown] = served.unknownGroups
  if (unknown !== undefined) return `the API group ${unknown} does not answer, and may have objects in it`
  const found = yield* Effect.forEach(foundInNamespaces(served.kinds.values()), (kind) => firstOf(kind, namespace), {
    concurrency: kindsAtOnce
  })
  const first = found.find((one) => one !== undefined)
  return first === undefined ? undefined : `it holds ${first} still, which would go with it`
})

const ofDefinition = Effect.fnUntraced(function*(name: string, served: Served) {
  const kind = [...served.kinds.values()].find(({ group, plural }) => `${plural}.${group}` === name)
  if (kind === undefined) return undefined
  const version = versionOf(kind, [], ["list"])
  if (version === undefined) return "its objects can't be listed, and would go with it"
  const [first] = yield* listMetadata(kind, version, () => true)
  return first === undefined ? undefined : `there is ${kind.kind} ${first.metadata.name} still, which would go with it`
})

/** Why an object has to wait, as the end of a sentence. */
export const contentsOf = (kind: KindId, name: string, served: Served) => {
  switch (kind) {
    case "Namespace":
      return ofNamespace(name, served)
    case "CustomResourceDefinition.apiextensions.k8s.io":
      return ofDefinition(name, served)
    default:
      return Effect.undefined
  }
}
