/** Makes an object by server-side apply, so that what it is made of is known for ours. */
import { Effect } from "effect"
import { Writer, type WriteTarget } from "../../kubernetes/Writer.ts"
import type { JsonObject } from "../../manifest/Manifest.ts"
import { ifCurrent, type IsCurrent } from "./Outdated.ts"
import * as Payload from "./Payload.ts"

export interface CreateOptions extends Payload.Conditions {
  /** Whether the answer is its metadata alone. */
  readonly metadataOnly: boolean
}

/** One that would lose the labels the server gives it gets ours a moment later. */
export const create = Effect.fnUntraced(function*(
  target: WriteTarget,
  manifest: JsonObject,
  payload: JsonObject,
  isCurrent: IsCurrent,
  { metadataOnly, ...conditions }: CreateOptions
) {
  const writer = yield* Writer
  const send = (sent: JsonObject, conditions: Payload.Conditions) =>
    ifCurrent(isCurrent, writer.apply(target, Payload.encoded(sent, conditions), { metadataOnly }))
  if (!Payload.defaultsItsLabels(manifest)) return yield* send(payload, conditions)
  const { metadata: { resourceVersion, uid } } = yield* send(Payload.unlabelled(payload), conditions)
  return yield* send(payload, conditions.resourceVersion === undefined ? { uid } : { uid, resourceVersion })
})
