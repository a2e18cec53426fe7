/** The path of a field as messages of the API server write it, by which its place in a file is found. Pure. */
import type { FieldPath, Step } from "../manifest/FieldPath.ts"
import { encodeJson } from "../manifest/JsonText.ts"

const stepText = (step: Step): string => {
  switch (step._tag) {
    case "Field":
      return /^[\w-]+$/.test(step.name) ? `.${step.name}` : `[${step.name}]`
    case "Item":
      return `[${Object.entries(step.keys).map(([key, value]) => `${key}=${encodeJson(value)}`).join(",")}]`
    case "Value":
      return `[=${encodeJson(step.value)}]`
    case "Index":
      return `[${step.index}]`
  }
}

/** `.spec.containers[name="web"].image` */
export const serverPath = (path: FieldPath): string => path.map(stepText).join("")
