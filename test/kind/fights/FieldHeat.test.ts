import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import {
  afterDrift,
  cold,
  type FieldHeats,
  fightHeat,
  mostFields,
  nextEnd,
  pausedAt
} from "../../../src/kind/fights/FieldHeat.ts"
import { fightMessage } from "../../../src/kind/fights/FightMessage.ts"
import { type Fought, serverItself, unknownWriter } from "../../../src/kind/fights/Fights.ts"
import { field, type FieldPath, format } from "../../../src/manifest/FieldPath.ts"

const second = 1000
const minute = 60 * second

const path = (text: string): FieldPath => text.split("/").slice(1).map(field)
const fought = (text: string, manager = "hpa"): Fought => ({
  path: path(text),
  manager,
  operation: "Update",
  value: "1"
})
const replicas = fought("/spec/replicas")

const start = Date.UTC(2026, 0, 1, 15, 0)

/** The same drift over and over, as often as it is put right: what is paused is not. Every `every` milliseconds until `until`. */
const fighting = (fields: ReadonlyArray<Fought>, every: number, until: number, from: FieldHeats = cold, at = start) => {
  let heats = from
  let puts = 0
  const pauses: Array<number> = []
  for (let now = at; now <= until; now += every) {
    const paused = new Set(pausedAt(heats, now).map(({ path }) => format(path)))
    if (fields.every(({ path }) => paused.has(format(path)))) continue
    heats = afterDrift(heats, fields, now, 1)
    const next = pausedAt(heats, now)
    if (next.length > paused.size) pauses.push((nextEnd(heats, now) ?? 0) - now)
    if (next.length < fields.length) puts += 1
  }
  return { heats, puts, pauses }
}

const paths = (heats: FieldHeats, now: number) => pausedAt(heats, now).map(({ path }) => format(path))

describe("a field that drifts", () => {
  it("is put right ten times, and then left alone for 30 seconds", () => {
    const { heats, puts } = fighting([replicas], 10, start + 30 * second)
    assert.strictEqual(puts, fightHeat)
    const begun = start + 10 * fightHeat
    assert.deepStrictEqual(paths(heats, begun), ["/spec/replicas"])
    assert.deepStrictEqual(paths(heats, begun + 30 * second - 1), ["/spec/replicas"])
    assert.deepStrictEqual(paths(heats, begun + 30 * second), [])
    assert.strictEqual(nextEnd(heats, begun), begun + 30 * second)
    assert.isUndefined(nextEnd(heats, begun + 30 * second))
  })

  it("is left alone for twice as long each time it goes on, up to ten minutes", () => {
    const { pauses } = fighting([replicas], second, start + 60 * minute)
    assert.deepStrictEqual(pauses.slice(0, 7).map((millis) => millis / second), [30, 60, 120, 240, 480, 600, 600])
  })

  it("is found when an autoscaler sets it every 15 seconds", () => {
    const { pauses, puts } = fighting([replicas], 15 * second, start + 4 * minute)
    assert.isAbove(pauses.length, 0)
    assert.isBelow(puts, 15)
  })

  it("is always put right when that is needed every minute only", () => {
    assert.deepStrictEqual(fighting([replicas], minute, start + 24 * 60 * minute).pauses, [])
  })

  it("starts over after half an hour of peace", () => {
    const { heats } = fighting([replicas], second, start + 10 * minute)
    const later = start + 60 * minute
    assert.deepStrictEqual(fighting([replicas], second, later + 9 * second, heats, later).pauses, [])
    const again = fighting([replicas], second, later + minute, heats, later)
    assert.deepStrictEqual(again.pauses, [30 * second, 60 * second])
  })

  it("makes the whole object hotter if it goes on being put right while it is left alone", () => {
    let heats = cold
    for (let drift = 0; drift <= 2 * fightHeat; drift++) heats = afterDrift(heats, [replicas], start, 1)
    assert.deepStrictEqual(paths(heats, start), ["/spec/replicas"])
    assert.deepStrictEqual(paths(afterDrift(heats, [replicas], start, 1), start), ["", "/spec/replicas"])
  })

  it("does not hold up others, which are left alone on their own", () => {
    const image = fought("/spec/image", "keel")
    const { heats } = fighting([replicas], 10, start + second)
    const now = start + 2 * second
    assert.deepStrictEqual(paths(afterDrift(heats, [image], now, 1), now), ["/spec/replicas"])
    const both = fighting([replicas, image], 10, now + second, heats, now)
    assert.deepStrictEqual(pausedAt(both.heats, now + second).map(({ opponent }) => opponent), ["keel", "hpa"])
  })

  it("counts the whole object where none can be named, and what holds them all where there are too many", () => {
    let heats = cold
    for (let drift = 0; drift <= fightHeat; drift++) heats = afterDrift(heats, [], start, 1)
    assert.deepStrictEqual(pausedAt(heats, start).map(({ opponent, path }) => [opponent, path]), [[unknownWriter, []]])
    const many = Array.from({ length: mostFields + 1 }, (_, index) => fought(`/data/key/k${index}`))
    for (let drift = 0; drift <= fightHeat; drift++) heats = afterDrift(heats, many, start, 1)
    assert.deepStrictEqual(paths(heats, start), ["", "/data/key"])
  })
})

