/** Everything that is known of one object from all sides, as the survey found it: what an explanation is made of. */
import type { Synced } from "../kind/Round.ts"
import type { ServedKind } from "../kubernetes/Discovery.ts"
import type { KubernetesObject } from "../kubernetes/KubernetesObject.ts"
import type { FieldPath } from "../manifest/FieldPath.ts"
import type { FieldType } from "../manifest/FieldType.ts"
import type { JsonObject, ManifestRef } from "../manifest/Manifest.ts"
import type { ObjectKey } from "../manifest/ObjectKey.ts"
import type { Ownership } from "../rules/Ownership.ts"
import type { KindNames, Ruleset, Subject } from "../rules/Ruleset.ts"
import type { ToGit } from "./ToGit.ts"

export interface ObjectView {
  readonly key: ObjectKey
  readonly kind: KindNames
  /** `undefined`: the cluster does not serve the kind. */
  readonly served: ServedKind | undefined
  readonly version: string
  readonly type: FieldType
  /** All manifests that describe it: none, one, or several that cancel each other out. */
  readonly refs: ReadonlyArray<ManifestRef>
  /** The manifest that counts, as the server would keep it. */
  readonly git: JsonObject | undefined
  readonly live: KubernetesObject | undefined
  readonly ruleset: Ruleset
  /** What rules look at. */
  readonly subject: Subject
  readonly ownership: Ownership
  /** How the controller last found it in step, as it recorded. */
  readonly synced: Synced | undefined
  /** What of it goes to Git; `undefined`: nothing, by the rules, or it could not be found out. */
  readonly toGit: ToGit | undefined
  /** The place, `path:line`, of a field in the manifest that counts, or of the nearest thing around it. */
  readonly placeOf: (path: FieldPath) => string | undefined
  /** What could not be found out, and why. */
  readonly gaps: ReadonlyArray<string>
}
