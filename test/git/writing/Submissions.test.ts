import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { nextWork } from "../../../src/git/writing/nextWork.ts"
import { quickTries } from "../../../src/git/writing/Retrying.ts"
import { makeSubmission, type Submission } from "../../../src/git/writing/Submission.ts"
import { type Event, fold, type Step } from "../../../src/git/writing/Submissions.ts"
import { type Attempt, none, type Submissions } from "../../../src/git/writing/SubmissionsState.ts"
import { type Fault, type Op, op } from "./submissionOps.ts"
import { window, World } from "./submissionsModel.ts"

const key = (name: string) => ({ group: "", kind: "ConfigMap", namespace: "shop", name })

const put = (name: string): Submission["changes"][number] => ({
  _tag: "PutDocument",
  key: key(name),
  manifest: { data: name },
  why: { rule: "1" }
})

const submitted = (
  id: number,
  at: number,
  [first, ...others]: readonly [string, ...ReadonlyArray<string>],
  sender = "ConfigMap"
): Event<Attempt> => ({
  _tag: "Submitted",
  submissions: [makeSubmission(id, sender, { _tag: "Documents", changes: [put(first), ...others.map(put)] }, at)]
})

const looked: Event<Attempt> = { _tag: "Looked", commit: "c0" }

const all = (events: ReadonlyArray<Event<Attempt>>, from: Submissions<Attempt> = none(window)): Step<Attempt> =>
  events.reduce<Step<Attempt>>(
    (step, event) => {
      const next = fold(step.state, event)
      return { ...next, answers: [...step.answers, ...next.answers], drained: [...step.drained, ...next.drained] }
    },
    { state: from, answers: [], drained: [] }
  )

const submit = (...keys: ReadonlyArray<number>): Op => ({
  _tag: "Submit",
  sender: 0,
  keys,
  removes: false,
  isStale: false,
  needs: []
})
const pass = (millis: number): Op => ({ _tag: "Pass", millis })
const look: Op = { _tag: "Look" }
const faults = (...faults: ReadonlyArray<Fault>): Op => ({ _tag: "Faults", faults })
const person = (key: number): Op => ({ _tag: "Person", key, does: "sets" })

const world = (...ops: ReadonlyArray<Op>): World => {
  const world = new World()
  world.run([look, ...ops])
  return world
}

describe("what was submitted", () => {
  it("ends on the remote or reported, answered once and committed once, whatever happens in between", () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 60 }), (ops) => {
        const world = new World()
        world.run(ops)
        world.settle()
        world.checkEnd()
      }),
      { numRuns: 3000 }
    )
  })

  it("is committed once nothing new came for the quiet time", () => {
    const { state } = all([looked, submitted(0, 1000, ["a"]), submitted(1, 2500, ["b"])])
    assert.deepStrictEqual(nextWork(state, 2500), { _tag: "Wait", until: 4500 })
    assert.strictEqual(nextWork(state, 4500)._tag, "Write")
  })

  it("is committed when the oldest has waited long enough, even if its document keeps changing", () => {
    const changing = Array.from({ length: 40 }, (_, id) => submitted(id, 1000 + id * 1000, ["a"]))
    const { answers, state } = all([looked, ...changing])
    assert.deepStrictEqual(nextWork(state, 30_999), { _tag: "Wait", until: 31_000 })
    assert.strictEqual(nextWork(state, 31_000)._tag, "Write")
    assert.strictEqual(answers.length, 39)
    assert.isTrue(answers.every(([, answer]) => answer._tag === "Replaced"))
  })

  it("is committed at once when somebody drains, who is answered when nothing waits any more", () => {
    const asked: Event<Attempt> = { _tag: "DrainAsked", drain: 7 }
    const { drained, state } = all([looked, submitted(0, 1000, ["a"]), asked])
    assert.deepStrictEqual(drained, [])
    assert.strictEqual(nextWork(state, 1000)._tag, "Write")
    const attempt = { commit: "c1", parent: "c0" }
    const wrote: Event<Attempt> = {
      _tag: "Wrote",
      settled: new Map(),
      blocked: new Set(),
      pushed: { attempt, push: { _tag: "Done" } },
      at: 1000,
      jitter: 0
    }
    const done = fold(state, wrote)
    assert.deepStrictEqual(done.drained, [7])
    assert.deepStrictEqual(done.answers, [[0, { _tag: "Committed", commit: "c1" }]])
    assert.deepStrictEqual(fold(none(window), asked).drained, [7])
  })

  it("is not committed before the branch could be read", () => {
    const { state } = all([submitted(0, 0, ["a"])])
    assert.strictEqual(nextWork(state, 100_000)._tag, "Rest")
    const failed = all([looked, submitted(0, 0, ["a"]), { _tag: "LookFailed" }])
    assert.strictEqual(nextWork(failed.state, 100_000)._tag, "Rest")
  })

  it("gives way to a later wish for the same documents; what was left of a set is decided again", () => {
    const { answers, state } = all([
      looked,
      submitted(0, 0, ["a"]),
      submitted(1, 1, ["b", "c"]),
      submitted(2, 2, ["a", "b"])
    ])
    assert.deepStrictEqual(answers, [
      [0, { _tag: "Replaced" }],
      [1, { _tag: "DecideAgain", keys: [key("c")] }]
    ])
    assert.deepStrictEqual(state.waiting.map(({ id }) => id), [2])
  })

  it("is forgotten when its sender withdraws it, and nothing of others", () => {
    const { answers, state } = all([
      looked,
      submitted(0, 0, ["a"], "ConfigMap"),
      submitted(1, 0, ["b"], "Service"),
      { _tag: "Withdrawn", sender: "ConfigMap", keys: undefined }
    ])
    assert.deepStrictEqual(answers, [[0, { _tag: "Withdrawn" }]])
    assert.deepStrictEqual(state.waiting.map(({ id }) => id), [1])
  })
})

