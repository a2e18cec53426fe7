/** The plan for programs. Keys are only added to, never taken away. Pure. */
import { format, formatStep } from "../../manifest/FieldPath.ts"
import type { JsonObject } from "../../manifest/Manifest.ts"
import {
  actionOf,
  countsOf,
  hasFaults,
  hasWork,
  type Plan,
  type PlannedChange,
  type PlannedCommit,
  type PlannedObject,
  type PlanRemark,
  type Touch
} from "./Plan.ts"

const changeJson = (change: PlannedChange): JsonObject => ({
  path: format(change.path),
  change: change._tag.toLowerCase(),
  ...("before" in change ? { before: change.before } : {}),
  ...("after" in change ? { after: change.after } : {}),
  ...("order" in change ? { order: change.order.map(formatStep) } : {}),
  ...(change.isHidden ? { hidden: true } : {}),
  ...(change.setBy.length === 0
    ? {}
    : { setBy: change.setBy.map(({ manager, mayReturn }) => ({ manager, mayReturn })) })
})

const touchJson = ({ changes, ownerUnknown, released, taken }: Touch): JsonObject => ({
  changes: changes.map(changeJson),
  released: released.map(({ isHidden, path, stays }) => ({
    path: format(path),
    ...(stays === undefined ? {} : { stays }),
    ...(isHidden ? { hidden: true } : {})
  })),
  taken: taken.map(({ manager, paths }) => ({ manager, paths: paths.map(format) })),
  ...(ownerUnknown ? { ownerUnknown } : {})
})

const writeJson = (
  { fields, isNew, remark, setBy }: Extract<PlannedObject["outcome"], { readonly _tag: "Write" }>
) => ({
  isNew,
  fields: fields.map(format),
  setBy,
  ...(remark === undefined ? {} : { remark })
})

/** Each line of a difference ends with a line break, as `git apply` wants it. */
const commitJson = ({ branch, files, message, obstacle }: PlannedCommit): JsonObject => ({
  branch,
  ...(obstacle === undefined ? {} : { obstacle }),
  message,
  files: files.map(({ action, diff, path }) => ({
    path,
    action,
    ...(diff === undefined ? { hidden: true } : { diff: diff.map((line) => `${line}\n`).join("") })
  }))
})

const objectJson = ({ kind, object, outcome, place }: PlannedObject): JsonObject => ({
  action: actionOf(outcome),
  kind,
  object,
  ...(place === undefined ? {} : { place }),
  ...(outcome._tag === "Create" && outcome.after !== undefined ? { after: outcome.after } : {}),
  ...(outcome._tag === "Create" && outcome.givenBack.length > 0 ? { givenBack: outcome.givenBack.map(format) } : {}),
  ...(outcome._tag === "Touch" ? touchJson(outcome) : {}),
  ...(outcome._tag === "Write" ? writeJson(outcome) : {}),
  ...("reason" in outcome ? { reason: outcome.reason } : {})
})

const remarksJson = (remarks: ReadonlyArray<PlanRemark>): ReadonlyArray<JsonObject> =>
  remarks.map(({ message, place }) => ({ place, message }))

/** Objects in step are only counted. */
export const planJson = (plan: Plan): JsonObject => ({
  origin: plan.origin,
  cluster: plan.cluster,
  ...(plan.obstacle === undefined ? {} : { obstacle: plan.obstacle }),
  hasWork: hasWork(plan),
  hasFaults: hasFaults(plan),
  counts: Object.fromEntries(countsOf(plan)),
  objects: plan.objects.filter(({ outcome }) => actionOf(outcome) !== "in step").map(objectJson),
  ...(plan.commit === undefined ? {} : { commit: commitJson(plan.commit) }),
  problems: remarksJson(plan.problems),
  ruleProblems: remarksJson(plan.ruleProblems),
  waitingRules: remarksJson(plan.waitingRules),
  unseen: remarksJson(plan.unseen),
  passedOver: remarksJson(plan.passedOver),
  notes: plan.notes
})
