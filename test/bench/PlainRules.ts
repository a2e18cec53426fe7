// The peer of the rules benchmark: the same rules, read for each object and each field anew, as one would write it down first.
import { isDeepStrictEqual } from "node:util"
import type { Json, JsonObject } from "../../src/manifest/Manifest.ts"
import { isObject } from "../../src/manifest/ServerFields.ts"
import type { Rule } from "../../src/rules/Rule.ts"

interface PlainRule {
  readonly rule: Rule
  readonly namespaces: ReadonlyArray<RegExp>
  readonly names: ReadonlyArray<RegExp>
  readonly label: { readonly key: string; readonly values: ReadonlyArray<string> } | undefined
  readonly pointers: ReadonlyArray<ReadonlyArray<string>>
}

const glob = (pattern: string) =>
  new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".")}$`)

const labelOf = (text: string): PlainRule["label"] => {
  const [, key = "", values = ""] = /^(\S+) in \((.*)\)$/.exec(text) ?? []
  return { key, values: values.split(",").map((value) => value.trim()) }
}

const plain = (rule: Rule): PlainRule => ({
  rule,
  namespaces: rule.namespaces.map(glob),
  names: rule.names.map(glob),
  label: rule.labels === undefined ? undefined : labelOf(rule.labels.text),
  pointers: rule.filters.map(({ text }) =>
    text.slice(1).split("/").map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"))
  )
})

const isAny = (patterns: ReadonlyArray<RegExp>, text: string) =>
  patterns.length === 0 || patterns.some((pattern) => pattern.test(text))

interface Metadata {
  readonly namespace: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

const concerns = ({ label, names, namespaces }: PlainRule, { labels, name, namespace }: Metadata) =>
  isAny(namespaces, namespace) && isAny(names, name) &&
  (label === undefined || label.values.includes(labels[label.key] ?? ""))

const isPrefix = (pointer: ReadonlyArray<string>, path: ReadonlyArray<string>) =>
  pointer.length <= path.length && pointer.every((segment, at) => segment === "*" || segment === path[at])

const keyOf: Readonly<Record<string, string>> = { containers: "name", env: "name", ports: "containerPort" }

/** The manifest without the fields that are not Git's. */
export const plainly = (rules: ReadonlyArray<Rule>): (manifest: JsonObject) => JsonObject => {
  const all = rules.map(plain)
  return (manifest) => {
    const metadata = manifest["metadata"] as unknown as Metadata
    const matching = all.filter((rule) => concerns(rule, metadata))
    const isGits = (path: ReadonlyArray<string>) => {
      const owner = matching.find(({ pointers }) =>
        pointers.length === 0 || pointers.some((pointer) => isPrefix(pointer, path))
      )
      return owner?.rule.syncTo === "kubernetes"
    }
    const kept = (value: Json, path: ReadonlyArray<string>): Json | undefined => {
      const key = keyOf[path.at(-1) ?? ""]
      if (Array.isArray(value) && key !== undefined) {
        return value.map((item: JsonObject) => {
          const inside = kept(item, [...path, `[${key}=${String(item[key])}]`])
          return { [key]: item[key] ?? null, ...isObject(inside) ? inside : {} }
        })
      }
      if (!isObject(value)) return isGits(path) ? value : undefined
      const entries = Object.entries(value).flatMap(([name, below]) => {
        const cut = kept(below, [...path, name])
        return cut === undefined ? [] : [[name, cut] as const]
      })
      return entries.length === 0 ? undefined : Object.fromEntries(entries)
    }
    const cut = kept(manifest, [])
    return isObject(cut) ? cut : {}
  }
}

/** That both say the same, or there would be nothing to compare. */
export const mustAgree = (ours: JsonObject, theirs: JsonObject): void => {
  if (!isDeepStrictEqual(ours, theirs))
    throw new Error(`Not the same:\n${JSON.stringify(ours)}\n${JSON.stringify(theirs)}`)
}
