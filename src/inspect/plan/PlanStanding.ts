/** Which cluster Git belongs to, as the controller would find it, and so whether it would write there now. */
import { Effect } from "effect"
import { writesToGit, writtenAs } from "../../coordination/CoordinatorState.ts"
import type { Record } from "../../coordination/Record.ts"
import { standingOf } from "../../coordination/standingOf.ts"
import { pathOf } from "../../git/ClusterNameFile.ts"
import { GitOptions } from "../../git/GitOptions.ts"
import { KubernetesOptions } from "../../kubernetes/KubernetesOptions.ts"
import { Survey } from "../Survey.ts"

export interface PlanStanding {
  /** Why nothing would be written to Git; `undefined`: it would be. */
  readonly obstacle: string | undefined
  /** What would be done before that: sentences. */
  readonly notes: ReadonlyArray<string>
}

const open: PlanStanding = { obstacle: undefined, notes: [] }

/** Of anything but a commit of the repository nobody knows whose it is. @param cluster its id */
export const planStanding = Effect.fnUntraced(function*(record: Record | undefined, cluster: string) {
  const { ruleset, tip } = yield* Survey
  const { gitPath } = yield* GitOptions
  const { stateNamespace } = yield* KubernetesOptions
  if (tip.commit === undefined || !writesToGit(ruleset)) return open
  const { mirroring, step } = standingOf({
    us: { cluster, stateNamespace },
    record: writtenAs(record === undefined ? undefined : { record }),
    named: tip.named,
    writesToGit: true,
    // What is held is told as what is closed is, and nothing is restored here
    restore: "off",
    ancestry: "Proved",
    takesOver: record?.head.takesOver,
    asked: undefined,
    restoresFrom: record?.head.restoring?.from,
    isRestored: false
  })
  if (mirroring._tag === "Closed" && mirroring.reason !== "")
    return { obstacle: mirroring.reason, notes: [] } satisfies PlanStanding
  return step === "NameUs" || step === "WriteRecord"
    ? {
      obstacle: undefined,
      notes: tip.named._tag === "Nobody"
        ? [`Before the first commit, one of its own writes ${pathOf(gitPath)}, which names this cluster.`]
        : []
    }
    : open
})
