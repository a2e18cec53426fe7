import { assert, describe, it } from "@effect/vitest"
import { nobodys, type Situation, standingOf } from "../../src/coordination/standingOf.ts"

const us = { cluster: "us", stateNamespace: "ns" }

const situation = (change: Partial<Situation>): Situation => ({
  us,
  record: "Written",
  named: { _tag: "Named", ...us },
  writesToGit: true,
  restore: "auto",
  ancestry: "Proved",
  takesOver: undefined,
  asked: undefined,
  restoresFrom: undefined,
  isRestored: false,
  ...change
})

const nobody = { _tag: "Nobody" } as const
const another = { _tag: "Named", cluster: "them", stateNamespace: "theirs" } as const
const third = { cluster: "third", stateNamespace: "ns" }
const unreadable = { _tag: "Unreadable", reason: "it is no YAML" } as const

/** What follows, in one line: what to do, whether Git is open, and whether all is held. */
const follows = (change: Partial<Situation>): string => {
  const { held, mirroring, step } = standingOf(situation(change))
  const git = mirroring._tag === "Open" ? "open" : mirroring.reason === "" ? "not yet" : "closed"
  return `${step}, ${git}${held === undefined ? "" : ", all held"}`
}

const reason = (change: Partial<Situation>): string => {
  const { mirroring } = standingOf(situation(change))
  return mirroring._tag === "Closed" ? mirroring.reason : ""
}

