// Scopes of fields by the paths people write, without the rules that give them in the controller.
import { formatStep } from "../../src/manifest/FieldPath.ts"
import type { FieldScope } from "../../src/manifest/FieldScope.ts"

const at = (path: string, told: ReadonlyArray<string>, there: boolean): FieldScope => {
  const includes = told.some((other) => path === other || path.startsWith(`${other}/`)) ? there : !there
  return {
    includes,
    isUniform: !told.some((other) => other.startsWith(`${path}/`)),
    at: (step) => at(`${path}/${formatStep(step)}`, told, there)
  }
}

/** Git owns what stands at these paths and below. */
export const gitOwnsOnly = (...paths: ReadonlyArray<string>): FieldScope => at("", paths, true)

/** Git owns all but what stands at these paths and below. */
export const gitOwnsAllBut = (...paths: ReadonlyArray<string>): FieldScope => at("", paths, false)
