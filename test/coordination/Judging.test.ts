import { assert, describe, it } from "@effect/vitest"
import * as Budget from "../../src/coordination/Budget.ts"
import { confirm } from "../../src/coordination/HeldDeletions.ts"
import { judge } from "../../src/coordination/Judging.ts"
import type { Record } from "../../src/coordination/Record.ts"
import { record, seen, wish } from "./samples.ts"

const names = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `n${(from + at) % 3}/c${from + at}`)
const shown = (count: number) => record({ seen: seen(...names(count)) })

const ask = (from: Record, ids: ReadonlyArray<string>, now = 0) =>
  judge(from, "git", ids.map((id) => wish(id)), { limits: { max: 10, percent: 20 }, commit: "c1", now })

const counts = (verdicts: ReadonlyArray<string>) =>
  Object.fromEntries(
    Object.entries(Object.groupBy(verdicts, (verdict) => verdict)).map(([key, all]) => [key, all?.length])
  )

describe("removals from Git", () => {
  it("are granted within the budget, and remembered", () => {
    const { record, verdicts } = ask(shown(100), names(10), 5)
    assert.deepStrictEqual(counts(verdicts), { Granted: 10 })
    assert.deepStrictEqual(record.removals.get("ConfigMap")?.get("n0/c0"), {
      mark: "granted",
      basis: "digest-of-n0-c0",
      at: 5
    })
  })

  it("are held as one set over it, and every one after it is held with them, however few and late", () => {
    const first = ask(shown(100), names(11))
    assert.deepStrictEqual(counts(first.verdicts), { Held: 11 })
    assert.deepInclude(first.record.head.latch, { cause: "budget", commit: "c1" })
    const later = ask(first.record, names(1, 50), 10 * Budget.window)
    assert.deepStrictEqual(later.verdicts, ["Held"])
    assert.strictEqual(later.record.removals.get("ConfigMap")?.size, 12)
    assert.strictEqual(ask(later.record, names(11), 11 * Budget.window).record, later.record, "nothing new is written")
  })

  it("count for ten minutes, for a new leader too: what was granted stands in the record", () => {
    const first = ask(shown(100), names(8)).record
    assert.deepStrictEqual(counts(ask(first, names(3, 20), Budget.window - 1).verdicts), { Held: 3 })
    const after = ask(first, names(3, 20), Budget.window)
    assert.deepStrictEqual(counts(after.verdicts), { Granted: 3 })
    assert.strictEqual(after.record.removals.get("ConfigMap")?.size, 3, "and are forgotten")
  })

  it("are granted again without counting twice, while their document is the same", () => {
    const first = ask(shown(100), names(10)).record
    assert.deepStrictEqual(counts(ask(first, names(10)).verdicts), { Granted: 10 })
    const changed = judge(first, "git", [wish("n0/c0", { basis: "another" })], {
      limits: { max: 9, percent: 20 },
      commit: "c1",
      now: 1
    })
    assert.deepStrictEqual(changed.verdicts, ["Held"])
  })

  it("are no removals of what this cluster never showed, unless a rule wants that", () => {
    const one = judge(shown(3), "git", [wish("n0/other"), wish("n0/c0"), wish("n0/always", { always: true })], {
      limits: { max: 10, percent: 20 },
      commit: undefined,
      now: 0
    })
    assert.deepStrictEqual(one.verdicts, ["Unknown", "Granted", "Granted"])
  })

  it("are granted as a person confirmed them, exactly those and only those, and don't count", () => {
    const held = ask(shown(100), names(11)).record
    const yes = confirm(held, 100)
    assert.deepStrictEqual(counts(ask(yes, names(11), 200).verdicts), { Granted: 11 })
    assert.deepStrictEqual(counts(ask(yes, [...names(11), ...names(5, 20)], 200).verdicts), { Granted: 16 })
    assert.deepStrictEqual(counts(ask(yes, [...names(11), ...names(11, 20)], 200).verdicts), { Granted: 11, Held: 11 })
  })

  it("wait for a person when a namespace is gone with them and its own manifest stays", () => {
    const circumstances = { limits: { max: 10, percent: 20 }, commit: undefined, now: 0 }
    const inside = wish("n0/c0", { goneWith: "n0" })
    const alone = judge(shown(100), "git", [inside], circumstances)
    assert.deepStrictEqual(alone.verdicts, ["Held"])
    assert.include(alone.record.head.latch?.reason, "namespace n0 is gone")
    const namespace = wish("n0", { kind: "Namespace", always: true })
    assert.deepStrictEqual(judge(shown(100), "git", [inside, namespace], circumstances).verdicts, [
      "Granted",
      "Granted"
    ])
    const before = judge(shown(100), "git", [namespace], circumstances).record
    assert.deepStrictEqual(judge(before, "git", [inside], circumstances).verdicts, ["Granted"])
  })

  it("leave a record as it is when there is nothing to judge", () => {
    const before = shown(3)
    assert.strictEqual(ask(before, ["n0/other"]).record, before)
  })
})
