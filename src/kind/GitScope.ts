/** Which fields of an object are Git's to state: those of active rules that sync to the cluster, or to both sides. Pure. */
import type { FieldScope } from "../manifest/FieldScope.ts"
import type { OwnerNode, Ownership } from "../rules/Ownership.ts"
import type { Rule } from "../rules/Rule.ts"

/** Whether changes of what this rule owns go to the cluster, unless it is suspended. */
export const toCluster = (rule: Rule | undefined): boolean => rule?.syncTo === "kubernetes" || rule?.syncTo === "both"

/** Whether Git states what this rule owns. */
export const isGit = (rule: Rule | undefined): boolean => toCluster(rule) && rule?.suspend === false

class Scope implements FieldScope {
  readonly includes: boolean
  readonly isUniform: boolean
  readonly #node: OwnerNode
  readonly #isIn: (owner: Rule | undefined) => boolean

  constructor(node: OwnerNode, isIn: (owner: Rule | undefined) => boolean) {
    this.includes = isIn(node.owner)
    this.isUniform = node.isUniform
    this.#node = node
    this.#isIn = isIn
  }

  at(...[step]: Parameters<FieldScope["at"]>): FieldScope {
    const below = this.#node.at(step)
    return below === this.#node ? this : new Scope(below, this.#isIn)
  }
}

/** The fields whose owner is one of these rules. */
export const scopeOfRules = ({ root }: Ownership, isIn: (owner: Rule | undefined) => boolean): FieldScope =>
  new Scope(root, isIn)

/** The fields that Git states; everything else is somebody else's, or nobody's. */
export const gitScope = (ownership: Ownership): FieldScope => scopeOfRules(ownership, isGit)

/** Whether Git decides that the object exists, and so creates it. */
export const ownsLifecycle = ({ lifecycle }: Ownership): boolean => isGit(lifecycle)

/** Whether every field is Git's. */
export const isWhollyGits = ({ filtered, lifecycle }: Ownership): boolean => isGit(lifecycle) && filtered.every(isGit)

/** The rules by which something of the object is Git's, its lifecycle's first. */
export const gitRules = ({ filtered, lifecycle }: Ownership): ReadonlyArray<Rule> =>
  [...lifecycle === undefined ? [] : [lifecycle], ...filtered].filter(isGit)

/** A suspended rule keeps our label, others don't. */
const lifecycleMark = (rule: Rule | undefined): string => isGit(rule) ? "+" : toCluster(rule) ? "~" : "-"

/** Equal for ownerships that give Git the same fields, also in another process; `""` when it has them all. */
export const fingerprint = (ownership: Ownership): string => {
  if (isWhollyGits(ownership)) return ""
  const filters = ownership.filtered.map((rule) =>
    `${isGit(rule) ? "+" : "-"}${JSON.stringify(rule.filters.map(({ text }) => text))}`
  )
  return [...filters, lifecycleMark(ownership.lifecycle)].join("\n")
}
