/** What of one object goes to Git: judged and compared as its kind's actor does, with the object as it is now. */
import { Clock, Effect } from "effect"
import { KindOptions } from "../kind/KindOptions.ts"
import type { KindSpec } from "../kind/KindSpec.ts"
import { compare } from "../kind/mirroring/Comparison.ts"
import { mirrorStandingOf } from "../kind/mirroring/MirrorStanding.ts"
import { judgeMirror, type MirrorVerdict } from "../kind/mirroring/MirrorVerdict.ts"
import { mirrorView } from "../kind/mirroring/MirrorView.ts"
import { shownTip } from "../kind/mirroring/shownTip.ts"
import { observe } from "../kind/Observation.ts"
import { modeOf } from "../kind/Roster.ts"
import type { Mirrored } from "../kind/Round.ts"
import { unknown } from "../kind/Tracked.ts"
import type { ServedKind } from "../kubernetes/Discovery.ts"
import type { KubernetesObject } from "../kubernetes/KubernetesObject.ts"
import type { Claim } from "../manifest/Claims.ts"
import { kindId, objectId, type ObjectKey } from "../manifest/ObjectKey.ts"
import type { Ownership } from "../rules/Ownership.ts"
import { Survey } from "./Survey.ts"
import type { ToGit } from "./ToGit.ts"

export interface MirroredObject {
  readonly key: ObjectKey
  readonly kind: ServedKind
  readonly version: string
  readonly claim: Claim | undefined
  readonly live: KubernetesObject | undefined
  readonly ownership: Ownership
  /** Whether the record has it among what this cluster has shown. */
  readonly isSeen: boolean
  /** Whether the record doesn't show that this cluster and Git were ever in step. */
  readonly isFirstContact: boolean
  /** How it was last the same on both sides. */
  readonly last: Mirrored | undefined
}

const sentence = (message: string) => `${message.charAt(0).toUpperCase()}${message.slice(1)}.`

/** Of whatever direction. */
const isSaidAlready = ({ _tag }: MirrorVerdict) => _tag === "Contested" || _tag === "Paused"

const nothing = (notes: ReadonlyArray<string>): ToGit => ({ change: undefined, withheld: [], notes })

/** `undefined`: no rule sends anything of it to Git. */
export const goesToGit = Effect.fnUntraced(function*(
  { claim, isFirstContact, isSeen, key, kind, last, live, ownership, version }: MirroredObject
) {
  const survey = yield* Survey
  const options = yield* KindOptions
  const mode = modeOf(kindId(key))
  const spec: KindSpec = { kind, version, mode, mirrors: true, ...options }
  const seen = live === undefined ? undefined : observe(kind, live, options, mirrorView(kind, live, spec.own))
  const verdict = judgeMirror({ ...unknown, claim, live: seen }, {
    ownership,
    isSeen,
    recorded: last,
    mirroring: { _tag: "Open" },
    isListed: true,
    isFirstContact,
    isTipComplete: survey.tip.index.problems.length === 0,
    tip: survey.tip.number,
    now: yield* Clock.currentTimeMillis
  })
  if (verdict._tag === "Unconcerned") return undefined
  const message = mirrorStandingOf(objectId(key.namespace, key.name), verdict)?.trouble?.message
  if (verdict._tag === "Gone")
    return nothing(["It is gone from the cluster: its manifest goes from Git once that is proved, and granted."])
  if (verdict._tag !== "Due" || live === undefined)
    return nothing(message === undefined || isSaidAlready(verdict) ? [] : [sentence(message)])
  const { ref } = verdict
  const stated = ref?.manifest.version ?? version
  const isServed = kind.versions.some((one) => one.version === stated)
  const object = stated === version || !isServed
    ? live
    : (yield* survey.live(kind, stated, key.namespace, key.name)) ?? live
  const { fieldManager } = options
  const comparison = yield* compare(spec, {
    key,
    ref,
    ownership,
    last,
    fieldManager,
    ruleset: survey.ruleset,
    tip: shownTip(survey.tip)
  }, object)
  if (comparison._tag === "Agreed") {
    const { notes, withheld } = comparison.agreed
    return { change: undefined, withheld, notes } satisfies ToGit
  }
  const { change } = comparison
  return { change, withheld: [], notes: change.why.remark === undefined ? [] : [change.why.remark] } satisfies ToGit
})
