/** Carries out a surgery on `managedFields`, and looks whether it was kept: a list that a server can't read it ignores or drops, and answers 200. */
import { Effect, Schema } from "effect"
import { resourceName } from "../ApiPath.ts"
import * as FieldsV1 from "../fields/FieldsV1.ts"
import { entriesOf, fieldsOf, formatEntry, isUpdateBy, sameOwners, without, withOwn } from "../fields/ManagedFields.ts"
import type { ManagedFieldsEntry } from "../KubernetesObject.ts"
import { Writer, type WriteTarget } from "../Writer.ts"
import { releasedManager } from "./Release.ts"
import { type Patch, patchBody } from "./Surgery.ts"

/** The API server answered, but the owners of the object's fields are not those we asked for. No value was changed. */
export class SurgeryIgnored extends Schema.TaggedError<SurgeryIgnored>()("SurgeryIgnored", {
  /** Plural with group: `deployments.apps`. */
  resource: Schema.String,
  /** `shop/web` */
  object: Schema.String,
  /** The entries that are not as asked for, such as `gitops-controller (Apply, apps/v1)`. */
  entries: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `The API server did not keep who owns which fields of ${this.resource} ${this.object}, as we asked it to (${
      this.entries.join(", ")
    }). No value was changed, and nothing is applied to it, since that could reset fields that are not Git's. ` +
      "It is looked at again; if it lasts, see whether an admission webhook rewrites metadata.managedFields of this object."
  }
}

/** What was released, and is nobody's now though somebody should keep it: an apply that drops the map around it would take it away. */
const unkept = ({ released }: Patch, found: ReadonlyArray<ManagedFieldsEntry>): FieldsV1.FieldsV1 =>
  FieldsV1.ofPaths(
    FieldsV1.paths(released).filter((path) => !found.some((entry) => FieldsV1.touches(fieldsOf(entry), path)))
  )

/** Takes fields back that nobody keeps: as long as we hold them, no apply of ours is sent before somebody does. */
const takeBack = Effect.fnUntraced(function*(
  target: WriteTarget,
  { managedFields, released }: Patch,
  fields: FieldsV1.FieldsV1
) {
  const writer = yield* Writer
  const { apiVersion } = managedFields.find(({ manager }) => manager === releasedManager) ?? {}
  const attempt = Effect.gen(function*() {
    const { metadata } = yield* writer.get(target)
    const entries = withOwn(entriesOf({ metadata }), writer.fieldManager, apiVersion, fields)
    const { resourceVersion } = metadata
    const patch: Patch = { _tag: "Patch", resourceVersion, managedFields: entries, released, taken: [] }
    yield* writer.jsonPatch(target, patchBody(patch), { metadataOnly: true })
  })
  yield* Effect.retry(attempt, { times: 4, while: ({ _tag }) => _tag === "VersionConflict" })
})

/**
 * Carries out one patch; the answer is the object's metadata after it. Fails with VersionConflict, and has changed nothing, when the object
 * is in another version by now: look again, decide again.
 */
export const operate = Effect.fn("Surgeon.operate")(function*(target: WriteTarget, patch: Patch) {
  const writer = yield* Writer
  const answer = yield* writer.jsonPatch(target, patchBody(patch), { metadataOnly: true })
  // What a webhook adds on the way is ours by this update.
  const others = (entries: ReadonlyArray<ManagedFieldsEntry>) =>
    entries.filter((entry) => !isUpdateBy(entry, writer.fieldManager))
  const [wanted, found] = [others(patch.managedFields), others(entriesOf(answer))]
  if (sameOwners(wanted, found)) return answer
  const fields = unkept(patch, found)
  if (!FieldsV1.isEmpty(fields)) yield* takeBack(target, patch, fields)
  return yield* new SurgeryIgnored({
    resource: resourceName(target.kind),
    object: target.namespace === "" ? target.name : `${target.namespace}/${target.name}`,
    entries: [...new Set([...without(wanted, found), ...without(found, wanted)].map(formatEntry))]
  })
})
