/** What is known now of a kind that goes to Git: what the record says, and what is on its way into it. Pure. */
import type { Shown } from "../kind/Coordination.ts"
import type { KindId } from "../manifest/ObjectKey.ts"
import type { CoordinatorState } from "./CoordinatorState.ts"
import * as Gathering from "./Gathering.ts"
import { mirror } from "./Record.ts"

export const shownOf = ({ definitions, mirrored, record }: CoordinatorState, kind: KindId): Shown => {
  if (record._tag !== "Loaded") return { objects: new Map(), definition: undefined }
  const { head, seen } = record.record
  return {
    objects: mirror(seen, Gathering.all(mirrored)).get(kind) ?? new Map(),
    definition: definitions.get(kind) ?? head.definitions?.[kind]
  }
}
