// What the storm is about: objects of several kinds, one of them a custom resource, in two namespaces, which Git and people make.
import { Effect } from "effect"
import type { AdminRequest } from "../../../cluster/AdminRequest.ts"
import type { ControlPlaneHandle } from "../../../cluster/ControlPlane.ts"
import { eventually, type NeverHappened } from "../../../process/Eventually.ts"

interface Kind {
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  /** What a manifest of Git says beyond a name. */
  readonly body: object
}

/** One object, there or not. */
export interface Thing {
  /** `plural namespace/name`. */
  readonly id: string
  readonly of: Kind
  readonly namespace: string
  readonly name: string
}

const kindsOf = (group: string): ReadonlyArray<Kind> => [
  { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", body: { data: { value: "one" } } },
  {
    apiVersion: "v1",
    kind: "ServiceAccount",
    plural: "serviceaccounts",
    body: { automountServiceAccountToken: false }
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    plural: "roles",
    body: { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }
  },
  { apiVersion: `${group}/v1`, kind: "Zeppelin", plural: "zeppelins", body: { crew: { captains: 1 } } }
]

const definition = (group: string) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `zeppelins.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { plural: "zeppelins", singular: "zeppelin", kind: "Zeppelin" },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }
    }]
  }
})

const thing = (of: Kind, namespace: string, name: string): Thing => ({
  id: `${of.plural} ${namespace}/${name}`,
  of,
  namespace,
  name
})

export interface Things {
  readonly all: ReadonlyArray<Thing>
  /** Always in Git, one of each kind in each namespace: all that there is of something doesn't go without a person's word. */
  readonly anchors: ReadonlyArray<Thing>
  readonly rules: ReadonlyArray<Readonly<Record<string, unknown>>>
  /** The uids of those that are there, by id. */
  readonly live: (request: AdminRequest) => Effect.Effect<ReadonlyMap<string, string>, NeverHappened>
}

interface Listed {
  readonly items: ReadonlyArray<{ readonly metadata: { readonly name: string; readonly uid: string } }>
}

/** Defines the custom resource, and waits until it is served. */
export const makeThings = Effect.fnUntraced(function*(
  cluster: ControlPlaneHandle,
  one: string,
  other: string
) {
  const group = `${other}.example`
  const kinds = kindsOf(group)
  const namespaces = [one, other]
  yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(definition(group)) })
  yield* cluster.kubectlOk(["wait", "--for=condition=Established", `crd/zeppelins.${group}`])
  const all = kinds.flatMap((of) =>
    namespaces.flatMap((namespace) => ["t0", "t1"].map((name) => thing(of, namespace, name)))
  )
  const anchors = kinds.flatMap((of) => namespaces.map((namespace) => thing(of, namespace, "anchor")))
  const places = kinds.flatMap(({ apiVersion, plural }) =>
    namespaces.map((namespace) => ({
      plural,
      namespace,
      path: `/${apiVersion === "v1" ? "api" : "apis"}/${apiVersion}/namespaces/${namespace}/${plural}`
    }))
  )
  const known = new Set([...anchors, ...all].map(({ id }) => id))
  const live: Things["live"] = (request) =>
    Effect.forEach(places, ({ namespace, path, plural }) =>
      // A new definition is served a little later than it says.
      Effect.map(eventually(`${path} can be listed`, request(path), ({ status }) => status === 200), ({ body }) => {
        const { items }: Listed = JSON.parse(body)
        return items.map(({ metadata: { name, uid } }) => [`${plural} ${namespace}/${name}`, uid] as const)
      }), { concurrency: 4 }).pipe(
        Effect.map((found) => new Map(found.flat().filter(([id]) => known.has(id))))
      )
  const resources = kinds.map(({ plural }) => plural === "zeppelins" ? `zeppelins.${group}` : plural)
  return { all, anchors, live, rules: [{ resources, namespaces, syncTo: "kubernetes" }] } satisfies Things
})

/** As Git says it, or, without its body, as somebody makes it by hand. */
export const textOf = ({ name, namespace, of: { apiVersion, body, kind } }: Thing, isByHand = false): string =>
  `${JSON.stringify({ apiVersion, kind, metadata: { name, namespace }, ...isByHand ? {} : body })}\n`

/** In which file of Git it is when nobody has moved it. */
export const fileOf = ({ name, namespace, of: { plural } }: Thing): string => `${namespace}/${plural}-${name}.yaml`
