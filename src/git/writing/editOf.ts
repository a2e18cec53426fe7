/** What a change of a document asks of its file. Pure. */
import type { DocumentEdit } from "../../manifest/edit/DocumentEdit.ts"
import type { DocumentChange } from "../GitMessages.ts"

export const editOf = (change: DocumentChange): DocumentEdit => {
  switch (change._tag) {
    case "PutDocument":
      return { _tag: "Put", key: change.key, manifest: change.manifest }
    case "PatchDocument":
      return { _tag: "Patch", key: change.key, changes: change.changes, type: change.type }
    case "RemoveDocument":
      return { _tag: "Remove", key: change.key }
  }
}
