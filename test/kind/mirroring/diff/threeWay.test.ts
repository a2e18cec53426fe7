import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type Merge, threeWay } from "../../../../src/kind/mirroring/diff/threeWay.ts"
import type { FieldChange } from "../../../../src/manifest/FieldChange.ts"
import { type FieldPath, format, startsWith } from "../../../../src/manifest/FieldPath.ts"
import { everything, type FieldScope, including, nothing } from "../../../../src/manifest/FieldScope.ts"
import type { Json, JsonObject } from "../../../../src/manifest/Manifest.ts"
import { scopes, sides } from "./anySides.ts"
import { fieldDigests } from "./fieldDigests.ts"
import { carriedOut, documents, same, sampleType, valueAt } from "./sampleType.ts"
import { documentOf, read, slots, touched, type Value } from "./slots.ts"

type Policy = "git" | "kubernetes" | "hold"

interface Cell {
  /** What both sides had, or only the cluster. */
  readonly before: Value
  readonly wasInGit: boolean
  readonly git: Value
  readonly live: Value
  readonly isAuthored: boolean
}

const values = fc.option(fc.constantFrom("1a", "2b", "3c"), { nil: undefined, freq: 4 })
const cells: fc.Arbitrary<Cell> = fc.record({
  before: values,
  wasInGit: fc.boolean(),
  git: values,
  live: values,
  isAuthored: fc.boolean()
}).chain((cell) =>
  fc.constantFrom(
    cell,
    { ...cell, git: cell.wasInGit ? cell.before : undefined },
    { ...cell, live: cell.before },
    { ...cell, live: cell.before, git: cell.wasInGit ? cell.before : undefined }
  )
)

const gridOf = fc.tuple(...slots.map(() => cells))

type Fate = "nothing" | "toGit" | "fromGit" | "conflict"

const fateOf = ({ before, git, isAuthored, live, wasInGit }: Cell, hasBase: boolean): Fate => {
  const [gitBefore, liveBefore] = hasBase ? [wasInGit ? before : undefined, before] : [undefined, undefined]
  const [gitChanged, liveChanged] = [git !== gitBefore, live !== liveBefore]
  if (git === live) return "nothing"
  if (git === undefined && gitBefore === undefined) return isAuthored ? "toGit" : "nothing"
  if (live === undefined && liveBefore === undefined) return "fromGit"
  if (!gitChanged) return "toGit"
  if (!liveChanged) return "fromGit"
  return git === undefined && !isAuthored ? "nothing" : "conflict"
}

const merge = (
  grid: ReadonlyArray<Cell>,
  given: { readonly base?: string | undefined; readonly conflict?: Policy; readonly scope?: FieldScope }
) => {
  const git = documentOf(grid.map((it) => it.git))
  const live = documentOf(grid.map((it) => it.live))
  const authored = documentOf(grid.map((it) => it.isAuthored ? it.live : undefined))
  return threeWay({
    base: given.base,
    git,
    gitPortable: git,
    live,
    authored,
    type: sampleType,
    scope: given.scope ?? everything,
    conflict: given.conflict ?? "hold",
    expected: ""
  })
}

const baseOf = (grid: ReadonlyArray<Cell>) =>
  fieldDigests(
    documentOf(grid.map((it) => it.before)),
    documentOf(grid.map((it) => it.wasInGit ? it.before : undefined)),
    sampleType
  )

const indexesOf = (fates: ReadonlyArray<Fate>, wanted: Fate) =>
  fates.flatMap((fate, index) => fate === wanted ? [index] : [])

const settled = (fate: Fate, policy: Policy): Fate =>
  fate !== "conflict" || policy === "hold" ? fate : policy === "git" ? "fromGit" : "toGit"

const policies = fc.constantFrom<Policy>("git", "kubernetes", "hold")

const line = (change: FieldChange) => `${change._tag} ${format(change.path)}`
const summary = ({ conflicts, leaveToCluster, takeFromGit, toGit }: Merge) => ({
  toGit: toGit.map(line),
  leaveToCluster: leaveToCluster.map(format),
  takeFromGit: takeFromGit.map(format),
  conflicts: conflicts.map(({ git, live, path }) => `${format(path)}: ${same(git)} or ${same(live)}`)
})

