/** A value that is owned whole, in Git and in the cluster: whether the two agree, and what Git says once they do. Pure. */
import { isList, type Value } from "../../../kubernetes/fields/JsonValue.ts"
import { field, type FieldPath } from "../../../manifest/FieldPath.ts"
import type { FieldType } from "../../../manifest/FieldType.ts"
import type { Json, JsonObject } from "../../../manifest/Manifest.ts"
import { isObject } from "../../../manifest/ServerFields.ts"
import { stands } from "./SameMeaning.ts"

/**
 * Whether Git says what is live: all that it states is so, and it states all that somebody wrote.
 * @param wanted What somebody wrote of the live value; `undefined`: all of it counts.
 */
export const agree = (
  git: Value,
  live: Value,
  wanted: Value,
  path: FieldPath,
  type: FieldType | undefined
): boolean => stands(git, live, path, type) && stands(wanted ?? live, git, path, type)

const mergedItems = (
  git: ReadonlyArray<Json>,
  live: ReadonlyArray<Json>,
  wanted: ReadonlyArray<Json>,
  path: FieldPath
): Json => {
  if (wanted.length !== live.length) return wanted
  const left = new Set(git.keys())
  return live.map((item, index) => {
    const below: FieldPath = [...path, { _tag: "Index", index }]
    const same = [...left].find((at) => agree(git[at], item, wanted[index], below, undefined))
    if (same !== undefined) left.delete(same)
    return (same === undefined ? wanted[index] : git[same]) ?? null
  })
}

const mergedFields = (git: JsonObject, live: JsonObject, wanted: JsonObject, path: FieldPath): Json => {
  const stated = Object.keys(git).filter((name) => live[name] !== undefined && live[name] !== null)
  const added = Object.keys(wanted).filter((name) => git[name] === undefined || git[name] === null)
  return Object.fromEntries([
    ...stated.filter((name) => !added.includes(name)).map((name) =>
      [name, merged(git[name] ?? null, live[name] ?? null, wanted[name], [...path, field(name)])] as const
    ),
    ...added.map((name) => [name, wanted[name] ?? null] as const)
  ])
}

/** The live value, spelt as Git spells it where that means the same, and without what nobody wrote. */
export const merged = (git: Json, live: Json, wanted: Value, path: FieldPath): Json => {
  if (agree(git, live, wanted, path, undefined)) return git
  const written = wanted ?? live
  if (isList(git) && isList(live) && isList(written)) return mergedItems(git, live, written, path)
  if (isObject(git) && isObject(live) && isObject(written)) return mergedFields(git, live, written, path)
  return written
}
