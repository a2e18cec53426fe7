/** Why a rule has nothing to say of an object, in words. Pure; says what `Ruleset` decides. */
import { kindId } from "../manifest/ObjectKey.ts"
import { quoted } from "../manifest/quoted.ts"
import * as Glob from "../rules/Glob.ts"
import * as KindScope from "../rules/KindScope.ts"
import type { Rule } from "../rules/Rule.ts"
import { isNameOf, type KindNames, type Labels, matchesKind, type Subject } from "../rules/Ruleset.ts"
import * as Selector from "../rules/Selector.ts"

const listed = (words: ReadonlyArray<string>) => words.map(quoted).join(", ")

const isOutside = (globs: ReadonlyArray<string>, word: string) =>
  globs.length > 0 && !globs.some((glob) => Glob.matches(glob, word))

const ofKind = (rule: Rule, kind: KindNames): string | undefined => {
  if (matchesKind(rule, kind)) return undefined
  if (KindScope.isNeverSynced(kind)) return `${kindId(kind)} is never synced, as nothing of it is stored`
  if (rule.apiGroups.length > 0 && !rule.apiGroups.includes(kind.group))
    return `"apiGroups" is ${listed(rule.apiGroups)}, and the object's group is ${quoted(kind.group)}`
  return rule.resources.length > 0 && !rule.resources.some((resource) => isNameOf(resource, kind))
    ? `"resources" is ${listed(rule.resources)}`
    : `${kindId(kind)} is left alone unless "resources" names it`
}

const labelsText = (labels: Labels): string => {
  const all = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  return all.length === 0 ? "there is none" : `there is ${all.slice(0, 6).join(", ")}${all.length > 6 ? ", ..." : ""}`
}

const sourceLabels = ({ syncTo }: Rule, { git, live }: Subject): Labels =>
  (syncTo === "kubernetes" ? git ?? live : live ?? git) ?? {}

/** `undefined`: it has something to say. */
export const whyNot = (rule: Rule, kind: KindNames, subject: Subject): string | undefined => {
  const reason = ofKind(rule, kind)
  if (reason !== undefined) return reason
  if (isOutside(rule.namespaces, subject.namespace)) return `"namespaces" is ${listed(rule.namespaces)}`
  if (isOutside(rule.names, subject.name)) return `"names" is ${listed(rule.names)}`
  const labels = sourceLabels(rule, subject)
  return rule.labels === undefined || Selector.matches(rule.labels, labels)
    ? undefined
    : `"labels" is ${quoted(rule.labels.text)}, and ${labelsText(labels)}`
}