const containers = (...items: ReadonlyArray<Json>): JsonObject => ({ spec: { containers: items } })
const merged = (git: JsonObject, live: JsonObject, base?: readonly [git: JsonObject, live: JsonObject]) =>
  summary(threeWay({
    base: base === undefined ? undefined : fieldDigests(base[1], base[0], sampleType),
    git,
    gitPortable: git,
    live,
    authored: live,
    type: sampleType,
    scope: everything,
    conflict: "hold",
    expected: ""
  }))

describe("Git and the cluster, both of which may change a document", () => {
  it("go field by field as a plain table of all cases says", () => {
    fc.assert(
      fc.property(gridOf, policies, fc.boolean(), (grid, conflict, hasBase) => {
        const fates = grid.map((cell) => settled(fateOf(cell, hasBase), conflict))
        const { conflicts, leaveToCluster, takeFromGit, toGit } = merge(grid, {
          base: hasBase ? baseOf(grid) : undefined,
          conflict
        })
        assert.deepStrictEqual(touched(leaveToCluster), indexesOf(fates, "toGit"))
        assert.deepStrictEqual(touched(takeFromGit), indexesOf(fates, "fromGit"))
        assert.deepStrictEqual(touched(conflicts.map(({ path }) => path)), indexesOf(fates, "conflict"))
        const git = documentOf(grid.map((cell) => cell.git))
        assert.deepStrictEqual(
          read(carriedOut(git, toGit)),
          grid.map((cell, index) => fates[index] === "toGit" ? wantedOf(cell) : cell.git)
        )
      }),
      { numRuns: 200 }
    )
  })

  it("agree once each has what the other changed, but for what is held, and stay so", () => {
    fc.assert(
      fc.property(gridOf, policies, (grid, conflict) => {
        const base = baseOf(grid)
        const fates = grid.map((cell) => settled(fateOf(cell, true), conflict))
        const first = merge(grid, { base, conflict })
        const git = read(carriedOut(documentOf(grid.map((cell) => cell.git)), first.toGit))
        const after = grid.map((cell, index) => ({
          ...cell,
          git: git[index],
          live: fates[index] === "fromGit" ? cell.git : cell.live
        }))
        let known: string | undefined = first.fields
        for (let times = 0; times < 3; times++) {
          const next: Merge = merge(after, { base: known, conflict })
          assert.deepStrictEqual(next.toGit, [])
          assert.deepStrictEqual(touched(next.takeFromGit), [])
          assert.deepStrictEqual(touched(next.conflicts.map(({ path }) => path)), indexesOf(fates, "conflict"))
          known = next.fields
        }
      }),
      { numRuns: 200 }
    )
  })

  it("don't forget a change that is on its way, however often they are compared", () => {
    fc.assert(
      fc.property(gridOf, policies, (grid, conflict) => {
        const first = merge(grid, { base: baseOf(grid), conflict })
        const again = merge(grid, { base: first.fields, conflict })
        assert.deepStrictEqual(again, first)
      }),
      { numRuns: 200 }
    )
  })

  it("leave what is not in scope", () => {
    fc.assert(fc.property(gridOf, fc.nat(slots.length - 1), (grid, index) => {
      const path = slots[index]?.path ?? []
      const isItem = path.at(-1)?._tag === "Item"
      const scope = including(nothing, isItem ? path.slice(0, -1) : path)
      const { conflicts, leaveToCluster, takeFromGit, toGit } = merge(grid, { base: baseOf(grid), scope })
      const all = [...toGit, ...conflicts].map((it) => it.path).concat(leaveToCluster, takeFromGit)
      for (const it of all) assert.isTrue(startsWith(it, isItem ? path.slice(0, -1) : path), format(it))
    }))
  })

  it("change in Git what they leave to the cluster, and nothing else, in any document", () => {
    const cases = fc.tuple(sides, documents, scopes, fc.constantFrom("live", "git", "other", "none"), policies)
    fc.assert(
      fc.property(cases, ([{ authored, git, live }, other, scope, which, conflict]) => {
        const before = which === "live" ? live : which === "git" ? git : other
        const given = {
          base: which === "none" ? undefined : fieldDigests(before, before, sampleType),
          git,
          gitPortable: git,
          live,
          authored,
          type: sampleType,
          scope,
          conflict,
          expected: ""
        }
        const { conflicts, leaveToCluster, takeFromGit, toGit } = threeWay(given)
        const fields = toGit.filter((change) => change._tag !== "Arrange")
        const meet = (left: FieldPath) => (right: FieldPath) => startsWith(left, right) || startsWith(right, left)
        for (const { path } of fields) assert.isTrue(leaveToCluster.some(meet(path)), format(path))
        for (const path of leaveToCluster)
          assert.isTrue(fields.some((change) => meet(path)(change.path)), format(path))
        const after = carriedOut(git, toGit)
        for (const path of [...takeFromGit, ...conflicts.map((it) => it.path)])
          assert.strictEqual(same(valueAt(after, sampleType, path)), same(valueAt(git, sampleType, path)))
        const next = threeWay({ ...given, git: after, gitPortable: after })
        assert.deepStrictEqual(next.toGit.map(line), [])
        assert.deepStrictEqual(next.leaveToCluster.map(format), [])
      }),
      { numRuns: 200 }
    )
  })

  it("keep about ten characters of each field", () => {
    fc.assert(fc.property(gridOf, (grid) => {
      const count = grid.filter(({ before }) => before !== undefined).length
      // An item of a list is a field besides its value, and so is the order of a list
      assert.isAtMost(baseOf(grid).length, 14 * (count + 6))
    }))
  })

  it("remove an item that one side removed and the other left alone", () => {
    const both = containers({ name: "app", image: "1", args: ["a"] }, {
      name: "side",
      env: [{ name: "A", value: "1" }]
    })
    const one = containers({ name: "app", image: "1", args: ["a"] })
    assert.deepStrictEqual(merged(both, one, [both, both]), {
      toGit: ["Remove /spec/containers/[name=side]"],
      leaveToCluster: ["/spec/containers/[name=side]"],
      takeFromGit: [],
      conflicts: []
    })
    assert.deepStrictEqual(merged(one, both, [both, both]), {
      toGit: [],
      leaveToCluster: [],
      takeFromGit: ["/spec/containers/[name=side]"],
      conflicts: []
    })
  })

  it("hold an item that one side removed and the other changed", () => {
    const both = containers({ name: "app" }, { name: "side", image: "1" })
    const changed = containers({ name: "app" }, { name: "side", image: "2" })
    assert.deepStrictEqual(merged(changed, containers({ name: "app" }), [both, both]), {
      toGit: [],
      leaveToCluster: [],
      takeFromGit: [],
      conflicts: ["/spec/containers/[name=side]: {\"image\":\"2\",\"name\":\"side\"} or nothing"]
    })
  })

  it("take a field that only Git has, from its first value on", () => {
    const live = { spec: { replicas: 1 } }
    assert.deepStrictEqual(merged({ spec: { replicas: 3 } }, live, [{ spec: {} }, live]), {
      toGit: [],
      leaveToCluster: [],
      takeFromGit: ["/spec/replicas"],
      conflicts: []
    })
  })

  it("follow the order of the side that changed it", () => {
    const [before, after] = [containers({ name: "a" }, { name: "b" }), containers({ name: "b" }, { name: "a" })]
    assert.deepStrictEqual(merged(before, after, [before, before]).toGit, ["Arrange /spec/containers"])
    assert.deepStrictEqual(merged(after, before, [before, before]).toGit, [])
    assert.deepStrictEqual(merged(before, after).toGit, [])
  })

  it("leave what the portable form of the manifest leaves out", () => {
    const { leaveToCluster, toGit } = threeWay({
      base: undefined,
      git: { spec: { replicas: 1 } },
      gitPortable: { spec: {} },
      live: { spec: { replicas: 2, hostNetwork: true } },
      authored: { spec: { replicas: 2, hostNetwork: true } },
      type: sampleType,
      scope: everything,
      conflict: "hold",
      expected: ""
    })
    assert.deepStrictEqual(leaveToCluster.map(format), ["/spec/hostNetwork"])
    assert.deepStrictEqual(toGit.map(line), ["Set /spec/hostNetwork"])
  })

  it("leave a map that Git adds with nothing in it that the server knows", () => {
    const git = { spec: { emptyDir: { typo: 1 } } }
    assert.deepStrictEqual(merged(git, { spec: {} }), {
      toGit: [],
      leaveToCluster: [],
      takeFromGit: ["/spec/emptyDir"],
      conflicts: []
    })
  })
})

const wantedOf = ({ isAuthored, live, git }: Cell): Value => git === undefined && !isAuthored ? undefined : live