const anyDrifts = fc.array(
  fc.tuple(
    fc.array(fc.constantFrom("/a", "/a/b", "/c", "/d", ...Array.from({ length: 60 }, (_, index) => `/many/${index}`)), {
      maxLength: 20
    }),
    fc.integer({ min: 0, max: 5 * minute })
  ),
  { maxLength: 60 }
)

describe("the heat of an object's fields", () => {
  it("is forgotten first where it is coldest, when there are too many", () => {
    let heats = cold
    for (let drift = 0; drift <= fightHeat; drift++) heats = afterDrift(heats, [replicas], start, 1)
    for (let group = 0; group < 4; group++) {
      const fields = Array.from({ length: mostFields }, (_, index) => fought(`/group${group}/k${index}`))
      heats = afterDrift(heats, fields, start + group * second, 1)
    }
    assert.strictEqual(heats.size, 2 * mostFields)
    assert.deepStrictEqual(paths(heats, start + 4 * second), ["/spec/replicas"])
    assert.isTrue(heats.has("/group3/k0"))
    assert.isFalse(heats.has("/group0/k0"))
  })

  it("is bounded, and every pause ends within ten minutes and names a field that drifted", () => {
    fc.assert(fc.property(anyDrifts, fc.double({ min: 0, max: 1, noNaN: true }), (drifts, jitter) => {
      let heats = cold
      let now = start
      for (const [fields, later] of drifts) {
        now += later
        const before = pausedAt(heats, now)
        heats = afterDrift(heats, fields.map((text) => fought(text)), now, jitter)
        assert.isAtMost(heats.size, 2 * mostFields)
        const paused = pausedAt(heats, now)
        for (const { times, until, within } of paused) {
          assert.isTrue(now < until && until <= now + 10 * minute)
          assert.isTrue(times >= fightHeat && within >= 0)
        }
        for (const old of before) assert.deepInclude(paused, old, "a pause is neither ended nor made longer")
        assert.isTrue(nextEnd(heats, now) === undefined ? paused.length === 0 : paused.length > 0)
      }
    }))
  })
})

describe("what is told of a fight", () => {
  const paused = {
    path: path("/spec/replicas"),
    opponent: "hpa",
    times: 10,
    within: 40 * second,
    until: start + 4 * minute
  }

  it("names the writer, the field, how often, until when, and what to do", () => {
    assert.strictEqual(
      fightMessage(paused),
      `field manager "hpa" keeps changing /spec/replicas, which Git owns: put right 10 times in about a minute, ` +
        "now left alone until 15:04 UTC; stop that writer or give it the field: " +
        "filters: ['/spec/replicas'] with syncTo: ignore, before this rule"
    )
  })

  it("says so when the writer is unknown, the server itself, or the field the whole object", () => {
    assert.include(
      fightMessage({ ...paused, opponent: unknownWriter }),
      "a writer that the API server has no note of keeps"
    )
    assert.include(
      fightMessage({ ...paused, opponent: serverItself }),
      "the API server itself, by an admission webhook"
    )
    const whole = fightMessage({ ...paused, path: [], within: 12 * minute })
    assert.include(whole, "keeps changing what Git owns: put right 10 times in 12 minutes,")
    assert.include(whole, "give it the object: a rule with syncTo: ignore, before this rule")
  })

  it("writes a filter that a rule may have", () => {
    const inSet: FieldPath = [field("metadata"), field("finalizers"), { _tag: "Value", value: "keep" }]
    assert.include(fightMessage({ ...paused, path: inSet }), "filters: ['/metadata/finalizers'] with")
    assert.include(fightMessage({ ...paused, path: [field("data"), field("it's")] }), "filters: ['/data/it''s'] with")
  })
})
