/**
 * What the server is known to put where a field is left out. One look at one object seldom says it all: a port's target that came out as
 * 80 may be always 80, or the same as the port beside it. So what is known is all that fits what was seen. Pure.
 */
import { Predicate } from "effect"
import { canonical } from "../../manifest/edit/SameData.ts"
import type { Json } from "../../manifest/Manifest.ts"
import type { Situated } from "./Shape.ts"

/** `nothing`: it puts nothing there. `beside`: what stands in that field of the same map. `kept`: the field can't be left out. */
export type Default =
  | { readonly _tag: "Nothing" }
  | { readonly _tag: "Kept" }
  | { readonly _tag: "Always"; readonly value: string }
  | { readonly _tag: "Beside"; readonly name: string }

/** Never empty when something was seen; empty when what was seen doesn't fit together. */
export type Known = ReadonlyArray<Default>

const isTelling = (value: Json): boolean => Predicate.isNumber(value) || (Predicate.isString(value) && value !== "")

/** What one answer says of a leaf that was left out. @param given `undefined`: nothing stands there. */
export const seen = (leaf: Situated, given: Json | undefined): Known => {
  if (given === undefined) return [{ _tag: "Nothing" }]
  const value = canonical(given)
  const own = leaf.path.at(-1)
  const twins = Object.entries(leaf.beside).filter(([name, beside]) => name !== own && canonical(beside) === value)
  return [
    { _tag: "Always", value },
    ...(isTelling(given) ? twins.map(([name]): Default => ({ _tag: "Beside", name })) : [])
  ]
}

export const kept: Known = [{ _tag: "Kept" }]

const same = (left: Default, right: Default) => canonical({ ...left }) === canonical({ ...right })

/** What fits both. */
export const both = (before: Known | undefined, now: Known): Known =>
  before === undefined ? now : before.filter((one) => now.some((other) => same(one, other)))

const isGiven = (leaf: Situated, known: Default): boolean => {
  switch (known._tag) {
    case "Nothing":
    case "Kept":
      return false
    case "Always":
      return canonical(leaf.value) === known.value
    case "Beside": {
      const beside = leaf.beside[known.name]
      return beside !== undefined && canonical(beside) === canonical(leaf.value)
    }
  }
}

/** Whether the leaf is what the server puts there anyway; `undefined`: that can't be said. */
export const isDefault = (leaf: Situated, known: Known | undefined): boolean | undefined => {
  if (known === undefined || known.length === 0) return undefined
  const answers = new Set(known.map((one) => isGiven(leaf, one)))
  return answers.size === 1 ? answers.has(true) : undefined
}
