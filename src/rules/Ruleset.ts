/**
 * Who is right about what: the rules as an immutable, numbered value, asked per object and per field path.
 * Pure: the same rules, kind and object always give the same owner.
 */
import type { GroupKind } from "../manifest/ObjectKey.ts"
import * as Glob from "./Glob.ts"
import * as KindScope from "./KindScope.ts"
import * as Selector from "./Selector.ts"

/** One rule of the configuration, decoded. */
export interface Rule {
  /** Counted from 0, in the order of the file: the first that matches wins. */
  readonly index: number
  /** Where it stands in the configuration file. */
  readonly place: { readonly line: number; readonly column: number }
  readonly apiGroups: ReadonlyArray<string>
  readonly resources: ReadonlyArray<string>
  readonly labels: Selector.Selector | undefined
  readonly namespaces: ReadonlyArray<string>
  readonly names: ReadonlyArray<string>
  readonly syncTo: "kubernetes" | "ignore"
  readonly suspend: boolean
}

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

const namesResource = (rule: Rule, kind: KindNames) => {
  const known = [kind.plural, kind.singular, kind.kind, ...kind.shortNames].map((name) => name.toLowerCase())
  return rule.resources.some((resource) => known.includes(resource.toLowerCase()))
}

const matchesKind = (rule: Rule, kind: KindNames) =>
  (isAny(rule.apiGroups) || rule.apiGroups.includes(kind.group)) &&
  (isAny(rule.resources) ? !KindScope.isUnsyncedByDefault(kind) : namesResource(rule, kind))

/** The rules that can concern objects of this kind; none for kinds that are never synced. */
export const forKind = (ruleset: Ruleset, kind: KindNames): KindRules => ({
  ruleset: ruleset.number,
  rules: KindScope.isNeverSynced(kind) ? [] : ruleset.rules.filter((rule) => matchesKind(rule, kind))
})

const sourceLabels = (rule: Rule, subject: Subject): Labels =>
  (rule.syncTo === "kubernetes" ? subject.git ?? subject.live : subject.live ?? subject.git) ?? {}

const matchesObject = (rule: Rule, subject: Subject) =>
  (isAny(rule.namespaces) || rule.namespaces.some((glob) => Glob.matches(glob, subject.namespace))) &&
  (isAny(rule.names) || rule.names.some((glob) => Glob.matches(glob, subject.name))) &&
  (rule.labels === undefined || Selector.matches(rule.labels, sourceLabels(rule, subject)))

/** Who decides about one object: asked once for its life, and per field for what is written. */
export interface Ownership {
  /** The rule that decides whether the object exists, or `undefined` when no rule claims it. */
  readonly lifecycle: Rule | undefined
  /** The rule that owns the field at a JSON pointer (`/spec/replicas`), or `undefined` when no rule claims it. */
  readonly ownerOf: (path: string) => Rule | undefined
}

/** Rules claim whole objects so far: the first that matches owns the life of the object and every field of it. */
export const ownership = (rules: KindRules, subject: Subject): Ownership => {
  const rule = rules.rules.find((candidate) => matchesObject(candidate, subject))
  return { lifecycle: rule, ownerOf: () => rule }
}
