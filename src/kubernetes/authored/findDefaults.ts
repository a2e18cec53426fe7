/**
 * Finds the leaves of an object that the server would put there anyway, by leaving them out: all that may be, then one of each map at a
 * time, then by halves, until what the server makes of the object is the same as of the whole. What is left out at the end was tried.
 */
import { Effect } from "effect"
import { canonical } from "../../manifest/edit/SameData.ts"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import { equal } from "../fields/JsonValue.ts"
import { both, kept, type Known, seen } from "./Defaults.ts"
import { placeOf, valueAt, withoutLeaves } from "./Leaf.ts"
import { isSameAnswer } from "./SameAnswer.ts"
import type { Situated } from "./Shape.ts"

/** What the server makes of an object, or the fields that it complains of: none when it names none. */
export type ProbeAnswer =
  | { readonly _tag: "Made"; readonly object: JsonObject }
  | { readonly _tag: "Invalid"; readonly fields: ReadonlyArray<string> }

export interface Found {
  readonly defaults: ReadonlyArray<Situated>
  /** By the id of a leaf, of all that were asked about. */
  readonly learned: ReadonlyMap<string, Known>
}

/** Leaves of one object that have the same surroundings and value: decided together. */
type Group = ReadonlyArray<Situated>
type Groups = ReadonlyArray<Group>

/** Objects to ask about for one; what is unknown by then stays. */
const mostProbes = 80
const mostAttempts = 6

const isPrefix = (prefix: string, path: string) =>
  path.startsWith(prefix) && (path.length === prefix.length || /[.[]/.test(path.charAt(prefix.length)))

const isNamed = (fields: ReadonlyArray<string>) => (group: Group) =>
  group.some(({ path }) => {
    const place = placeOf(path)
    return fields.some((one) => isPrefix(one, place) || isPrefix(place, one))
  })

const differs = (whole: JsonObject, answer: JsonObject) => (group: Group) =>
  group.some(({ path }) => !equal(valueAt(whole, path), valueAt(answer, path)))

/** One of each map in every round, so that what is left out doesn't take away what it stands in. */
const roundsOf = (groups: Groups): ReadonlyArray<Groups> => {
  const ranks = new Map<string, number>()
  const rounds: Array<Array<Group>> = []
  for (const group of groups) {
    const map = JSON.stringify(group[0]?.path.slice(0, -1))
    const rank = ranks.get(map) ?? 0
    ranks.set(map, rank + 1)
    const round = rounds[rank] ??= []
    round.push(group)
  }
  return rounds
}

const knownOf = (group: Group, given: (leaf: Situated) => Json | undefined): Known =>
  group.map((leaf) => seen(leaf, given(leaf))).reduce<Known | undefined>(both, undefined) ?? kept

class Search<E, R> {
  /** What is known of those that stay. */
  readonly staying = new Map<Group, Known>()
  readonly #form: JsonObject
  readonly #whole: JsonObject
  readonly #probe: (object: JsonObject) => Effect.Effect<ProbeAnswer, E, R>
  #asked = 0

  constructor(
    form: JsonObject,
    whole: JsonObject,
    probe: (object: JsonObject) => Effect.Effect<ProbeAnswer, E, R>
  ) {
    this.#form = form
    this.#whole = whole
    this.#probe = probe
  }

  #without(out: Groups): Effect.Effect<ProbeAnswer, E, R> {
    return Effect.suspend(() => {
      this.#asked += 1
      return this.#asked > mostProbes
        ? Effect.succeed<ProbeAnswer>({ _tag: "Invalid", fields: [] })
        : this.#probe(withoutLeaves(this.#form, out.flat()))
    })
  }

  #isSame(answer: ProbeAnswer): boolean {
    return answer._tag === "Made" && isSameAnswer(this.#whole, answer.object, this.#form)
  }

  /** What the server puts in place of those that must stay. */
  #note(groups: Groups, answer: ProbeAnswer): void {
    const object = answer._tag === "Made" ? answer.object : undefined
    for (const group of groups) this.staying.set(group, knownOf(group, ({ path }) => valueAt(object, path)))
  }

  /** `out` with those of the groups that can be left out too. */
  readonly halve = (out: Groups, groups: Groups): Effect.Effect<Groups, E, R> =>
    Effect.gen({ self: this }, function*() {
      if (groups.length === 0) return out
      const more = [...out, ...groups]
      if (this.#isSame(yield* this.#without(more))) return more
      if (groups.length === 1) {
        for (const group of groups) this.staying.set(group, kept)
        return out
      }
      const middle = Math.ceil(groups.length / 2)
      return yield* this.halve(yield* this.halve(out, groups.slice(0, middle)), groups.slice(middle))
    })

  /** The same, led by what the answers say of each field. */
  readonly settle = (out: Groups, groups: Groups): Effect.Effect<Groups, E, R> =>
    Effect.gen({ self: this }, function*() {
      let left = groups
      for (let attempt = 0; attempt < mostAttempts && left.length > 0; attempt++) {
        const answer = yield* this.#without([...out, ...left])
        if (this.#isSame(answer)) return [...out, ...left]
        const stays = answer._tag === "Made" ? differs(this.#whole, answer.object) : isNamed(answer.fields)
        const staying = left.filter(stays)
        if (staying.length === 0) break
        this.#note(staying, answer)
        left = left.filter((group) => !staying.includes(group))
      }
      return yield* this.halve(out, left)
    })
}

/**
 * `undefined`: the server doesn't take the object under another name, so nothing can be said.
 * @param form The object as it would be created.
 * @param unclear Those of its leaves that may be defaults.
 * @param isLikely Whether a leaf is worth trying at once.
 */
export const findDefaults = Effect.fnUntraced(function*<E, R>(
  form: JsonObject,
  unclear: ReadonlyArray<Situated>,
  isLikely: (leaf: Situated) => boolean,
  probe: (object: JsonObject) => Effect.Effect<ProbeAnswer, E, R>
) {
  const whole = yield* probe(form)
  if (whole._tag === "Invalid") return undefined
  const search = new Search(form, whole.object, probe)
  // Of two fields that mirror each other the first goes: serviceAccount, and not serviceAccountName
  const inOrder = unclear.toSorted((left, right) => left.general < right.general ? -1 : 1)
  const groups: Groups = [...Map.groupBy(inOrder, ({ id, value }) => `${id} ${canonical(value)}`).values()]
  let out = yield* search.settle([], groups.filter((group) => group.every(isLikely)))
  for (const round of roundsOf(groups.filter((group) => !out.includes(group)))) out = yield* search.settle(out, round)
  const learned = new Map<string, Known>()
  for (const group of groups) {
    const known = out.includes(group) ? knownOf(group, ({ value }) => value) : search.staying.get(group) ?? kept
    for (const { id } of group.slice(0, 1)) learned.set(id, both(learned.get(id), known))
  }
  const found: Found = { defaults: out.flat(), learned }
  return found
})
