/** Who set certain fields of a live object last, as `managedFields` has it. Pure. */
import type { FieldPath } from "../../manifest/FieldPath.ts"
import * as FieldsV1 from "../fields/FieldsV1.ts"
import { entriesOf, fieldsOf, type Owned } from "../fields/ManagedFields.ts"
import { releasedManager } from "../surgery/Release.ts"

export interface FieldWriter {
  /** As the client named itself: may hold any character. */
  readonly fieldManager: string
  /** ISO 8601. `kubectl scale` leaves none. */
  readonly time?: string
}

/** The scale is an object's own field, written through another door. */
const isOfStatus = (subresource: string | undefined): boolean =>
  subresource !== undefined && subresource !== "" && subresource !== "scale"

/** Whether the very field is in the set, or something in it; not only a whole that it is part of. */
const holds = (fields: FieldsV1.FieldsV1, path: FieldPath): boolean =>
  path.reduce<FieldsV1.FieldsV1 | undefined>((node, step) => FieldsV1.below(node, FieldsV1.segmentOf(step)), fields) !==
    undefined

/**
 * The field managers that hold any of these fields, or something in them: the latest first, each once, those without a time last.
 * @param us Our own field manager, who is no answer.
 */
export const writersOf = (object: Owned, paths: ReadonlyArray<FieldPath>, us: string): ReadonlyArray<FieldWriter> => {
  const latest = new Map<string, FieldWriter>()
  const others = entriesOf(object).filter(({ manager, subresource }) =>
    manager !== us && manager !== releasedManager && !isOfStatus(subresource)
  )
  const among = (isHeld: typeof holds) => others.filter((entry) => paths.some((path) => isHeld(fieldsOf(entry), path)))
  const exact = among(holds)
  for (const { manager, time } of exact.length > 0 ? exact : among(FieldsV1.touches)) {
    if ((latest.get(manager)?.time ?? "") > (time ?? "")) continue
    latest.set(manager, time === undefined ? { fieldManager: manager } : { fieldManager: manager, time })
  }
  return [...latest.values()].sort((left, right) => (right.time ?? "").localeCompare(left.time ?? ""))
}
