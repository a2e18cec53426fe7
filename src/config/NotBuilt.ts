/**
 * What a configuration may say that this version doesn't do yet: refused with a sentence, never accepted and ignored.
 * A table, so that whatever gets built takes its rows away.
 */
import type { ConfigText, Path } from "./ConfigText.ts"
import type { PathMistake } from "./SchemaMistakes.ts"

interface Row {
  /** `*` is any item of a list. */
  readonly path: ReadonlyArray<string>
  /** Of all values the schema knows, those that aren't built; absent: none is. */
  readonly refuses?: (value: unknown, around: unknown) => boolean
  readonly message: (value: unknown) => string
}

const is = (...values: ReadonlyArray<string>) => (value: unknown) => typeof value === "string" && values.includes(value)

const syncsTo = (rule: unknown, ...targets: ReadonlyArray<string>) =>
  typeof rule === "object" && rule !== null && is(...targets)(Reflect.get(rule, "syncTo"))

const table: ReadonlyArray<Row> = [
  {
    path: ["rules", "*", "prune"],
    refuses: (value, rule) => is("owned", "always")(value) && !syncsTo(rule, "git", "both"),
    message: (value) =>
      `"prune: ${String(value)}" isn't built yet for what goes to the cluster: this version deletes nothing there; ` +
      `use "never" or leave the key out`
  }
]

interface Hit {
  readonly path: Path
  readonly value: unknown
  /** The map or list that it stands in. */
  readonly around: unknown
}

const hits = (value: unknown, pattern: ReadonlyArray<string>, path: Path, around?: unknown): ReadonlyArray<Hit> => {
  const [next, ...rest] = pattern
  if (next === undefined) return [{ path, value, around }]
  if (next === "*") {
    return Array.isArray(value)
      ? value.flatMap((item, index) => hits(item, rest, [...path, index], value))
      : []
  }
  return typeof value === "object" && value !== null && Object.hasOwn(value, next)
    ? hits(Reflect.get(value, next), rest, [...path, next], value)
    : []
}

/** Every value in the text that isn't built yet. A row without a choice stands at its key, one with a choice at the value. */
export const notBuilt = (text: ConfigText): ReadonlyArray<PathMistake> =>
  table.flatMap(({ message, path, refuses }) =>
    hits(text.data, path, []).filter(({ around, value }) => refuses?.(value, around) ?? true).map((hit) => ({
      path: hit.path,
      mistake: {
        ...refuses === undefined ? text.keyPlaceOf(hit.path) : text.placeOf(hit.path),
        message: message(hit.value)
      }
    }))
  )