describe("a change that needs another document", () => {
  const needing = (key: number, ...needs: ReadonlyArray<number>): Op => ({
    _tag: "Submit",
    sender: 0,
    keys: [key],
    removes: false,
    isStale: false,
    needs
  })

  it("goes into one commit with it, also where both need each other and come apart", () => {
    const both = world(needing(0, 1), pass(2000), needing(1, 0), pass(2000))
    assert.deepStrictEqual(both.history.map(({ submissions }) => submissions.map(({ id }) => id)), [[0, 1]])
  })

  it("waits until somebody else puts it there, and holds up nobody meanwhile", () => {
    const waiting = world(needing(0, 1), pass(2000), submit(2), pass(2000), { _tag: "Drain" })
    assert.isFalse(waiting.answers.has(0))
    assert.strictEqual(waiting.answers.get(1)?._tag, "Committed")
    assert.strictEqual(waiting.drained.size, 1)
    const before = waiting.done["Write"]
    waiting.run([submit(3), pass(1999)])
    assert.strictEqual(waiting.done["Write"], before)
    waiting.run([person(1), look, pass(1)])
    assert.strictEqual(waiting.answers.get(0)?._tag, "Committed")
  })

  it("is forgotten when its sender withdraws it", () => {
    const withdrawn = world(needing(0, 1), pass(2000), { _tag: "Withdraw", sender: 0 })
    assert.deepStrictEqual(withdrawn.answers.get(0), { _tag: "Withdrawn" })
  })
})

describe("the name of the cluster", () => {
  const naming: Event<Attempt> = {
    _tag: "Submitted",
    submissions: [makeSubmission(9, "name", { _tag: "Name", naming: { cluster: "c", stateNamespace: "s" } }, 1000)]
  }

  it("is written after a look, at once and alone, before all that waits", () => {
    const asked = all([looked, submitted(0, 1000, ["a"]), naming])
    assert.deepStrictEqual(nextWork(asked.state, 1000), { _tag: "Look" })
    const { state } = fold(asked.state, looked)
    const work = nextWork(state, 1000)
    assert.deepStrictEqual(work._tag === "Write" ? work.submissions.map(({ id }) => id) : [], [9])
    const wrote: Event<Attempt> = {
      _tag: "Wrote",
      settled: new Map(),
      blocked: new Set(),
      pushed: { attempt: { commit: "c1", parent: "c0" }, push: { _tag: "Done" } },
      at: 1000,
      jitter: 0
    }
    const done = fold(state, wrote)
    assert.deepStrictEqual(done.answers, [[9, { _tag: "Committed", commit: "c1" }]])
    assert.deepStrictEqual(nextWork(done.state, 1000), { _tag: "Wait", until: 3000 })
  })
})

