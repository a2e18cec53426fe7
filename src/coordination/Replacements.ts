/**
 * What may be on its way to take the place of something that is to be deleted: it has to be there first. A rename, or another kind in place of
 * one, leaves no gap so. Pure.
 */
import type { Missing } from "../kind/KindReport.ts"
import { objectId } from "../manifest/ObjectKey.ts"
import type { DeletionAsked } from "./CoordinatorMessage.ts"
import type { CoordinatorState } from "./CoordinatorState.ts"
import * as ObjectMap from "./ObjectMap.ts"

/** Of kinds that the cluster doesn't serve, what was never applied. Manifests that name no namespace count as cluster-scoped. */
const unserved = ({ git: { tip }, progress, record }: CoordinatorState): ReadonlyArray<Missing> => {
  if (tip === undefined || record._tag !== "Loaded") return []
  const { inventory } = record.record
  return [...progress.unserved].flatMap((kind) =>
    (tip.index.kinds.get(kind) ?? []).flatMap(({ manifest: { name, namespace = "" } }) =>
      ObjectMap.get(inventory, kind, objectId(namespace, name)) === undefined ? [{ kind, namespace, name }] : []
    )
  )
}

/** All that is new in Git and not in the cluster, once every kind has settled. */
export const missing = (state: CoordinatorState): ReadonlyArray<Missing> => [
  ...[...state.progress.reports.values()].flatMap((report) => report.missing),
  ...unserved(state)
]

const halves = (id: string) => {
  const slash = id.indexOf("/")
  return { namespace: id.slice(0, Math.max(0, slash)), name: id.slice(slash + 1) }
}

/** Finds what may take the place of an object: what has its name, or is in its namespace. */
export const makeReplacing = (all: ReadonlyArray<Missing>) => {
  const names = new Map(all.map((one) => [one.name, one]))
  const namespaces = new Map(all.map((one) => [one.namespace, one]))
  return ({ deletion }: Pick<DeletionAsked, "deletion">): Missing | undefined => {
    const { name, namespace } = halves(deletion.id)
    return names.get(name) ?? namespaces.get(namespace)
  }
}
