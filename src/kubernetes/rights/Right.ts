/** What one may do to one resource, as RBAC has it. Pure. */
import { resourceName } from "../ApiPath.ts"

export interface Right {
  /** `""`: in all namespaces, and for what is in none. */
  readonly namespace: string
  /** `*`: any. */
  readonly group: string
  /** Plural; `*`: any. */
  readonly resource: string
  /** The only object it is for; absent: all of them. */
  readonly name?: string
  /** Never empty. */
  readonly verbs: ReadonlyArray<string>
}

/** The order in which people know them. */
const customary = ["get", "list", "watch", "create", "update", "patch", "delete"]

export const inOrder = (verbs: Iterable<string>): ReadonlyArray<string> =>
  [...new Set(verbs)].toSorted((a, b) => customary.indexOf(a) - customary.indexOf(b))

/** As kubectl writes it: `deployments.apps`; any resource of a group: `*.apps`. */
export const nameOf = ({ group, resource }: Pick<Right, "group" | "resource">): string =>
  group === "*" ? resource : resourceName({ group, plural: resource })

const placeOf = ({ group, name = "", namespace, resource }: Right) => JSON.stringify([namespace, group, resource, name])

const includes = (above: Right, below: Right): boolean =>
  (above.namespace === "" || above.namespace === below.namespace) &&
  (above.group === "*" || above.group === below.group) &&
  (above.resource === "*" || above.resource === below.resource) &&
  (above.name === undefined || above.name === below.name)

/** The same rights, each resource once, without what another of them holds already. Sorted. */
export const merged = (rights: ReadonlyArray<Right>): ReadonlyArray<Right> => {
  const places = new Map<string, Right>()
  for (const right of rights) {
    const before = places.get(placeOf(right))
    places.set(placeOf(right), { ...right, verbs: inOrder([...before?.verbs ?? [], ...right.verbs]) })
  }
  const all = [...places.values()]
  return all.flatMap((right) => {
    const others = all.filter((other) => other !== right && includes(other, right)).flatMap(({ verbs }) => verbs)
    const verbs = right.verbs.filter((verb) => !others.includes(verb))
    return verbs.length === 0 ? [] : [{ ...right, verbs }]
  }).toSorted((a, b) => placeOf(a) < placeOf(b) ? -1 : 1)
}
