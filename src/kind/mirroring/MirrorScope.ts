/** Which fields of an object the cluster decides, or decides together with Git: those of active rules that sync to Git. Pure. */
import type { FieldScope } from "../../manifest/FieldScope.ts"
import type { Ownership, Rule } from "../../rules/Ruleset.ts"
import { scopeOfRules } from "../GitScope.ts"

/** Whether changes of what this rule owns go to Git, unless it is suspended. */
export const toGit = (rule: Rule | undefined): boolean => rule?.syncTo === "git" || rule?.syncTo === "both"

/** Whether the cluster alone is right about what this rule owns. */
export const isClusters = (rule: Rule | undefined): boolean => rule?.syncTo === "git" && !rule.suspend

/** Whether both sides may change what this rule owns. */
export const isShared = (rule: Rule | undefined): boolean => rule?.syncTo === "both" && !rule.suspend

const isMirrored = (rule: Rule | undefined) => isClusters(rule) || isShared(rule)

/** The rules by which something of the object goes to Git, its lifecycle's first. */
export const mirrorRules = ({ filtered, lifecycle }: Ownership): ReadonlyArray<Rule> =>
  [...lifecycle === undefined ? [] : [lifecycle], ...filtered].filter(isMirrored)

/** Whether the object's life goes to Git: a manifest is made for it, and goes with it. */
export const mirrorsLife = ({ lifecycle }: Ownership): boolean => isMirrored(lifecycle)

/** Whether some of its fields may be changed on both sides. */
export const hasShared = ({ filtered, lifecycle }: Ownership): boolean => isShared(lifecycle) || filtered.some(isShared)

/** The fields about which the cluster alone is right. */
export const clusterScope = (ownership: Ownership): FieldScope => scopeOfRules(ownership, isClusters)

/** The fields that both sides may change. */
export const sharedScope = (ownership: Ownership): FieldScope => scopeOfRules(ownership, isShared)

const textOf = ({ conflict, filters, prune, syncTo }: Rule) =>
  JSON.stringify([syncTo, syncTo === "both" ? conflict : "", prune, filters.map(({ text }) => text)])

const written = ({ filtered, lifecycle }: Ownership): string =>
  [...filtered, ...lifecycle === undefined ? [] : [lifecycle]]
    .map((rule) => isMirrored(rule) ? textOf(rule) : `-${JSON.stringify(rule.filters.map(({ text }) => text))}`)
    .join("\n")

/** Objects that match the same rules share their ownership. */
const fingerprints = new WeakMap<Ownership, string>()

/** Equal for ownerships that mirror the same fields in the same way. */
export const mirrorFingerprint = (ownership: Ownership): string => {
  const known = fingerprints.get(ownership)
  if (known !== undefined) return known
  const fingerprint = written(ownership)
  fingerprints.set(ownership, fingerprint)
  return fingerprint
}

/** For people: `rule 2 (deployments)`. */
export const ruleName = ({ index, resources }: Rule): string =>
  `rule ${index + 1}${resources.length === 0 ? "" : ` (${resources.join(", ")})`}`
