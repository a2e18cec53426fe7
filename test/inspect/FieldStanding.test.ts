import { assert, describe, it } from "@effect/vitest"
import { type Field, type ObjectStanding, standingOf } from "../../src/inspect/FieldStanding.ts"
import { field } from "../../src/manifest/FieldPath.ts"
import { rule } from "../rules/samples.ts"

const object: ObjectStanding = {
  isLive: true,
  isInGit: true,
  isLifeGits: true,
  hasGitFields: true,
  isMember: true,
  isKnownInStep: false
}

const pathOf = (text: string) => text.split("/").slice(1).map(field)
const cpu = pathOf("/spec/resources/cpu")

const stands = (change: Partial<Field>, about: Partial<ObjectStanding> = {}) =>
  standingOf(
    {
      path: cpu,
      owner: rule(0),
      git: undefined,
      live: undefined,
      isHeld: false,
      isNew: false,
      fate: undefined,
      ...change
    },
    { ...object, ...about }
  )

describe("a field that is Git's", () => {
  it("is in step when both sides say the same, whoever set it", () => {
    assert.strictEqual(stands({ git: { a: [1] }, live: { a: [1] } }), "inStep")
    assert.strictEqual(stands({ git: 9007199254740993n, live: 9007199254740992 }), "inStep")
  })

  it("is in step as the server writes it when only the spelling differs", () => {
    assert.strictEqual(stands({ git: "1000m", live: "1" }), "inStepAsWritten")
    assert.strictEqual(stands({ git: "1024Mi", live: "1Gi" }), "inStepAsWritten")
    assert.strictEqual(stands({ git: "1000m", live: "2" }), "differs")
  })

  it("differs by its digits where the server keeps text as it is, unless it is still what we applied", () => {
    for (const text of ["/metadata/labels/v", "/data/v", "/spec/template/metadata/labels/v", "/spec/env/value"]) {
      assert.strictEqual(stands({ path: pathOf(text), git: "1.0", live: "1" }), "differs", text)
      assert.strictEqual(stands({ path: pathOf(text), git: "1.0", live: "1", isHeld: true }), "inStepAsWritten", text)
    }
  })

  it("is in step as the server writes it when the record says so of all we hold, and of nothing else", () => {
    assert.strictEqual(stands({ git: "x", live: "y", isHeld: true }, { isKnownInStep: true }), "changedByServer")
    assert.strictEqual(stands({ git: "0.5", live: "500m", isHeld: true }, { isKnownInStep: true }), "inStepAsWritten")
    assert.strictEqual(stands({ git: "x", live: "y" }, { isKnownInStep: true }), "differs")
  })

  it("is missing when only Git has it, and comes with the object when that is not there", () => {
    assert.strictEqual(stands({ git: "x" }), "missing")
    assert.strictEqual(stands({ git: "x" }, { isLive: false }), "toBeCreated")
    assert.strictEqual(stands({ git: "x" }, { isLive: false, isLifeGits: false }), "noObject")
  })

  it("is removed when we applied it and Git states it no more, and left to whoever else set it", () => {
    assert.strictEqual(stands({ live: "x", isHeld: true }), "toBeRemoved")
    assert.strictEqual(stands({ live: "x" }), "notInGit")
  })

  it("is released when the manifest is gone, unless the object waits to be deleted with all it has", () => {
    assert.strictEqual(stands({ live: "x", isHeld: true }, { isInGit: false, isMember: false }), "toBeReleased")
    assert.strictEqual(stands({ live: "x", isHeld: true }, { isInGit: false }), "notInGit")
  })
})

describe("a field that is not Git's", () => {
  const ignored = rule(0, { syncTo: "ignore" })
  const suspended = rule(0, { suspend: true })

  it("is left alone, and said to be nobody's, a suspended rule's or no rule's", () => {
    assert.strictEqual(stands({ owner: ignored, git: "x", live: "y" }), "leftAlone")
    assert.strictEqual(stands({ owner: suspended, git: "x", live: "y" }), "suspended")
    assert.strictEqual(stands({ owner: undefined, git: "x", live: "y" }), "unclaimed")
  })

  it("is sent once when Git creates the object or list item around it", () => {
    assert.strictEqual(stands({ owner: ignored, git: "x", isNew: true }), "toBeSeeded")
    assert.strictEqual(stands({ owner: ignored, isNew: true }), "leftAlone")
  })

  it("is released when we still hold it", () => {
    for (const owner of [ignored, suspended, undefined])
      assert.strictEqual(stands({ owner, live: "y", isHeld: true }), "toBeReleased")
  })

  it("stays as it is under a suspended rule when nothing of the object is Git's, for then nothing is touched", () =>
    assert.strictEqual(
      stands({ owner: suspended, live: "y", isHeld: true }, { hasGitFields: false, isLifeGits: false }),
      "suspended"
    ))
})

describe("a field that is the cluster's", () => {
  const clusters = rule(0, { syncTo: "git" })

  it("goes to Git, or from it, when that is what would be asked of Git", () => {
    assert.strictEqual(stands({ owner: clusters, git: "x", live: "y", fate: "set" }), "toBeWritten")
    assert.strictEqual(stands({ owner: clusters, git: "x", fate: "removed" }), "toBeTakenOut")
  })

  it("is in step when nothing would be asked, however the server writes it", () => {
    assert.strictEqual(stands({ owner: clusters, git: "x", live: "x" }), "inStep")
    assert.strictEqual(stands({ owner: clusters, git: "1000m", live: "1" }), "inStepAsWritten")
  })

  it("is not written when Git has not got it, and left in Git when the cluster has not", () => {
    assert.strictEqual(stands({ owner: clusters, live: "y" }), "notWritten")
    assert.strictEqual(stands({ owner: clusters, git: "x" }), "onlyInGit")
  })

  it("is let go of first when we still hold it, and comes along when Git creates what is around it", () => {
    assert.strictEqual(stands({ owner: clusters, live: "y", isHeld: true }), "toBeReleased")
    assert.strictEqual(stands({ owner: clusters, git: "x", isNew: true }), "toBeSeeded")
  })

  it("is suspended with its rule", () =>
    assert.strictEqual(
      stands({ owner: rule(0, { syncTo: "git", suspend: true }), git: "x", live: "y", fate: "set" }),
      "suspended"
    ))
})

describe("a field that both sides may change", () => {
  const shared = rule(0, { syncTo: "both" })

  it("goes to the side that did not change", () => {
    assert.strictEqual(stands({ owner: shared, git: "x", live: "y", fate: "set" }), "toBeWritten")
    assert.strictEqual(stands({ owner: shared, git: "x", live: "y" }), "differs")
    assert.strictEqual(stands({ owner: shared, git: "x", live: "x" }), "inStep")
  })

  it("is held when both changed it", () =>
    assert.strictEqual(stands({ owner: shared, git: "x", live: "y", fate: "held" }), "conflict"))
})
