// The keys that a JSON Schema allows, one after the other, as people would name them: commit.author.name, rules[].names.
export interface Key {
  readonly path: string
  readonly isRequired: boolean
  /** Of the key itself. */
  readonly schema: Readonly<Record<string, unknown>>
  readonly description: string
  readonly examples: ReadonlyArray<unknown>
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const inside = (schema: unknown, path: string): ReadonlyArray<Key> => {
  if (!isMap(schema)) return []
  const { items, properties, required } = schema
  const keys = isMap(properties) ? Object.entries(properties) : []
  return [
    ...keys.flatMap(([name, value]) =>
      keysAt(value, path === "" ? name : `${path}.${name}`, Array.isArray(required) && required.includes(name))
    ),
    ...inside(items, `${path}[]`)
  ]
}

const keysAt = (schema: unknown, path: string, isRequired: boolean): ReadonlyArray<Key> => {
  if (!isMap(schema)) return []
  const { description, examples } = schema
  return [
    {
      path,
      isRequired,
      schema,
      description: typeof description === "string" ? description : "",
      examples: Array.isArray(examples) ? examples : []
    },
    ...inside(schema, path)
  ]
}

/** A map before what is in it. */
export const keysOf = (schema: unknown): ReadonlyArray<Key> => inside(schema, "")
