/** Whether a filter fits what a schema says of a kind: what it takes has to exist, and to be something that can be owned on its own. */
import { formatStep } from "../manifest/FieldPath.ts"
import type { FieldType, KeyedList, Struct } from "../manifest/FieldType.ts"
import { nearest } from "../manifest/Nearest.ts"
import { quoted } from "../manifest/quoted.ts"
import type { Filter, Segment } from "./Filter.ts"

export interface FilterProblem {
  /** Missing: there is no such field, so nothing is taken. Unfit: it can't be taken as it is written. */
  readonly _tag: "Missing" | "Unfit"
  /** What is wrong and what to write instead; completes `"…" is "…"; `. */
  readonly message: string
}

type Failure = FilterProblem & { readonly depth: number }

const textOf = (segment: Segment): string => {
  switch (segment._tag) {
    case "Any":
      return "*"
    case "Field":
      return formatStep(segment)
    case "Keys":
      return formatStep({ _tag: "Item", keys: segment.keys })
  }
}

const pointer = (segments: ReadonlyArray<Segment>) => segments.map((segment) => `/${textOf(segment)}`).join("")

const example = (keys: ReadonlyArray<string>) => `[${keys.map((key) => `${key}=…`).join(",")}]`

const listed = (names: ReadonlyArray<string>) =>
  names.length <= 12 ? names.join(", ") : `${names.slice(0, 12).join(", ")} and ${names.length - 12} more`

/** Walks one filter through a schema. Remembers what failed, so that `*` over types that refer to themselves stays cheap. */
class Walk {
  readonly #segments: ReadonlyArray<Segment>
  readonly #failed = new Map<FieldType, Map<number, Failure>>()

  constructor(segments: ReadonlyArray<Segment>) {
    this.#segments = segments
  }

  /** The failure of what begins at `depth`, in a field of this type. */
  from(type: FieldType, depth: number): Failure | undefined {
    const segment = this.#segments[depth]
    if (segment === undefined) return undefined
    const known = this.#failed.get(type)?.get(depth)
    if (known !== undefined) return known
    const failure = this.#into(type, segment, depth)
    if (failure !== undefined)
      this.#failed.set(type, (this.#failed.get(type) ?? new Map<number, Failure>()).set(depth, failure))
    return failure
  }

  #into(type: FieldType, segment: Segment, depth: number): Failure | undefined {
    const here = this.#pointer(depth)
    switch (type._tag) {
      case "Scalar":
        // Under a "*" most fields are single values: they say the least about what was meant
        return unfit(depth - 1, `"${here}" is a single value with nothing below it: write "${here}"`)
      case "Atomic":
        return unfit(depth, `the ${type.shape} "${here}" has one owner as a whole: write "${here}"`)
      case "ValueSet":
        return unfit(depth, `"${here}" is a set of values, which can only be taken together: write "${here}"`)
      case "Unknown":
        return segment._tag === "Keys"
          ? unfit(
            depth,
            `the schema says nothing of "${here}", and then a list has one owner as a whole: write "${here}"`
          )
          : this.from(type, depth + 1)
      case "KeyedList":
        return this.#intoList(type, segment, depth)
      case "Struct":
        return this.#intoMap(type, segment, depth)
    }
  }

  #intoList({ item, keys }: KeyedList, segment: Segment, depth: number): Failure | undefined {
    const here = this.#pointer(depth)
    const rest = pointer(this.#segments.slice(depth + 1))
    if (segment._tag === "Field") {
      const { name } = segment
      const isOfItem = item._tag === "Struct" && item.fields.has(name)
      const cure = isOfItem ? `/*/${name}` : keys.length === 1 ? `/[${keys[0]}=${name}]` : `/${example(keys)}`
      return unfit(
        depth,
        `"${here}" is a list, whose items are told apart by ${keys.join(" and ")}: write "${here}${cure}${rest}"${
          isOfItem ? "" : `, or "${here}/*${rest}" for every item`
        }`
      )
    }
    const wrong = segment._tag === "Keys" ? Object.keys(segment.keys).find((key) => !keys.includes(key)) : undefined
    return wrong === undefined
      ? this.from(item, depth + 1)
      : unfit(
        depth,
        `the items of "${here}" are told apart by ${keys.join(" and ")}, not by ${wrong}: write "${here}/${
          example(keys)
        }${rest}"`
      )
  }

  #intoMap(struct: Struct, segment: Segment, depth: number): Failure | undefined {
    const here = this.#pointer(depth)
    switch (segment._tag) {
      case "Keys":
        return unfit(depth, `"${here}" is a map and no list: write the name of a field, or "${here}/*" for all of them`)
      case "Any":
        return this.#intoEach(struct, depth)
      case "Field": {
        const next = struct.fields.get(segment.name)?.() ?? struct.rest
        return next === undefined ? missing(struct, here, segment.name, depth) : this.from(next, depth + 1)
      }
    }
  }

  /** It is enough that one of the fields fits; else what fitted furthest tells the most. */
  #intoEach({ fields, rest }: Struct, depth: number): Failure | undefined {
    let furthest: Failure | undefined
    for (const type of [...fields.values(), ...rest === undefined ? [] : [() => rest]]) {
      const failure = this.from(type(), depth + 1)
      if (failure === undefined) return undefined
      if (furthest === undefined || failure.depth > furthest.depth) furthest = failure
    }
    return furthest
  }

  #pointer(depth: number) {
    return pointer(this.#segments.slice(0, depth))
  }
}

const unfit = (depth: number, message: string): Failure => ({ _tag: "Unfit", message, depth })

const missing = ({ fields }: Struct, here: string, name: string, depth: number): Failure => {
  const names = [...fields.keys()].toSorted()
  const meant = nearest(name, names)
  const where = here === "" ? "the object" : `"${here}"`
  const cure = meant === undefined
    ? `; it has ${names.length === 0 ? "none" : listed(names)}`
    : `; did you mean "${here}/${meant}"?`
  return { _tag: "Missing", message: `${where} has no field ${quoted(name)}${cure}`, depth }
}

/** What is wrong with a filter for objects of this type; `undefined`: nothing. */
export const checkFilter = (filter: Filter, type: FieldType): FilterProblem | undefined => {
  const failure = new Walk(filter.segments).from(type, 0)
  return failure === undefined ? undefined : { _tag: failure._tag, message: failure.message }
}
