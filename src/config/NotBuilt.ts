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
  readonly refuses?: (value: unknown) => boolean
  readonly message: (value: unknown) => string
}

const is = (...values: ReadonlyArray<string>) => (value: unknown) => typeof value === "string" && values.includes(value)

const noRestoring = "this version restores nothing by itself"

const key = (name: string, why: string): string => `"${name}" isn't built yet: ${why}; leave the key out`

const table: ReadonlyArray<Row> = [
  {
    path: ["restore"],
    refuses: is("auto"),
    message: () => `"restore: auto" isn't built yet: ${noRestoring}; use "off" or leave the key out`
  },
  { path: ["volumes"], message: () => key("volumes", noRestoring) }
]

interface Hit {
  readonly path: Path
  readonly value: unknown
}

const hits = (value: unknown, pattern: ReadonlyArray<string>, path: Path): ReadonlyArray<Hit> => {
  const [next, ...rest] = pattern
  if (next === undefined) return [{ path, value }]
  if (next === "*") {
    return Array.isArray(value)
      ? value.flatMap((item, index) => hits(item, rest, [...path, index]))
      : []
  }
  return typeof value === "object" && value !== null && Object.hasOwn(value, next)
    ? hits(Reflect.get(value, next), rest, [...path, next])
    : []
}

/** Every value in the text that isn't built yet. A row without a choice stands at its key, one with a choice at the value. */
export const notBuilt = (text: ConfigText): ReadonlyArray<PathMistake> =>
  table.flatMap(({ message, path, refuses }) =>
    hits(text.data, path, []).filter(({ value }) => refuses?.(value) ?? true).map((hit) => ({
      path: hit.path,
      mistake: {
        ...refuses === undefined ? text.keyPlaceOf(hit.path) : text.placeOf(hit.path),
        message: message(hit.value)
      }
    }))
  )
