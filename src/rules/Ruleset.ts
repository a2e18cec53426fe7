/**
 * Who is right about what: the rules as an immutable, numbered value, asked per object and per field path.
 * Pure: the same rules, kind and object always give the same owner.
 */
import type { GroupKind } from "../manifest/ObjectKey.ts"
import * as Glob from "./Glob.ts"
import * as KindScope from "./KindScope.ts"
import type { Ownership } from "./Ownership.ts"
import { OwnershipCache } from "./OwnershipCache.ts"
import type { Rule } from "./Rule.ts"
import * as Selector from "./Selector.ts"

export type { Ownership } from "./Ownership.ts"
export type { Rule } from "./Rule.ts"

export interface Ruleset {
  /** Grows with every change of the rules; what was decided under an older number is decided again. */
  readonly number: number
  readonly rules: ReadonlyArray<Rule>
}

/** The rules that can concern objects of one kind, in order. */
export interface KindRules {
  readonly ruleset: number
  readonly rules: ReadonlyArray<Rule>
}

/** The names a kind is known by. */
export interface KindNames extends GroupKind {
  readonly plural: string
  readonly singular: string
  readonly shortNames: ReadonlyArray<string>
}

/** What rules look at in an object. Labels are read on the side of the rule's source if the object is there, else on the other. */
export interface Subject {
  readonly namespace: string
  readonly name: string
  readonly git: Labels | undefined
  readonly live: Labels | undefined
}

export type Labels = Readonly<Record<string, string>>

const isAny = (patterns: ReadonlyArray<string>) => patterns.length === 0

/** Whether a name in `resources`, in any case, alone or as `resource.group`, is one of this kind. */
export const isNameOf = (resource: string, kind: KindNames): boolean => {
  const wanted = resource.toLowerCase()
  const dot = wanted.indexOf(".")
  const name = dot === -1 ? wanted : wanted.slice(0, dot)
  return (dot === -1 || wanted.slice(dot + 1) === kind.group) &&
    [kind.plural, kind.singular, kind.kind, ...kind.shortNames].some((known) => known.toLowerCase() === name)
}

/** Whether a rule can concern objects of this kind. */
export const matchesKind = (rule: Rule, kind: KindNames): boolean =>
  !KindScope.isNeverSynced(kind) &&
  (isAny(rule.apiGroups) || rule.apiGroups.includes(kind.group)) &&
  (isAny(rule.resources)
    ? !KindScope.isUnsyncedByDefault(kind)
    : rule.resources.some((resource) => isNameOf(resource, kind)))

/** The rules that can concern objects of this kind; none for kinds that are never synced. */
export const forKind = (ruleset: Ruleset, kind: KindNames): KindRules => ({
  ruleset: ruleset.number,
  rules: ruleset.rules.filter((rule) => matchesKind(rule, kind))
})

const sourceLabels = (rule: Rule, subject: Subject): Labels =>
  (rule.syncTo === "kubernetes" ? subject.git ?? subject.live : subject.live ?? subject.git) ?? {}

const matchesObject = (rule: Rule, subject: Subject) =>
  (isAny(rule.namespaces) || rule.namespaces.some((glob) => Glob.matches(glob, subject.namespace))) &&
  (isAny(rule.names) || rule.names.some((glob) => Glob.matches(glob, subject.name))) &&
  (rule.labels === undefined || Selector.matches(rule.labels, sourceLabels(rule, subject)))

const caches = new WeakMap<KindRules, OwnershipCache>()

const cacheOf = (rules: KindRules): OwnershipCache => {
  const known = caches.get(rules)
  if (known !== undefined) return known
  const cache = new OwnershipCache()
  caches.set(rules, cache)
  return cache
}

/** Who decides about an object. Objects of a kind that match the same rules get the same value. */
export const ownership = (rules: KindRules, subject: Subject): Ownership =>
  cacheOf(rules).of(rules.rules, (rule) => matchesObject(rule, subject))
