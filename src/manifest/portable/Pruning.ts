/**
 * Takes out of an object what the rows of a table name. The rows are made into a tree first, so that only what they are about is
 * looked at. What nothing is taken out of keeps its reference.
 */
import { sameData } from "../edit/SameData.ts"
import type { Json, JsonObject } from "../Manifest.ts"
import { isObject } from "../ServerFields.ts"
import { type Condition, type Row, valueAt } from "./Row.ts"
import { isSet, type SetFields, setFields, type SetStep } from "./SetFields.ts"

/** Rows by the names of their paths. */
interface Branch {
  readonly names: Map<string, Branch>
  /** Of paths whose next name ends in `*`: what it begins with. */
  readonly beginnings: Map<string, Branch>
  /** The conditions of each row that ends here. */
  readonly ends: Array<ReadonlyArray<Condition>>
}

const branch = (): Branch => ({ names: new Map(), beginnings: new Map(), ends: [] })

const grown = (branches: Map<string, Branch>, name: string): Branch => {
  const there = branches.get(name) ?? branch()
  branches.set(name, there)
  return there
}

const treeOf = (rows: ReadonlyArray<Row>): Branch => {
  const root = branch()
  for (const { path, when } of rows) {
    let at = root
    for (const name of path) at = name.endsWith("*") ? grown(at.beginnings, name.slice(0, -1)) : grown(at.names, name)
    at.ends.push(when)
  }
  return root
}

/** Where we are in the object, from the inside out. */
interface Trail {
  readonly step: SetStep
  readonly up: Trail | undefined
}

const pathOf = (trail: Trail | undefined): ReadonlyArray<SetStep> =>
  trail === undefined ? [] : [...pathOf(trail.up), trail.step]

type Sets = () => SetFields | undefined

const isMissing = (sets: ReadonlyArray<JsonObject> | undefined, trail: Trail) =>
  sets !== undefined && !isSet(sets, pathOf(trail))

const isSame = (left: Json | undefined, right: Json) => left !== undefined && sameData(left, right)

const holds = (condition: Condition, value: Json, trail: Trail, object: JsonObject, sets: Sets): boolean => {
  switch (condition._tag) {
    case "Is":
      return isSame(value, condition.value)
    case "IsNot":
      return !isSame(value, condition.value)
    case "Begins":
      return typeof value === "string" && value.startsWith(condition.with)
    case "NobodySet":
      return isMissing(sets()?.byAnybody, trail)
    case "NobodyAsked":
      return isMissing(sets()?.byPeople, trail)
    case "Annotated": {
      const annotations = valueAt(object, ["metadata", "annotations"])
      return isObject(annotations) && condition.names.some((name) => Object.hasOwn(annotations, name))
    }
    case "Beside":
      return valueAt(object, condition.path) !== undefined
    case "Unless":
      return !isSame(valueAt(object, condition.path), condition.value)
  }
}

const none: ReadonlyArray<Branch> = []

const onward = (branches: ReadonlyArray<Branch>, name: string): ReadonlyArray<Branch> => {
  let found = none
  for (const { beginnings, names } of branches) {
    const exact = names.get(name)
    if (exact !== undefined) found = [...found, exact]
    for (const [beginning, next] of beginnings) if (name.startsWith(beginning)) found = [...found, next]
  }
  return found
}

/** Gives a function that takes out what the rows name; `undefined` stands for what is gone or left empty. */
export const pruning = (rows: ReadonlyArray<Row>): (object: JsonObject) => JsonObject => {
  const root = treeOf(rows)
  return (object) => {
    let known: { readonly sets: SetFields | undefined } | undefined
    const sets = () => (known ??= { sets: setFields(object) }).sets

    const prunedField = (value: Json, branches: ReadonlyArray<Branch>, trail: Trail): Json | undefined =>
      branches.some(({ ends }) =>
          ends.some((conditions) => conditions.every((condition) => holds(condition, value, trail, object, sets)))
        )
        ? undefined
        : pruned(value, branches, trail)

    const prunedList = (list: ReadonlyArray<Json>, branches: ReadonlyArray<Branch>, trail: Trail | undefined) => {
      const next = onward(branches, "")
      if (next.length === 0) return list
      const kept: Array<Json> = []
      for (const item of list) {
        const left = prunedField(item, next, { step: { item }, up: trail })
        if (left !== undefined) kept.push(left)
      }
      if (kept.length === list.length && kept.every((item, index) => item === list[index])) return list
      return kept.length === 0 ? undefined : kept
    }

    const prunedMap = (map: JsonObject, branches: ReadonlyArray<Branch>, trail: Trail | undefined) => {
      let kept: Record<string, Json> | undefined
      for (const name of Object.keys(map)) {
        const value = map[name] ?? null
        const next = onward(branches, name)
        const left = next.length === 0 ? value : prunedField(value, next, { step: name, up: trail })
        if (left === value) continue
        kept ??= { ...map }
        if (left === undefined) delete kept[name]
        else kept[name] = left
      }
      if (kept === undefined) return map
      return Object.keys(kept).length === 0 ? undefined : kept
    }

    const pruned = (value: Json, branches: ReadonlyArray<Branch>, trail: Trail | undefined): Json | undefined => {
      if (Array.isArray(value)) return prunedList(value, branches, trail)
      return isObject(value) ? prunedMap(value, branches, trail) : value
    }

    return prunedMap(object, [root], undefined) ?? {}
  }
}
