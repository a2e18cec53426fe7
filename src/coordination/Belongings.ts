/**
 * What in the cluster is ours: by our label, or by the record and our entry in `managedFields`. An entry alone proves nothing, since another
 * controller may write under the same name.
 */
import { Effect } from "effect"
import * as ApplySet from "../kind/ApplySet.ts"
import type { Observer } from "../kind/Observation.ts"
import { versionOf } from "../kind/Roster.ts"
import type { Served, ServedKind } from "../kubernetes/Discovery.ts"
import { ownEntry } from "../kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject } from "../kubernetes/KubernetesObject.ts"
import { listMetadata } from "../kubernetes/listMetadata.ts"
import { groupKind, type KindId, kindId, type ObjectId, objectId } from "../manifest/ObjectKey.ts"
import { forKind, type Labels, type Ruleset } from "../rules/Ruleset.ts"
import type { Inventory } from "./Record.ts"

export interface Belonging {
  readonly kind: ServedKind
  readonly version: string
  /** `""` when cluster-scoped. */
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
}

export interface Belongings {
  readonly found: ReadonlyArray<Belonging>
  /** Kinds of which some may be ours, and that could not be looked through. */
  readonly unknown: ReadonlyArray<{ readonly kind: KindId; readonly message: string }>
}

/** One object. */
export interface Named {
  readonly kind: KindId
  readonly object: ObjectId
}

export const idOf = ({ kind, name, namespace }: Belonging): Named => ({
  kind: kindId(kind),
  object: objectId(namespace, name)
})

/** Equal for the same object alone. */
export const formatNamed = ({ kind, object }: Named): string => `${kind} ${object}`

const isOurs =
  ({ applySet, fieldManager }: Observer, recorded: ReadonlyMap<ObjectId, unknown> | undefined) =>
  (object: KubernetesObject): boolean => {
    const { labels, name, namespace = "" } = object.metadata
    const label = labels?.[ApplySet.memberLabel]
    return label === undefined
      ? recorded?.has(objectId(namespace, name)) === true && ownEntry(object, fieldManager) !== undefined
      : label === applySet
  }

/** Kinds that a rule gives to Git, and kinds of the record. */
const concerned = ({ kinds }: Served, ruleset: Ruleset, inventory: Inventory): ReadonlyArray<ServedKind> =>
  [...kinds].flatMap(([id, kind]) =>
    inventory.has(id) || forKind(ruleset, kind).rules.some(({ syncTo }) => syncTo === "kubernetes") ? [kind] : []
  )

/** A kind whose definition went has no objects either; one whose group does not answer may have. */
const unanswered = ({ kinds, unknownGroups }: Served, inventory: Inventory): Belongings["unknown"] =>
  [...inventory.keys()].filter((id) => !kinds.has(id) && unknownGroups.has(groupKind(id).group)).map((kind) => ({
    kind,
    message: `the API group ${
      groupKind(kind).group
    } does not answer, so what there is of it is not known; see "kubectl get apiservices"`
  }))

const lookThrough = Effect.fnUntraced(function*(kind: ServedKind, inventory: Inventory, observer: Observer) {
  const version = versionOf(kind, [])
  if (version === undefined) return { found: [], unknown: [] } satisfies Belongings
  return yield* listMetadata(kind, version, isOurs(observer, inventory.get(kindId(kind)))).pipe(
    Effect.map((objects): Belongings => ({
      found: objects.map(({ metadata: { labels = {}, name, namespace = "" } }) => ({
        kind,
        version,
        namespace,
        name,
        labels
      })),
      unknown: []
    })),
    Effect.catch(({ message }) => Effect.succeed<Belongings>({ found: [], unknown: [{ kind: kindId(kind), message }] }))
  )
})

/** Looks through every kind of which something may be ours. */
export const belongings = Effect.fnUntraced(function*(
  served: Served,
  ruleset: Ruleset,
  inventory: Inventory,
  observer: Observer
) {
  const looked = yield* Effect.forEach(
    concerned(served, ruleset, inventory),
    (kind) => lookThrough(kind, inventory, observer),
    { concurrency: 4 }
  )
  return {
    found: looked.flatMap(({ found }) => found),
    unknown: [...unanswered(served, inventory), ...looked.flatMap(({ unknown }) => unknown)]
  } satisfies Belongings
})
