import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { renderStatus } from "../../src/cli/render/renderStatus.ts"
import * as CoordinatorState from "../../src/coordination/CoordinatorState.ts"
import { fold } from "../../src/coordination/Folding.ts"
import { noReport } from "../../src/git/GitReport.ts"
import { Status } from "../../src/http/Status.ts"
import { isReady, statusOf } from "../../src/http/statusOf.ts"
import type { KindReport, Watch } from "../../src/kind/KindReport.ts"
import { loaded, options, record } from "../coordination/samples.ts"
import { ref, round, rule } from "../kind/samples.ts"

const context = { name: "default", repository: "https://git.example/acme/cluster.git", gitPath: "clusters/prod" }

const kindReport = (watch: Watch): KindReport => ({
  kind: "ConfigMap",
  stage: 3,
  watch,
  round: 2,
  busy: false,
  rules: [{ rule: 0, inStep: 3, pending: 0, waiting: 1, failed: 1, held: 0 }],
  troubles: [
    { object: "shop/web", state: "failed", place: "web.yaml:4:3", message: "unknown field \"spec.replica\"" },
    { object: "shop/late", state: "waiting", place: undefined, message: "namespace late does not exist" }
  ],
  troubleCount: 7,
  missing: []
})

const state = (watch: Watch = { _tag: "Live" }): CoordinatorState.CoordinatorState => {
  const tip = {
    ...round(1, [ref("a", "d1")]).tip,
    commit: "0123456789abcdef",
    subject: "Ship it",
    index: {
      ...round(1, []).tip.index,
      problems: [{ path: "broken.yaml", line: 3, column: 5, message: "a map key stands twice" }],
      passedOver: [{ path: "overlays", reason: "governed by overlays/kustomization.yaml" }]
    }
  }
  const start = CoordinatorState.initial({ number: 1, rules: [rule()] }, { ...noReport, tip, checkedAt: 0 }, 1, options)
  const settled = [
    { _tag: "StandingChanged", standing: { _tag: "Leading", term: 1 } } as const,
    { _tag: "Expected", round: 2, kinds: new Set(["ConfigMap"]), unserved: new Set<string>() } as const,
    { _tag: "Reported", report: kindReport(watch) } as const
  ].reduce(fold, start)
  return CoordinatorState.advance({
    ...settled,
    record: loaded()
  })
}

const unserved = [["Widget.example", 2], ["Gadget.example", 1]].map(([kind, manifests]) => ({
  kind: String(kind),
  manifests: Number(manifests),
  first: ref("w", "d1"),
  message: `the cluster does not serve ${kind}`
}))

const nothingMore = { unserved: [], refused: undefined, ruleNotices: [] }

