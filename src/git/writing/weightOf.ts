/** What a change takes of the room for changes, and of a commit: one for itself, and one more for every four kilobytes of it. Pure. */
import type { Json } from "../../manifest/Manifest.ts"
import type { DocumentChange } from "../GitMessages.ts"

/** Of all that waits, and of one commit: ten thousand documents, or forty megabytes. */
export const mostWeight = 10_000

const bytesEach = 4096

/** About as many characters as its text has. */
const sizeOf = (value: Json): number => {
  if (typeof value === "string") return value.length + 2
  if (typeof value !== "object" || value === null) return 5
  if (Array.isArray(value)) return value.reduce((sum: number, item: Json) => sum + 1 + sizeOf(item), 2)
  return Object.entries(value).reduce((sum, [name, item]) => sum + name.length + 4 + sizeOf(item), 2)
}

const sizeOfChange = (change: DocumentChange): number => {
  switch (change._tag) {
    case "PutDocument":
      return sizeOf(change.manifest)
    case "PatchDocument":
      return change.changes.reduce((sum, each) => sum + (each._tag === "Set" ? sizeOf(each.value) : 0), 0)
    case "RemoveDocument":
      return 0
  }
}

export const weightOf = (changes: ReadonlyArray<DocumentChange>): number =>
  changes.reduce((sum, change) => sum + 1 + Math.floor(sizeOfChange(change) / bytesEach), 0)