describe("whose Git is", () => {
  it("doesn't matter where no rule writes to Git", () => {
    for (const named of [nobody, another, unreadable, { _tag: "Named", ...us } as const]) {
      for (const record of ["Absent", "Undecided", "Written"] as const)
        assert.strictEqual(follows({ named, record, writesToGit: false, ancestry: "Broken" }), "None, not yet")
    }
  })

  it("is ours, with a record: it goes on, once it is known whether the history is the one we knew", () => {
    assert.strictEqual(follows({}), "None, open")
    assert.strictEqual(follows({ ancestry: "Unknown" }), "AskHistory, not yet")
    assert.strictEqual(
      follows({ ancestry: "Broken" }),
      "None, open",
      "what follows for removals is the record's to say"
    )
  })

  it("is nobody's, with a record: we are named again if it is the history we knew", () => {
    assert.strictEqual(follows({ named: nobody }), "NameUs, not yet")
    assert.strictEqual(follows({ named: nobody, ancestry: "Unknown" }), "AskHistory, not yet")
    assert.strictEqual(follows({ named: nobody, ancestry: "Broken" }), "None, closed")
    assert.include(reason({ named: nobody, ancestry: "Broken" }), "confirm --take-over")
    assert.strictEqual(follows({ named: nobody, ancestry: "Broken", takesOver: nobodys }), "NameUs, not yet")
  })

  it("is another's, with a record: nothing goes to Git, and both are named with the cure", () => {
    assert.strictEqual(follows({ named: another }), "None, closed")
    const said = reason({ named: another })
    for (const part of ["them", "theirs", "us", "ns", "confirm --take-over", "gitPath"]) assert.include(said, part)
  })

  it("is nobody's, without a record: first contact, the record before the name", () => {
    assert.strictEqual(follows({ named: nobody, record: "Absent", ancestry: "Unknown" }), "WriteRecord, not yet")
    assert.strictEqual(follows({ named: nobody, record: "Undecided" }), "WriteRecord, not yet")
    assert.strictEqual(follows({ named: nobody, record: "Written" }), "NameUs, not yet")
  })

  it("is ours, without a record: the record is begun anew", () => {
    assert.strictEqual(follows({ record: "Absent" }), "WriteRecord, not yet")
  })

  it("is another's, without a record: that one is asked for its place, and nothing is written before it had time to refuse", () => {
    const asks = { ...another, takeover: us }
    const since = { of: "them/theirs", until: "2026-01-01T00:05:00.000Z" }
    assert.strictEqual(follows({ named: another, record: "Absent" }), "WriteUndecided, closed, all held")
    assert.strictEqual(follows({ named: another, record: "Undecided" }), "AskTakeover, closed, all held")
    assert.strictEqual(follows({ named: asks, record: "Absent" }), "WriteUndecided, closed, all held")
    assert.strictEqual(follows({ named: asks, record: "Undecided" }), "WriteAsked, closed, all held")
    assert.strictEqual(follows({ named: asks, record: "Undecided", asked: since }), "AwaitAnswer, closed, all held")
    assert.strictEqual(
      follows({ named: asks, record: "Undecided", asked: { ...since, of: "third/ns" } }),
      "WriteAsked, closed, all held",
      "another was asked then"
    )
    const said = reason({ named: asks, record: "Undecided", asked: since })
    for (const part of ["them", "2026-01-01T00:05:00.000Z", `"restore: off"`, "confirm --take-over"])
      assert.include(said, part)
    assert.strictEqual(follows({ named: another, record: "Absent", restore: "off" }), "WriteRecord, closed")
  })

  it("is another's that refused us: all is held, also where restoring had begun", () => {
    const refusing = { ...another, refused: us }
    for (const record of ["Undecided", "Restoring"] as const) {
      assert.strictEqual(
        follows({ named: refusing, record, restoresFrom: "them/theirs", isRestored: true }),
        "None, closed, all held"
      )
      assert.include(reason({ named: refusing, record, restoresFrom: "them/theirs" }), "lives")
    }
    assert.strictEqual(
      follows({ named: { ...another, refused: third }, record: "Undecided" }),
      "AskTakeover, closed, all held",
      "it refused another"
    )
  })

  it("is another's whom a third asks already: all is held", () => {
    const named = { ...another, takeover: third }
    for (const record of ["Absent", "Undecided", "Restoring"] as const) {
      const step = record === "Absent" ? "WriteUndecided" : "None"
      assert.strictEqual(follows({ named, record, restoresFrom: "them/theirs" }), `${step}, closed, all held`)
    }
    assert.include(reason({ named, record: "Undecided" }), "third")
  })

  it("is where we restore from: it goes on while our request stands there, and ends by naming us", () => {
    const going = { record: "Restoring", restoresFrom: "them/theirs" } as const
    const named = { ...another, takeover: us }
    assert.strictEqual(standingOf(situation({ ...going, named })).restoring, "them/theirs")
    assert.strictEqual(follows({ ...going, named }), "None, closed")
    assert.strictEqual(follows({ ...going, named, isRestored: true }), "NameUs, closed")
    assert.strictEqual(follows({ ...going, named: another, isRestored: true }), "AskTakeover, closed, all held")
    assert.strictEqual(follows({ ...going, named: nobody }), "None, closed")
    assert.strictEqual(follows({ ...going, named: nobody, isRestored: true }), "NameUs, closed")
    assert.strictEqual(follows({ ...going, isRestored: true }), "WriteRecord, not yet", "Git names us: it is done")
    assert.strictEqual(follows({ ...going, named, restoresFrom: "third/ns" }), "None, closed, all held")
    assert.strictEqual(follows({ ...going, named: unreadable }), "None, closed, all held")
    assert.strictEqual(follows({ ...going, named, takesOver: "them/theirs" }), "WriteRecord, not yet")
  })

  it("is ours, and another asks for it: it is refused, once we may write", () => {
    const named = { _tag: "Named", ...us, takeover: third } as const
    assert.strictEqual(follows({ named }), "RefuseTakeover, open")
    assert.strictEqual(follows({ named, record: "Absent" }), "WriteRecord, not yet")
    assert.strictEqual(follows({ named: { _tag: "Named", ...us, refused: third } }), "None, open")
  })

  it("is what a person says who lets us take the other's place, and only that other's", () => {
    assert.strictEqual(follows({ named: another, takesOver: "them/theirs" }), "NameUs, not yet")
    assert.strictEqual(
      follows({ named: another, record: "Undecided", takesOver: "them/theirs" }),
      "WriteRecord, not yet"
    )
    assert.strictEqual(follows({ named: another, takesOver: "third/ns" }), "None, closed")
  })

  it("is another controller's of our cluster when its state lives elsewhere", () => {
    const elsewhere = { _tag: "Named", cluster: "us", stateNamespace: "elsewhere" } as const
    assert.strictEqual(follows({ named: elsewhere }), "None, closed")
    assert.strictEqual(follows({ named: elsewhere, record: "Absent" }), "WriteRecord, closed")
  })

  it("can't be known from a file that can't be read: nothing goes to Git, and a new cluster waits", () => {
    assert.strictEqual(follows({ named: unreadable }), "None, closed")
    assert.include(reason({ named: unreadable }), "it is no YAML")
    assert.strictEqual(follows({ named: unreadable, record: "Absent" }), "None, closed, all held")
  })
})
