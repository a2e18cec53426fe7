/** What of all that is ours shall be let go of. Pure. */
import { type KindId, kindId, type ObjectId } from "../manifest/ObjectKey.ts"
import { forKind, ownership, type Rule, type Ruleset } from "../rules/Ruleset.ts"
import { type Belonging, type Belongings, formatNamed, idOf, type Named } from "./Belongings.ts"
import type { Inventory } from "./Record.ts"

export type ReleaseScope =
  | { readonly _tag: "All" }
  /** What this rule of the configuration decides about. */
  | { readonly _tag: "Rule"; readonly rule: Rule }
  | { readonly _tag: "Object"; readonly kind: KindId; readonly object: ObjectId }

/** Whether a controller that runs leaves alone what is let go of, and doesn't take it back. */
export const isLeftAlone = (scope: ReleaseScope): boolean =>
  scope._tag === "Rule" && (scope.rule.suspend || scope.rule.syncTo === "ignore")

/** By the labels it has now: what Git says of it is not asked. */
const decides = (ruleset: Ruleset, rule: Rule, { kind, labels, name, namespace }: Belonging): boolean =>
  ownership(forKind(ruleset, kind), { namespace, name, git: undefined, live: labels }).lifecycle?.index === rule.index

const isMeant = (ruleset: Ruleset, scope: ReleaseScope) => (belonging: Belonging): boolean => {
  const { kind, object } = idOf(belonging)
  switch (scope._tag) {
    case "All":
      return true
    case "Rule":
      return decides(ruleset, scope.rule, belonging)
    case "Object":
      return scope.kind === kind && scope.object === object
  }
}

/** What is meant of what was found; of what is unknown, what may be meant. */
export const meant = (ruleset: Ruleset, scope: ReleaseScope, { found, unknown }: Belongings): Belongings => ({
  found: found.filter(isMeant(ruleset, scope)),
  unknown: unknown.filter(({ kind }) => scope._tag !== "Object" || scope.kind === kind)
})

const isUnknown = ({ unknown }: Belongings, kind: KindId) => unknown.some((one) => one.kind === kind)

/**
 * The keys of the record that are in the cluster no more, or have nothing of ours: for a rule none, as nobody can say which rule they had.
 */
export const absent = (inventory: Inventory, scope: ReleaseScope, all: Belongings): ReadonlyArray<Named> => {
  if (scope._tag === "Rule") return []
  const there = new Set(all.found.map((belonging) => formatNamed(idOf(belonging))))
  return [...inventory].filter(([kind]) => !isUnknown(all, kind)).flatMap(([kind, ids]) =>
    [...ids.keys()].map((object) => ({ kind, object })).filter((named) =>
      !there.has(formatNamed(named)) &&
      (scope._tag === "All" || (scope.kind === kind && scope.object === named.object))
    )
  )
}

/** Kinds with how many objects of them are meant, in the order of their names. */
export const countsByKind = ({ found }: Belongings): ReadonlyArray<readonly [KindId, number]> => {
  const counts = new Map<KindId, number>()
  for (const { kind } of found) counts.set(kindId(kind), (counts.get(kindId(kind)) ?? 0) + 1)
  return [...counts].toSorted(([a], [b]) => a.localeCompare(b))
}
