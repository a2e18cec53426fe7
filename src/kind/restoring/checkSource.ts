/** Whether a claim that is there without a source may stay so: not where Git has a snapshot or a volume that it should have come from. */
import { Effect } from "effect"
import * as FieldsV1 from "../../kubernetes/fields/FieldsV1.ts"
import type { ObjectId } from "../../manifest/ObjectKey.ts"
import type { Applied } from "../applying/CarryOut.ts"
import { HeldBack } from "./HeldBack.ts"
import { snapshotsByClaim, type VolumeSources } from "./InGit.ts"
import { newest } from "./SnapshotInGit.ts"

/** What a person can do about it. */
export const sourceless = (id: ObjectId, snapshot: string, taken: string): HeldBack =>
  new HeldBack({
    message:
      `PersistentVolumeClaim ${id} is there without the data of VolumeSnapshot ${snapshot} (taken ${taken}), which it should come back ` +
      "from: somebody else has made it. Delete it, and what uses it, and it is created from that; or let it stay as it is, and end the restore " +
      `with "gitops-controller confirm --take-over"`
  })

/** @param version of the claim */
export const checkSource = Effect.fnUntraced(function*(id: ObjectId, version: string, sources: VolumeSources) {
  // The volume that it was bound to again is its source.
  const snapshot = sources.route === "reattach"
    ? undefined
    : newest((yield* snapshotsByClaim(sources)).get(id) ?? [], sources.restoringSince)
  if (snapshot !== undefined) return yield* sourceless(id, snapshot.name, snapshot.taken)
  return { version, outcome: "unchanged", released: FieldsV1.empty, taken: [], ownerUnknown: false } satisfies Applied
})
