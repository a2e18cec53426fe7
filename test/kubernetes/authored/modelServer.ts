// A server as a pure function: it fills in, mirrors and insists like the API server, at random.
import * as fc from "fast-check"
import { isDeepStrictEqual } from "node:util"
import type { ProbeAnswer } from "../../../src/kubernetes/authored/findDefaults.ts"
import { type Leaf, withoutLeaves } from "../../../src/kubernetes/authored/Leaf.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { isObject } from "../../../src/manifest/ServerFields.ts"

/** How a server treats a map: what it fills in, which two fields mirror each other, what it insists on. */
export interface Habits {
  readonly defaults: JsonObject
  readonly mirrored: boolean
  readonly required: ReadonlyArray<string>
  /** Whether it names what it misses. */
  readonly telling: boolean
  /** Fields that it fills in when another is missing. */
  readonly instead: Readonly<Record<string, string>>
}

const names = ["a", "b", "c", "d", "left", "right"]
const value = fc.constantFrom(1, 2, "Fast", "Safe", "x", true)
const map = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 })

export const anyHabits: fc.Arbitrary<Habits> = fc.record({
  defaults: map,
  mirrored: fc.boolean(),
  required: fc.uniqueArray(fc.constantFrom("a", "b"), { maxLength: 1 }),
  telling: fc.boolean(),
  instead: fc.dictionary(fc.constantFrom("a", "c"), fc.constantFrom("extra"), { maxKeys: 1 })
})

export const anySpec = fc.record({
  ...Object.fromEntries(names.map((name) => [name, value])),
  inner: map,
  list: fc.array(fc.record({ n: value, f: value }, { requiredKeys: ["n"] }), { minLength: 1, maxLength: 3 })
}, { requiredKeys: [] })

const filled = (habits: Habits, given: JsonObject): JsonObject => {
  const mirror = (from: string, to: string) =>
    habits.mirrored && from in given && !(to in given) ? { [to]: given[from] ?? null } : {}
  const instead = Object.entries(habits.instead).filter(([missing]) => !(missing in given)).map(([, name]) => [name, 1])
  return {
    ...habits.defaults,
    ...Object.fromEntries(instead),
    ...mirror("left", "right"),
    ...mirror("right", "left"),
    ...given
  }
}

export const serve = (habits: Habits, { spec = {} }: JsonObject): ProbeAnswer => {
  const given = isObject(spec) ? spec : {}
  const missing = habits.required.filter((name) => !(name in given))
  if (missing.length > 0) {
    return {
      _tag: "Invalid",
      fields: habits.telling
        ? missing.map((name) => `spec.${name}`)
        : []
    }
  }
  const { inner, list, ...rest } = given
  const items = Array.isArray(list) ? list.map((item: Json) => isObject(item) ? { f: 1, ...item } : item) : undefined
  const made = {
    ...filled(habits, rest),
    ...isObject(inner) ? { inner: filled({ ...habits, defaults: { d: 2 } }, inner) } : {},
    ...items === undefined ? {} : { list: items }
  }
  return { _tag: "Made", object: { metadata: { uid: String(Math.random()) }, spec: made } }
}

export const leavesOf = (value: Json, path: Leaf["path"], general: string): ReadonlyArray<Leaf> => {
  if (Array.isArray(value))
    return value.flatMap((item: Json, index) => leavesOf(item, [...path, index], `${general}/*`))
  if (isObject(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([name, entry]) => leavesOf(entry, [...path, name], `${general}/${name}`))
  return [{ path, general, value, isUnclear: true }]
}

/** The object that it makes of what somebody wrote; `undefined` when it refuses. What it fills in may make it fill in more. */
export const settled = (habits: Habits, spec: JsonObject): JsonObject | undefined => {
  const first = serve(habits, { spec })
  const second = first._tag === "Made" ? serve(habits, first.object) : first
  return second._tag === "Made" ? { spec: second.object["spec"] ?? {} } : undefined
}

/** Whether it makes the same object again when these leaves are left out. */
export const restores = (habits: Habits, live: JsonObject, out: ReadonlyArray<Leaf>): boolean => {
  const answer = serve(habits, withoutLeaves(live, out))
  return answer._tag === "Made" && isDeepStrictEqual(answer.object["spec"], live["spec"])
}
