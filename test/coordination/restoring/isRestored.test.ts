import { assert, describe, it } from "@effect/vitest"
import * as Progress from "../../../src/coordination/Progress.ts"
import { isRestored } from "../../../src/coordination/restoring/isRestored.ts"
import type { KindReport } from "../../../src/kind/KindReport.ts"
import { stageOf } from "../../../src/kind/Stage.ts"
import { groupKind } from "../../../src/manifest/ObjectKey.ts"
import { rule } from "../../kind/samples.ts"

const report = (kind: string, left: number | undefined, busy = false): KindReport => ({
  kind,
  stage: stageOf(groupKind(kind)),
  watch: { _tag: "Live" },
  round: 1,
  busy,
  ...left === undefined ? {} : { restoring: { left, failed: 3 } },
  rules: [],
  troubles: [],
  troubleCount: 0,
  missing: []
})

const inGit = new Set(["ConfigMap"])

const restored = (reports: ReadonlyArray<KindReport>, unserved: ReadonlyArray<string> = []) =>
  isRestored(
    reports.reduce(
      Progress.reported,
      Progress.expecting(Progress.none, 1, new Set(reports.map(({ kind }) => kind)), new Set(unserved))
    ),
    1,
    { number: 1, rules: [rule({ syncTo: "git" })] },
    inGit
  )

describe("a cluster", () => {
  it("is restored once every kind that Git has lacks nothing any more but what a person has to mend", () => {
    assert.isTrue(restored([report("ConfigMap", 0)]))
    assert.isFalse(restored([report("ConfigMap", 1)]))
    assert.isFalse(restored([report("ConfigMap", 0, true)]), "it is still at it")
    assert.isFalse(
      restored([report("ConfigMap", undefined)]),
      "it can't be watched, or has not heard of the restore yet"
    )
    assert.isFalse(restored([report("ConfigMap", 0)], ["Widget.example.com"]))
  })

  it("needs no kind to be watched of which Git has nothing, but claims: snapshots may name some", () => {
    assert.isTrue(restored([report("ConfigMap", 0), report("Secret", undefined)]))
    assert.isFalse(restored([report("ConfigMap", 0), report("PersistentVolumeClaim", undefined)]))
    assert.isFalse(restored([report("ConfigMap", 0), report("PersistentVolumeClaim", 1)]))
  })
})
