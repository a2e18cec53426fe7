import { assert, describe, it } from "@effect/vitest"
import * as Progress from "../../src/coordination/Progress.ts"
import type { KindReport } from "../../src/kind/KindReport.ts"
import { stageOf } from "../../src/kind/Stage.ts"
import { groupKind } from "../../src/manifest/ObjectKey.ts"

const crd = "CustomResourceDefinition.apiextensions.k8s.io"

const report = (kind: string, round: number, busy: boolean): KindReport => ({
  kind,
  stage: stageOf(groupKind(kind)),
  watch: { _tag: "Live" },
  round,
  busy,
  rules: [],
  troubles: [],
  troubleCount: 0,
  missing: []
})

const progress = (kinds: ReadonlyArray<string>, reports: ReadonlyArray<KindReport>) =>
  reports.reduce(Progress.reported, Progress.expecting(Progress.none, 1, new Set(kinds)))

describe("the stages of a round", () => {
  it("stay closed until it is known which kinds the round needs", () => {
    assert.isUndefined(Progress.openStage(progress(["Namespace"], []), 2))
  })

  it("open up to the first kind that is still busy", () => {
    const kinds = [crd, "Namespace", "ConfigMap"]
    assert.strictEqual(Progress.openStage(progress(kinds, []), 1), 0)
    assert.strictEqual(Progress.openStage(progress(kinds, [report(crd, 1, true)]), 1), 0)
    assert.strictEqual(Progress.openStage(progress(kinds, [report(crd, 1, false)]), 1), 1)
    const last = progress(kinds, [report(crd, 1, false), report("Namespace", 1, false), report("ConfigMap", 1, true)])
    assert.strictEqual(Progress.openStage(last, 1), 6)
  })

  it("are all open, and the round settled, when no kind is busy", () => {
    const done = progress(["ConfigMap"], [report("ConfigMap", 1, false)])
    assert.strictEqual(Progress.openStage(done, 1), 7)
    assert.isTrue(Progress.isSettled(done, 1))
  })

  it("take no report about another round for this one", () => {
    const old = progress(["Namespace", "ConfigMap"], [report("Namespace", 0, false)])
    assert.strictEqual(Progress.openStage(old, 1), 1)
    assert.isFalse(Progress.isSettled(old, 1))
  })

  it("forget kinds that are needed no longer", () => {
    const before = progress(["Namespace"], [report("Namespace", 1, true)])
    assert.isTrue(Progress.isSettled(Progress.expecting(before, 1, new Set()), 1))
  })
})