describe("more than one commit may hold", () => {
  const many = (count: number, from: number): Event<Attempt> => ({
    _tag: "Submitted",
    submissions: Array.from(
      { length: count },
      (_, index) =>
        makeSubmission(from + index, "ConfigMap", { _tag: "Documents", changes: [put(`n${from + index}`)] }, 1000)
    )
  })

  it("is committed at once, as many as one commit holds, and the rest after the window", () => {
    const { state } = all([looked, many(12_000, 0)])
    const work = nextWork(state, 1000)
    assert.strictEqual(work._tag === "Write" && work.submissions.length, 10_000)
    const wrote: Event<Attempt> = {
      _tag: "Wrote",
      settled: new Map(),
      blocked: new Set(),
      pushed: { attempt: { commit: "c1", parent: "c0" }, push: { _tag: "Done" } },
      at: 1000,
      jitter: 0
    }
    const done = fold(state, wrote)
    assert.strictEqual(done.answers.length, 10_000)
    assert.deepStrictEqual(nextWork(done.state, 1000), { _tag: "Wait", until: 3000 })
    const rest = nextWork(done.state, 3000)
    assert.strictEqual(rest._tag === "Write" && rest.submissions.length, 2000)
  })
})

describe("a push", () => {
  it("that landed is where the next one begins, without a look in between", () => {
    const done = world(submit(0), pass(2000), submit(1), pass(2000))
    assert.deepStrictEqual(done.answers.get(1), { _tag: "Committed", commit: "c2" })
    assert.deepStrictEqual([done.done["Write"], done.done["Look"]], [2, undefined])
  })

  it("whose branch moved is made again on the new tip, and then lands", () => {
    const moved = world(submit(1), faults("overtaken", "locked"), pass(2000), pass(100), pass(1000))
    assert.strictEqual(moved.answers.get(0)?._tag, "Committed")
    assert.strictEqual(moved.done["Write"], 3)
    assert.strictEqual(moved.done["Compare"], undefined)
  })

  it("that lost a race looks where the branch is at the end of the wait, not at its beginning", () => {
    const wrote: Event<Attempt> = {
      _tag: "Wrote",
      settled: new Map(),
      blocked: new Set(),
      pushed: { attempt: { commit: "c1", parent: "c0" }, push: { _tag: "Moved" } },
      at: 3000,
      jitter: 0.5
    }
    const { state } = all([looked, submitted(0, 1000, ["a"]), wrote])
    assert.deepStrictEqual(nextWork(state, 3000), { _tag: "Wait", until: 3050 })
    assert.deepStrictEqual(nextWork(state, 3050), { _tag: "Look" })
    assert.strictEqual(nextWork(fold(state, looked).state, 3050)._tag, "Write")
  })

  it("that is overtaken by a change of the same document is decided again", () => {
    assert.deepStrictEqual(
      world(submit(0), faults("overtaken"), pass(2000), pass(1000)).answers.get(0),
      { _tag: "DecideAgain", keys: [key("k0")] }
    )
  })

  it("that was lost after the branch had moved is found there, and not made again", () => {
    const lost = world(submit(0), faults("lostAfter"), pass(2000))
    assert.deepStrictEqual(lost.answers.get(0), { _tag: "Committed", commit: "c1" })
    assert.deepStrictEqual([lost.done["Write"], lost.done["PushAgain"], lost.done["Compare"]], [
      1,
      undefined,
      undefined
    ])
  })

  it("that was lost before is the same commit again, not another one", () => {
    const lost = world(submit(0), faults("lostBefore", "lostBefore"), pass(2000), pass(1000), pass(1000))
    assert.deepStrictEqual(lost.answers.get(0), { _tag: "Committed", commit: "c1" })
    assert.deepStrictEqual([lost.done["Write"], lost.done["PushAgain"]], [1, 2])
    assert.strictEqual(lost.commits.size, 1)
  })

  it("that was lost and lands late, while it is sent again, is one commit", () => {
    const lost = world(submit(0), faults("lostLate"), pass(2000), { _tag: "LatePushLands" }, pass(1000), pass(1000))
    assert.deepStrictEqual(lost.answers.get(0), { _tag: "Committed", commit: "c1" })
    assert.strictEqual(lost.tips.length, 1)
  })

  it("that was lost below a person's commit is known by what the tip says", () => {
    const unreadable: Op = { _tag: "Unreadable", looks: 1 }
    const kept = world(submit(0), faults("lostAfter"), unreadable, pass(2000), person(1), look)
    assert.deepStrictEqual(kept.answers.get(0), { _tag: "Committed", commit: "c2" })
    const undone = world(submit(0), faults("lostAfter"), unreadable, pass(2000), person(0), look)
    assert.deepStrictEqual(undone.answers.get(0), { _tag: "DecideAgain", keys: [key("k0")] })
    const never = world(submit(0), faults("lostBefore"), unreadable, pass(2000), person(1), look)
    assert.deepStrictEqual(never.answers.get(0), { _tag: "DecideAgain", keys: [key("k0")] })
  })

  it("that was declined tells its senders, and whoever insists is heard ever more rarely until something changes", () => {
    const refused = world(submit(0), faults("declined", "declined"), pass(2000))
    assert.deepStrictEqual(refused.answers.get(0), { _tag: "Refused", reason: "Declined", words: "hook declined" })
    refused.run([submit(0), pass(2000)])
    assert.isFalse(refused.answers.has(1))
    refused.run([pass(4000)])
    assert.strictEqual(refused.answers.get(1)?._tag, "Refused")
    refused.run([submit(1), pass(6000)])
    assert.isFalse(refused.answers.has(2))
    refused.run([person(2), look])
    assert.strictEqual(refused.answers.get(2)?._tag, "Committed")
  })

  it("that was declined because of one document lands without it, in as few commits as it takes", () => {
    const hook: Op = { _tag: "Hook", key: 2 }
    const some = world(hook, submit(0), submit(1), submit(2), submit(3), pass(2000))
    assert.deepStrictEqual([0, 1, 2, 3].map((id) => some.answers.get(id)?._tag), [
      "Committed",
      "Committed",
      "Refused",
      "Committed"
    ])
    assert.deepStrictEqual(some.history.map(({ submissions }) => submissions.map(({ id }) => id)), [[0, 1], [3]])
    some.run([submit(2), submit(1), pass(6000)])
    assert.deepStrictEqual([4, 5].map((id) => some.answers.get(id)?._tag), ["Refused", "Committed"])
  })

  it("that is declined whatever it holds is tried so often as it takes to know that, and told to all", () => {
    const always = Array.from({ length: 100 }, (): Fault => "declined")
    const refused = world(faults(...always), submit(0), submit(1), submit(2), submit(3), pass(2000))
    assert.deepStrictEqual([0, 1, 2, 3].map((id) => refused.answers.get(id)?._tag), Array(4).fill("Refused"))
    assert.strictEqual(refused.done["Write"], 7)
  })

  it("that may not be made at all is not tried by halves", () => {
    const refused = world(faults("forbidden"), submit(0), submit(1), pass(2000))
    assert.deepInclude(refused.answers.get(1), { _tag: "Refused", reason: "Declined", words: "no permission" })
    assert.strictEqual(refused.done["Write"], 1)
  })

  it("is not sent again before the remote wants it", () => {
    const attempt = { commit: "c1", parent: "c0" }
    const lost: Event<Attempt> = {
      _tag: "Wrote",
      settled: new Map(),
      blocked: new Set(),
      pushed: { attempt, push: { _tag: "Lost", wait: 7000 } },
      at: 3000,
      jitter: 0
    }
    const { state } = all([looked, submitted(0, 1000, ["a"]), lost])
    assert.deepStrictEqual(nextWork(state, 3000), { _tag: "Wait", until: 10_000 })
    assert.strictEqual(nextWork(state, 10_000)._tag, "Look")
    const seen = fold(state, looked).state
    assert.deepStrictEqual(nextWork(seen, 3000), { _tag: "Wait", until: 10_000 })
    assert.strictEqual(nextWork(seen, 10_000)._tag, "PushAgain")
  })

  it("that keeps losing rests after some tries, until the branch is looked at for another reason", () => {
    const locked = Array.from({ length: quickTries }, (): Fault => "locked")
    const losing = world(submit(0), faults(...locked), ...Array.from({ length: 20 }, () => pass(20_000)))
    assert.strictEqual(losing.done["Write"], quickTries)
    assert.isFalse(losing.answers.has(0))
    losing.run([look, pass(20_000)])
    assert.strictEqual(losing.answers.get(0)?._tag, "Committed")
    const drained = world(submit(0), faults(...locked), ...Array.from({ length: 20 }, () => pass(20_000)))
    drained.run([{ _tag: "Drain" }, pass(20_000)])
    assert.strictEqual(drained.answers.get(0)?._tag, "Committed")
  })

  it("is not sent by a process that may not write, and waits for nothing once it may", () => {
    const standby = world(submit(0), faults("notLeading"), pass(2000))
    assert.deepInclude(standby.answers.get(0), { _tag: "Refused", reason: "NotLeading" })
    standby.run([submit(0), pass(2000)])
    assert.strictEqual(standby.answers.get(1)?._tag, "Committed")
  })
})
