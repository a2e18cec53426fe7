// What we changed ourselves and nobody heard of: the process died in between.
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { expectedOf } from "../../../../src/kind/mirroring/diff/FieldDigests.ts"
import { threeWay } from "../../../../src/kind/mirroring/diff/threeWay.ts"
import { everything } from "../../../../src/manifest/FieldScope.ts"
import { fieldDigests } from "./fieldDigests.ts"
import { sampleType } from "./sampleType.ts"
import { documentOf, slots, touched, type Value } from "./slots.ts"

/** One side changes the field, we bring that to the other, and the first changes it again. */
interface Story {
  readonly by: "git" | "live"
  readonly before: Value
  readonly first: Value
  readonly later: Value
  /** Whether what we did got there. */
  readonly isDone: boolean
}

const values = fc.option(fc.constantFrom("1a", "2b", "3c", "4d"), { nil: undefined, freq: 4 })
const storiesOf = fc.tuple(...slots.map(() =>
  fc.record<Story>({
    by: fc.constantFrom("git", "live"),
    before: values,
    first: values,
    later: values,
    isDone: fc.boolean()
  })
))

const merge = (git: ReadonlyArray<Value>, live: ReadonlyArray<Value>, base: string, expected: string) => {
  const [inGit, isLive] = [documentOf(git), documentOf(live)]
  return threeWay({
    git: inGit,
    gitPortable: inGit,
    live: isLive,
    authored: isLive,
    type: sampleType,
    scope: everything,
    conflict: "hold",
    base,
    expected
  })
}

const digestsOf = (values: ReadonlyArray<Value>) => fieldDigests(documentOf(values), documentOf(values), sampleType)

/** The slots in which one side has something else, by who changed it. */
const differing = (stories: ReadonlyArray<Story>, by: Story["by"]) =>
  stories.flatMap(({ before, first, isDone, later, ...story }, index) =>
    story.by === by && later !== (isDone ? first : before) ? [index] : []
  )

describe("what we have changed on one side without hearing of it", () => {
  it("is not taken for somebody else's change", () => {
    fc.assert(
      fc.property(storiesOf, (stories) => {
        const before = stories.map((story) => story.before)
        const base = digestsOf(before)
        const ours = (on: Story["by"]) =>
          expectedOf(on, base, digestsOf(stories.map(({ before, by, first }) => by === on ? before : first)))
        const sideOf = (side: Story["by"]) =>
          stories.map(({ before, by, first, isDone, later }) => by === side ? later : isDone ? first : before)
        const { conflicts, leaveToCluster, takeFromGit } = merge(
          sideOf("git"),
          sideOf("live"),
          base,
          ours("git") + ours("live")
        )
        assert.deepStrictEqual(conflicts, [])
        assert.deepStrictEqual(touched(leaveToCluster), differing(stories, "live"))
        assert.deepStrictEqual(touched(takeFromGit), differing(stories, "git"))
      }),
      { numRuns: 300 }
    )
  })

  it("would be, were it not expected", () => {
    const [before, first, later] = ["1a", "2b", "3c"].map((value) => slots.map(() => value))
    if (before === undefined || first === undefined || later === undefined) throw new Error("three of them")
    const base = digestsOf(before)
    const every = slots.map((_, index) => index)
    assert.deepStrictEqual(touched(merge(first, later, base, "").conflicts.map(({ path }) => path)), every)
    const expected = expectedOf("git", base, digestsOf(first))
    assert.deepStrictEqual(touched(merge(first, later, base, expected).leaveToCluster), every)
    assert.deepStrictEqual(touched(merge(later, first, base, expected).conflicts.map(({ path }) => path)), every)
  })
})
