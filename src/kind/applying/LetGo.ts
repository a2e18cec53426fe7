/** Lets go of one object: not one of its values changes, no field of it is ours any more, and our label is gone. */
import { Effect } from "effect"
import type { ApiFailure } from "../../kubernetes/ApiError.ts"
import * as FieldsV1 from "../../kubernetes/fields/FieldsV1.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { operate, type SurgeryIgnored } from "../../kubernetes/surgery/Surgeon.ts"
import { droppingLabel, type Surgery, surgery } from "../../kubernetes/surgery/Surgery.ts"
import { Writer, type WriteTarget } from "../../kubernetes/Writer.ts"
import { nothing } from "../../manifest/FieldScope.ts"
import { memberLabel } from "../ApplySet.ts"
import type { Observer } from "../Observation.ts"
import { lookingAgain } from "./CarryOut.ts"
import { ifCurrent, type IsCurrent, Outdated } from "./Outdated.ts"

export type LetGoFailure = ApiFailure | Outdated | SurgeryIgnored

export interface LetGo {
  /** `nothing`: there was nothing of ours. `gone`: there is no such object. */
  readonly outcome: "released" | "nothing" | "gone"
  /** The resourceVersion it was left in; `undefined` when it is gone. */
  readonly version: string | undefined
  /** What was ours until now. */
  readonly released: FieldsV1.FieldsV1
  /** Somebody took `managedFields` away: whether anything was ours is not known. */
  readonly ownerUnknown: boolean
}

export interface LetGoJob {
  /** Another object under its name is left alone; `undefined`: whichever it is. */
  readonly uid: string | undefined
  readonly isCurrent: IsCurrent
}

const gone: LetGo = { outcome: "gone", version: undefined, released: FieldsV1.empty, ownerUnknown: false }

/** What has to change in the object so that nothing of it is ours. */
export const lettingGo = (
  live: KubernetesObject,
  { applySet, fieldManager }: Pick<Observer, "applySet" | "fieldManager">
): Surgery => {
  const found = surgery(live, { fieldManager, gitOwns: nothing, adopt: false })
  // Another set's label is not ours to take
  return live.metadata.labels?.[memberLabel] === applySet ? droppingLabel(found, live, memberLabel) : found
}

/** Lets go of an object; one that is gone is fine. */
export const letGo = Effect.fnUntraced(function*(
  target: WriteTarget,
  observer: Pick<Observer, "applySet" | "fieldManager">,
  { isCurrent, uid }: LetGoJob
) {
  const writer = yield* Writer
  const attempt = Effect.gen(function*() {
    const live = yield* writer.get(target)
    if (uid !== undefined && live.metadata.uid !== uid) return yield* new Outdated({ reason: "object" })
    const found = lettingGo(live, observer)
    const ownerUnknown = (live.metadata.managedFields ?? []).length === 0
    if (found._tag !== "Patch") {
      const { resourceVersion } = live.metadata
      return { ...gone, outcome: "nothing", version: resourceVersion, ownerUnknown } satisfies LetGo
    }
    const { metadata } = yield* ifCurrent(isCurrent, operate(target, found))
    return {
      outcome: "released",
      version: metadata.resourceVersion,
      released: found.released,
      ownerUnknown
    } satisfies LetGo
  })
  return yield* lookingAgain(attempt).pipe(Effect.catchTag("ObjectNotFound", () => Effect.succeed(gone)))
})
