/** Which of some submissions have what they need: in the tip, or in the same commit. Pure. */
import { formatKey, type ObjectKey } from "../../manifest/ObjectKey.ts"
import type { DocumentChange } from "../GitMessages.ts"
import type { Documents } from "./Basis.ts"

interface Wished {
  readonly id: number
  readonly changes: ReadonlyArray<{ readonly change: DocumentChange }>
}

const needsOf = ({ changes }: Wished): ReadonlyArray<ObjectKey> =>
  changes.flatMap(({ change }) => change._tag === "PutDocument" ? change.needs ?? [] : [])

/** Whether a key has a document once all of these are committed. */
const standsAfter = (submissions: ReadonlyArray<Wished>, documents: Documents) => {
  const wished = new Map(
    submissions.flatMap(({ changes }) =>
      changes.map(({ change: { _tag, key } }) => [formatKey(key), _tag !== "RemoveDocument"])
    )
  )
  return (key: ObjectKey) => wished.get(formatKey(key)) ?? documents(key).length > 0
}

/** The ids of those that have to wait. Who needs one that waits, waits too. */
export const lacking = (submissions: ReadonlyArray<Wished>, documents: Documents): ReadonlySet<number> => {
  if (submissions.every((submission) => needsOf(submission).length === 0)) return new Set()
  let left = submissions
  while (true) {
    const stands = standsAfter(left, documents)
    const fitting = left.filter((submission) => needsOf(submission).every(stands))
    if (fitting.length === left.length) break
    left = fitting
  }
  const ids = new Set(left.map(({ id }) => id))
  return new Set(submissions.map(({ id }) => id).filter((id) => !ids.has(id)))
}
