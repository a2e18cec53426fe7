/**
 * How the record writes what it knows of an object: one line, `Kind.group namespace/name` and then words of which none holds a space,
 * so that `kubectl get configmap -o yaml` shows it to a person. Pure.
 */
import { DateTime, Option } from "effect"
import type { Mirrored, Synced } from "../kind/Round.ts"
import type { KindId, ObjectId } from "../manifest/ObjectKey.ts"
import { type GrantEntry, grantMarks } from "./GrantEntry.ts"
import type { ObjectMap } from "./ObjectMap.ts"

/** The words for a value, and the way back; `undefined` for words that are none. */
export interface Words<V> {
  readonly write: (value: V) => string
  readonly read: (words: ReadonlyArray<string>) => { readonly value: V } | undefined
}

const escape = (text: string) => text.replaceAll(/[%\s]/g, (found) => encodeURIComponent(found))

const unescape = Option.liftThrowable(decodeURIComponent)

export const syncedWords: Words<Synced | undefined> = {
  write: (synced) =>
    synced === undefined
      ? ""
      : [synced.payload, synced.owned, ...synced.path === undefined ? [] : [escape(synced.path)]].join(" "),
  read: ([payload, owned, word]) => {
    if (payload === undefined || owned === undefined) return { value: undefined }
    const path = word === undefined ? undefined : Option.getOrUndefined(unescape(word))
    return { value: { payload, owned, ...path === undefined ? {} : { path } } }
  }
}

export const seenWords: Words<Mirrored | undefined> = {
  write: (mirrored) => {
    if (mirrored === undefined) return ""
    const { document, expected = "", fields, live } = mirrored
    const words = [document, live, ...fields === undefined ? [] : [fields, expected]]
    return words.map(escape).join(" ").trimEnd()
  },
  read: (words) => {
    const [document, live, fields, expected] = words.map((word) => Option.getOrUndefined(unescape(word)))
    if (document === undefined || live === undefined) return { value: undefined }
    if (fields === undefined) return { value: words.length > 2 ? undefined : { document, live } }
    return { value: { document, live, fields, ...expected === undefined ? {} : { expected } } }
  }
}

/** `held <basis> <time>`; the time in RFC 3339. */
export const grantWords: Words<GrantEntry> = {
  write: ({ at, basis, mark }) => `${mark} ${basis} ${DateTime.formatIso(DateTime.makeUnsafe(at))}`,
  read: ([word, basis, time]) => {
    const mark = grantMarks.find((known) => known === word)
    const at = Option.map(DateTime.make(time ?? ""), DateTime.toEpochMillis)
    return mark === undefined || basis === undefined || Option.isNone(at)
      ? undefined
      : { value: { mark, basis, at: at.value } }
  }
}

/** Whether both are written the same. */
export const sameBy = <V>({ write }: Words<V>) => (a: V | undefined, b: V | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && write(a) === write(b))

export const lineOf = <V>(words: Words<V>, kind: KindId, id: ObjectId, value: V): string => {
  const written = words.write(value)
  return written === "" ? `${kind} ${id}` : `${kind} ${id} ${written}`
}

/** Reads lines back; those that make no sense are passed over. */
export const readLines = <V>(words: Words<V>, texts: Iterable<string>): ObjectMap<V> => {
  const map = new Map<KindId, Map<ObjectId, V>>()
  for (const text of texts) {
    for (const line of text.split("\n")) {
      const [kind = "", id, ...rest] = line.split(" ")
      const read = id === undefined ? undefined : words.read(rest)
      if (id === undefined || read === undefined) continue
      const entries = map.get(kind) ?? new Map<ObjectId, V>()
      map.set(kind, entries.set(id, read.value))
    }
  }
  return map
}
