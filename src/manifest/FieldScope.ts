/** Which fields of an object something is about, asked along a walk from the root: a whole subtree can be answered at once. */
import { equalSteps, type FieldPath, type Step } from "./FieldPath.ts"

export interface FieldScope {
  /** Whether the field here is in it. */
  readonly includes: boolean
  /** Whether that is so of everything below too. */
  readonly isUniform: boolean
  /** One step down. */
  readonly at: (step: Step) => FieldScope
}

const uniform = (includes: boolean): FieldScope => {
  const scope: FieldScope = { includes, isUniform: true, at: () => scope }
  return scope
}

export const everything: FieldScope = uniform(true)
export const nothing: FieldScope = uniform(false)

const overlaid = (scope: FieldScope, paths: ReadonlyArray<FieldPath>, includes: boolean): FieldScope => {
  if (paths.length === 0 || (scope.isUniform && scope.includes === includes)) return scope
  if (paths.some((path) => path.length === 0)) return uniform(includes)
  return {
    includes: scope.includes,
    isUniform: false,
    at: (step) =>
      overlaid(
        scope.at(step),
        paths.flatMap(([first, ...rest]) => first !== undefined && equalSteps(first, step) ? [rest] : []),
        includes
      )
  }
}

/** The scope but for what stands at these paths and below. */
export const without = (scope: FieldScope, paths: ReadonlyArray<FieldPath>): FieldScope => overlaid(scope, paths, false)

/** The scope and what stands at this path and below. */
export const including = (scope: FieldScope, path: FieldPath): FieldScope => overlaid(scope, [path], true)
