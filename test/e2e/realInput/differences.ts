import type { JsonValue } from "./StoredObject.ts"

const isTree = (value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } =>
  typeof value === "object" && value !== null

const show = (value: JsonValue | undefined) => value === undefined ? "nothing" : JSON.stringify(value)

/** One line for each place where two values differ, by JSON pointer. */
export const differences = (
  expected: JsonValue | undefined,
  found: JsonValue | undefined,
  at = ""
): ReadonlyArray<string> => {
  if (isTree(expected) && isTree(found) && Array.isArray(expected) === Array.isArray(found)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(found)])
    return [...keys].flatMap((key) => differences(expected[key], found[key], `${at}/${key.replaceAll("/", "~1")}`))
  }
  return Object.is(expected, found) ? [] : [`${at}: kubectl ${show(expected)}, here ${show(found)}`]
}
