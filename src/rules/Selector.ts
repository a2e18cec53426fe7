/** Kubernetes label selectors as values, and which labels they select: the same ones as the API server would. */

export type Requirement =
  | { readonly operator: "in" | "notin"; readonly key: string; readonly values: ReadonlyArray<string> }
  | { readonly operator: "exists" | "absent"; readonly key: string }
  /** `value` is a decimal 64-bit integer. */
  | { readonly operator: "gt" | "lt"; readonly key: string; readonly value: string }

export interface Selector {
  /** As written. */
  readonly text: string
  /** All of them must hold. */
  readonly requirements: ReadonlyArray<Requirement>
}

/** A decimal integer of 64 bits, or `undefined`. Never negative: the server takes no label value with a sign. */
export const int64 = (text: string): bigint | undefined => {
  if (!/^[0-9]{1,63}$/.test(text)) return undefined
  const value = BigInt(text)
  return BigInt.asIntN(64, value) === value ? value : undefined
}

const compares = (operator: "gt" | "lt", label: string, limit: string) => {
  const left = int64(label)
  const right = int64(limit)
  if (left === undefined || right === undefined) return false
  return operator === "gt" ? left > right : left < right
}

const holds = (requirement: Requirement, value: string | undefined): boolean => {
  switch (requirement.operator) {
    case "in":
      return value !== undefined && requirement.values.includes(value)
    case "notin":
      return value === undefined || !requirement.values.includes(value)
    case "exists":
      return value !== undefined
    case "absent":
      return value === undefined
    case "gt":
    case "lt":
      return value !== undefined && compares(requirement.operator, value, requirement.value)
  }
}

/** Whether labels satisfy every requirement. `!=` and `notin` hold for an absent label, as in Kubernetes. */
export const matches = (selector: Selector, labels: Readonly<Record<string, string>>): boolean =>
  selector.requirements.every((requirement) =>
    holds(requirement, Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined)
  )
