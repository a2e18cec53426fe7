/** Roles that give certain rights, bound to whom they are for: as manifests. Pure. */
import type { JsonObject } from "../../manifest/Manifest.ts"
import { inOrder, type Right } from "./Right.ts"

export interface RightsOptions {
  /** Of every role and binding. */
  readonly name: string
  /** As the API server knows the user; `system:serviceaccount:shop:web` is the ServiceAccount web of shop. */
  readonly user: string
}

const apiVersion = "rbac.authorization.k8s.io/v1"
const apiGroup = "rbac.authorization.k8s.io"

const subjectOf = (user: string): JsonObject => {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? []
  return namespace === undefined || name === undefined
    ? { apiGroup, kind: "User", name: user }
    : { kind: "ServiceAccount", name, namespace }
}

const by = (rights: ReadonlyArray<Right>, key: (right: Right) => string) =>
  [...Map.groupBy(rights, key).values()].filter((group) => group.length > 0)

/** Resources of a group with the same verbs stand together, and so do groups with the same resources. */
const rulesOf = (rights: ReadonlyArray<Right>): ReadonlyArray<JsonObject> =>
  by(rights, ({ group, name = "", verbs }) => JSON.stringify([group, verbs, name])).map((same): JsonObject => {
    const [first] = same
    return {
      apiGroups: [first?.group ?? ""],
      resources: same.map(({ resource }) => resource),
      ...first?.name === undefined ? {} : { resourceNames: [first.name] },
      verbs: inOrder(first?.verbs ?? [])
    }
  })

/** One role with its binding for each namespace in which there are rights, and for the whole cluster. */
export const rightsManifests = (
  rights: ReadonlyArray<Right>,
  { name, user }: RightsOptions
): ReadonlyArray<JsonObject> =>
  by(rights, ({ namespace }) => namespace).flatMap((same): ReadonlyArray<JsonObject> => {
    const namespace = same[0]?.namespace ?? ""
    const role = namespace === "" ? "ClusterRole" : "Role"
    const metadata = namespace === "" ? { name } : { name, namespace }
    return [
      { apiVersion, kind: role, metadata, rules: rulesOf(same) },
      {
        apiVersion,
        kind: `${role}Binding`,
        metadata,
        roleRef: { apiGroup, kind: role, name },
        subjects: [subjectOf(user)]
      }
    ]
  })