describe("the status", () => {
  it("is what its schema says, with counts, troubles and places", () => {
    const status = Schema.decodeUnknownSync(Status)(
      JSON.parse(JSON.stringify(statusOf(state(), { ...nothingMore, unserved }, context)))
    )
    assert.strictEqual(status.phase, "syncing")
    assert.isTrue(status.settled)
    assert.deepStrictEqual(status.total, { inStep: 3, pending: 0, waiting: 1, failed: 1, held: 0 })
    assert.strictEqual(status.kinds[0]?.rules[0]?.rule, 1)
    assert.strictEqual(status.problems[0]?.place, "broken.yaml:3:5")
    assert.strictEqual(status.unserved[0]?.place, "w.yaml:1")
  })

  it("says how commits of our own fare, once there is something to say", () => {
    const base = state()
    assert.isFalse("writing" in statusOf(base, nothingMore, context))
    const pushed = { commit: "fedcba9876543210", at: Date.UTC(2026, 0, 2, 3, 4, 5) }
    const written = { ...base, git: { ...base.git, writing: { waiting: 2, pushed, trouble: "hook declined" } } }
    const status = Schema.decodeUnknownSync(Status)(JSON.parse(JSON.stringify(statusOf(written, nothingMore, context))))
    assert.deepStrictEqual(renderStatus(status).split("\n").slice(2, 6), [
      "syncing, all done that can be done now",
      "pushed fedcba98 at 2026-01-02T03:04:05.000Z",
      "2 changes wait to be pushed",
      "push: hook declined"
    ])
    const waiting = { ...base, git: { ...base.git, writing: { ...base.git.writing, waiting: 1 } } }
    assert.include(renderStatus(statusOf(waiting, nothingMore, context)), "\n1 change waits to be pushed\n")
  })

  it("says which removals wait for a person and how to confirm them, and why nothing else goes to Git", () => {
    const base = state()
    assert.isFalse("removals" in statusOf(base, nothingMore, context))
    const ids = Array.from({ length: 22 }, (_, at) => `shop/c${String(at).padStart(2, "0")}`)
    const held = record({
      removals: new Map([["ConfigMap", new Map(ids.map((id) => [id, { mark: "held", basis: "d", at: 0 }]))]])
    }, { latch: { cause: "budget", reason: "that is much" } })
    const waiting: CoordinatorState.CoordinatorState = {
      ...base,
      ruleset: { number: 1, rules: [rule({ syncTo: "git" })] },
      record: loaded(held),
      objection: "commit 0123 confirms 21 removals, but 22 wait",
      trouble: "this cluster could not be named"
    }
    const encoded = JSON.stringify(statusOf(waiting, nothingMore, context))
    const status = Schema.decodeUnknownSync(Status)(JSON.parse(encoded))
    assert.strictEqual(status.removals?.count, 22)
    const lines = renderStatus(status).split("\n")
    assert.strictEqual(lines[3], "nothing goes to Git: this cluster could not be named")
    assert.deepStrictEqual(lines.slice(5, 7), ["Waits for a person: 22 removals from Git", "  ConfigMap shop/c00"])
    assert.deepStrictEqual(lines.slice(26, 30), [
      "  and 2 more",
      "  why: that is much",
      "  commit 0123 confirms 21 removals, but 22 wait",
      "  If it is right, run \"gitops-controller confirm\", or push a commit that changes something below gitPath " +
      "and ends with the line \"Confirm-deletions: default 22\""
    ])
  })

  it("says why the configuration file is not followed, mistake by mistake, for as long as that is so", () => {
    assert.isFalse("configuration" in statusOf(state(), nothingMore, context))
    const refused = "config.yaml:2:5: unknown key \"synTo\"\nconfig.yaml:3:1: allowed: whole numbers from 0"
    const encoded = JSON.stringify(statusOf(state(), { ...nothingMore, refused }, context))
    const status = Schema.decodeUnknownSync(Status)(JSON.parse(encoded))
    assert.deepStrictEqual(renderStatus(status).split("\n").slice(3, 7), [
      "",
      "The configuration file is refused, and the one before goes on:",
      "  config.yaml:2:5: unknown key \"synTo\"",
      "  config.yaml:3:1: allowed: whole numbers from 0"
    ])
  })

  it("says which rules wait for the cluster, and which can't do in it what they say", () => {
    const ruleNotices = [
      { rule: 0, place: "config.yaml:3:17", isWaiting: true, message: "the cluster serves no \"widgets\"" },
      { rule: 2, place: "config.yaml:7:15", isWaiting: false, message: "\"/spec/x\" does not fit Deployment.apps" }
    ]
    const encoded = JSON.stringify(statusOf(state(), { ...nothingMore, ruleNotices }, context))
    const status = Schema.decodeUnknownSync(Status)(JSON.parse(encoded))
    assert.include(
      renderStatus(status),
      [
        "",
        "Rules to look at:",
        "  waiting: rule 1 (config.yaml:3:17): the cluster serves no \"widgets\"",
        "  wrong: rule 3 (config.yaml:7:15): \"/spec/x\" does not fit Deployment.apps",
        ""
      ].join("\n")
    )
  })

  it("is ready only after the first sync, with every watch live", () => {
    assert.isTrue(isReady(state()))
    assert.isFalse(isReady(state({ _tag: "Interrupted", reason: "connection reset" })))
    assert.isTrue(
      isReady(state({ _tag: "Unavailable", reason: "may not list" })),
      "one kind without permission does not take the rest out"
    )
    assert.isFalse(
      isReady(
        CoordinatorState.initial(
          { number: 1, rules: [] },
          noReport,
          0,
          options
        )
      )
    )
  })

  it("reads as a table with what is not in step, and the cure", () => {
    const lines = renderStatus(statusOf(state(), { ...nothingMore, unserved }, context)).split("\n")
    assert.deepStrictEqual(lines, [
      "default: https://git.example/acme/cluster.git, branch main, path clusters/prod",
      "commit 01234567 \"Ship it\"",
      "syncing, all done that can be done now",
      "",
      "KIND       RULE  IN STEP  PENDING  WAITING  FAILED  HELD  WATCH",
      "ConfigMap  1     3        0        1        1       0     live",
      "",
      "Not in step:",
      "  failed: ConfigMap shop/web (web.yaml:4:3): unknown field \"spec.replica\"",
      "  waiting: ConfigMap shop/late: namespace late does not exist",
      "  and 5 more of ConfigMap",
      "",
      "Kinds the cluster does not serve:",
      "  the cluster does not serve Widget.example (2 manifests, first w.yaml:1)",
      "  the cluster does not serve Gadget.example (1 manifest, first w.yaml:1)",
      "",
      "Files to mend:",
      "  broken.yaml:3:5: a map key stands twice",
      "",
      "Passed over:",
      "  overlays: governed by overlays/kustomization.yaml"
    ])
  })
})
