/** Rules that send snapshots to Git and leave their contents behind: nothing could be restored from these. Pure. */
import type { Served } from "../kubernetes/Discovery.ts"
import type { RuleProblem } from "../rules/checkRule.ts"
import * as Glob from "../rules/Glob.ts"
import type { Rule } from "../rules/Rule.ts"
import { matchesKind } from "../rules/Ruleset.ts"
import { toGit } from "./mirroring/MirrorScope.ts"

const message =
  "it writes VolumeSnapshots to Git, but no rule writes the VolumeSnapshotContents they are stored in, and without these none of them can be " +
  "restored. Contents belong to no namespace: add a rule with apiGroups: [snapshot.storage.k8s.io], resources: " +
  "[volumesnapshotcontents], the same syncTo and no namespaces"

const writes = (rule: Rule) => toGit(rule) && !rule.suspend && rule.filters.length === 0

/** Whether it concerns objects that belong to no namespace. */
const reachesCluster = ({ namespaces }: Rule) =>
  namespaces.length === 0 || namespaces.some((glob) => Glob.matches(glob, ""))

/** Told of the first such rule. */
export const snapshotHalves = (
  rules: ReadonlyArray<Rule>,
  { kinds }: Served
): ReadonlyArray<RuleProblem & { readonly rule: number }> => {
  const snapshots = kinds.get("VolumeSnapshot.snapshot.storage.k8s.io")
  const contents = kinds.get("VolumeSnapshotContent.snapshot.storage.k8s.io")
  if (snapshots === undefined || contents === undefined) return []
  const half = rules.find((rule) => writes(rule) && matchesKind(rule, snapshots))
  const isWhole = rules.some((rule) => writes(rule) && matchesKind(rule, contents) && reachesCluster(rule))
  return half === undefined || isWhole
    ? []
    : [{ rule: half.index, place: half.place, isWaiting: false, message }]
}
