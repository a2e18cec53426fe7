/**
 * What has to change in a manifest so that it says what the cluster says, in the fields that the cluster decides: only what really differs,
 * and of what Git lacks only what somebody set. Pure.
 */
import { isList } from "../../../kubernetes/fields/JsonValue.ts"
import { sameData } from "../../../manifest/edit/SameData.ts"
import type { FieldChange } from "../../../manifest/FieldChange.ts"
import type { KeyedList, ValueSet } from "../../../manifest/FieldType.ts"
import type { Json } from "../../../manifest/Manifest.ts"
import { isObject } from "../../../manifest/ServerFields.ts"
import { arrangement } from "./arrangement.ts"
import { isKeyed, itemsOf } from "./ListSteps.ts"
import { isHusk, mayBeLeftOut } from "./SameMeaning.ts"
import { down, fieldsOf, isAllInScope, isFieldwise, isOutOfScope, rootOf, type Sides, type Spot } from "./Spot.ts"
import { agree, merged } from "./Whole.ts"

type Changes = ReadonlyArray<FieldChange>

const none: Changes = []

const set = ({ path, written }: Spot, value: Json): Changes => [{ _tag: "Set", path, value, previous: written }]

const remove = ({ path, written }: Spot): Changes =>
  written === undefined || written === null ? none : [{ _tag: "Remove", path, previous: written }]

/** The part of the value that Git shall have and that is in scope. */
const partInScope = (spot: Spot): Json | undefined => {
  if (isAllInScope(spot)) return spot.wanted
  if (isOutOfScope(spot)) return undefined
  if (isFieldwise(spot)) {
    const parts = fieldsOf(spot).flatMap((below) => {
      const name = below.path.at(-1)
      const part = partInScope(below)
      return part === undefined || name?._tag !== "Field" ? [] : [[name.name, part] as const]
    })
    return parts.length > 0 ? Object.fromEntries(parts) : undefined
  }
  return spot.scope.includes && isKeyed(spot.type) ? itemsInScope(spot, spot.type) : undefined
}

/** An item lives with its list, whatever is owned inside it. */
const itemsInScope = (spot: Spot, type: KeyedList | ValueSet): Json | undefined => {
  const items = [...itemsOf(spot.wanted, type)?.values() ?? []].filter(({ step }) => spot.scope.at(step).includes)
  return items.length > 0 ? items.map(({ value }) => value) : undefined
}

const added = (spot: Spot): Changes => {
  const { live, scope, type, written } = spot
  if (written === undefined && !scope.includes && isFieldwise(spot)) return fieldsOf(spot).flatMap(changesAt)
  if (written !== undefined && written !== null) {
    // Git states it, and its portable form does not: nobody's business, but for what is new beside that.
    if (isObject(written) && isFieldwise(spot)) return fieldsOf(spot).flatMap(changesAt)
    return isKeyed(type) && isList(written) && isList(live) ? itemChanges(spot, type) ?? none : none
  }
  const part = partInScope(spot)
  return part === undefined || isHusk(part, spot.path) ? none : set(spot, part)
}

const removed = (spot: Spot): Changes => {
  const { git = null, path, type, written } = spot
  if (type === undefined || written === undefined || mayBeLeftOut(git, path, type)) return none
  // What the portable form leaves out stays, and so does what is not in scope.
  if (isAllInScope(spot) && sameData(git, written)) return remove(spot)
  if (isFieldwise(spot)) return fieldsOf(spot).flatMap(changesAt)
  const changes = isKeyed(type) && isList(git) ? itemChanges(spot, type) : undefined
  return changes ?? (isAllInScope(spot) ? remove(spot) : none)
}

const replaced = (spot: Spot): Changes => {
  const { git = null, live = null, path, type, wanted } = spot
  if (agree(git, live, wanted, path, type) || !isAllInScope(spot)) return none
  return set(spot, merged(git, live, wanted, path))
}

/** Items that go, then what changes inside others, then items that come, then their order. */
const itemChanges = (spot: Spot, type: KeyedList | ValueSet): Changes | undefined => {
  const [git, live, wanted] = [itemsOf(spot.git, type), itemsOf(spot.live, type), itemsOf(spot.wanted, type)]
  const written = itemsOf(spot.written, type)
  if (git === undefined || live === undefined || wanted === undefined || written === undefined) return undefined
  const items = [...new Map([...git, ...live])].map(([key, { step }]) => {
    const item = down(spot, step, {
      written: written.get(key)?.value,
      git: git.get(key)?.value,
      live: live.get(key)?.value,
      wanted: wanted.get(key)?.value
    })
    return { key, item, comesAndGoes: spot.scope.includes && item.scope.includes }
  })
  const gone = items.filter(({ item, comesAndGoes }) => item.live === undefined && comesAndGoes)
  const come = items.filter(({ item, comesAndGoes }) =>
    item.git === undefined && item.written === undefined && item.wanted !== undefined && comesAndGoes
  )
  const inside = type._tag === "ValueSet" ?
    [] :
    items.filter(({ item }) => item.git !== undefined && item.live !== undefined)
  const order = type._tag === "ValueSet" ? undefined : arrangement({
    before: [...written.values()].map(({ step }) => step),
    gone: new Set(gone.map(({ key }) => key)),
    come: come.map(({ item }) => item.path.at(-1)).filter((step) => step !== undefined),
    live: [...live.keys()],
    scope: spot.scope
  })
  return [
    ...gone.flatMap(({ item }) => remove(item)),
    ...inside.flatMap(({ item }) => insideChanges(item, type)),
    ...come.flatMap(({ item }) => set(item, item.wanted ?? null)),
    ...order === undefined ? [] : [{ _tag: "Arrange", path: spot.path, order } as const]
  ]
}

/** Its keys are none of its fields: Git may leave one to its default. */
const insideChanges = (item: Spot, type: KeyedList | ValueSet): Changes =>
  type._tag === "KeyedList" && isFieldwise(item)
    ? fieldsOf(item, type.keys).flatMap(changesAt)
    : replaced(item)

const changesAt = (spot: Spot): Changes => {
  const { git, live, type } = spot
  if (isOutOfScope(spot)) return none
  if (git === undefined) return live === undefined ? none : added(spot)
  if (live === undefined) return removed(spot)
  if (isFieldwise(spot)) return fieldsOf(spot).flatMap(changesAt)
  if (isKeyed(type) && isList(git) && isList(live)) return itemChanges(spot, type) ?? replaced(spot)
  return replaced(spot)
}

/** Empty when Git says already what is live. In the order in which they can be made. */
export const documentChanges = (sides: Sides): Changes => fieldsOf(rootOf(sides)).flatMap(changesAt)
