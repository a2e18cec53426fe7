// A remote as plain data, people and servers that misbehave, and the Git actor's loop around its pure state machine: what the properties of
// submissions are tried on. A document is its value, and its value is its digest.
import { assert } from "@effect/vitest"
import { nextWork } from "../../../src/git/writing/nextWork.ts"
import { lacking } from "../../../src/git/writing/Requirements.ts"
import { type Answer, makeSubmission, type Submission } from "../../../src/git/writing/Submission.ts"
import { type Event, fold } from "../../../src/git/writing/Submissions.ts"
import {
  type Attempt,
  none,
  type Push,
  type Submissions,
  unblocked
} from "../../../src/git/writing/SubmissionsState.ts"
import type { ManifestRef } from "../../../src/manifest/Manifest.ts"
import type { Fault, Op } from "./submissionOps.ts"

type Documents = ReadonlyMap<string, string>

interface Commit {
  readonly id: string
  readonly parent: string | undefined
  readonly documents: Documents
  /** Of our submissions; empty for a person's. */
  readonly submissions: ReadonlyArray<Submission>
}

export const window = { quiet: 2_000, maxAge: 30_000 }

const key = (number: number) => ({ group: "", kind: "ConfigMap", namespace: "shop", name: `k${number}` })
const names = (submission: Submission) => submission.changes.map(({ key }) => key.name)

/** Only that there is one matters. */
const refTo = (name: string): ManifestRef => ({
  manifest: {
    group: "",
    kind: "ConfigMap",
    version: "v1",
    namespace: "shop",
    name,
    labels: {},
    isPaused: false,
    position: 0,
    line: 1,
    digest: ""
  },
  path: `${name}.yaml`,
  blob: ""
})

const wishOf = (change: Submission["changes"][number]): string | undefined =>
  change._tag === "PutDocument" ? String(change.manifest["data"]) : undefined

const basedOn = (change: Submission["changes"][number]): string | undefined =>
  change._tag === "PatchDocument" ? undefined : change.basedOn

const needsOf = ({ changes }: Submission): ReadonlyArray<string> =>
  changes.flatMap((change) => change._tag === "PutDocument" ? change.needs ?? [] : []).map(({ name }) => name)

export class World {
  now = 1_000_000
  tip: string | undefined
  readonly commits = new Map<string, Commit>()
  /** Everything that ever was a tip, in order. */
  readonly tips: Array<Commit> = []
  readonly submissions: Array<Submission> = []
  readonly answers = new Map<number, Answer>()
  readonly drained = new Set<number>()
  /** How often each kind of work was done. */
  readonly done: Record<string, number> = {}
  state: Submissions<Attempt> = none(window)
  drains = 0
  #faults: Array<Fault> = []
  #unreadable = 0
  #hooked: string | undefined
  #late: Array<Attempt> = []
  #names = 0
  #values = 0

  #documents(commit: string | undefined): Documents {
    return commit === undefined ? new Map() : this.commits.get(commit)?.documents ?? new Map()
  }

  #commit(documents: Documents, parent: string | undefined, submissions: ReadonlyArray<Submission>): Commit {
    const commit = { id: `c${++this.#names}`, parent, documents, submissions }
    this.commits.set(commit.id, commit)
    return commit
  }

  /** What a server does with a push: compare and swap. */
  #land(attempt: Attempt): boolean {
    const commit = this.commits.get(attempt.commit)
    if (commit === undefined || this.tip !== attempt.parent) return false
    this.#moveTo(commit)
    return true
  }

  #moveTo(commit: Commit) {
    this.tip = commit.id
    this.tips.push(commit)
    for (const submission of commit.submissions) {
      for (const change of submission.changes) {
        const before = this.#documents(commit.parent).get(change.key.name)
        assert.include(
          [basedOn(change), wishOf(change)],
          before,
          `${commit.id} overwrites what its sender never saw`
        )
      }
      for (const name of needsOf(submission))
        assert.isTrue(commit.documents.has(name), `${commit.id} lacks ${name}, which something in it needs`)
    }
  }

  #person(does: "sets" | "removes" | "undoes", name: string) {
    const documents = new Map(this.#documents(this.tip))
    if (does === "sets") documents.set(name, `p${++this.#values}`)
    else if (does === "removes") documents.delete(name)
    else {
      const before = this.#documents(this.tip === undefined ? undefined : this.commits.get(this.tip)?.parent)
      const value = before.get(name)
      if (value === undefined) documents.delete(name)
      else documents.set(name, value)
    }
    this.#moveTo(this.#commit(documents, this.tip, []))
  }

  #push(attempt: Attempt): Push {
    switch (this.#faults.shift() ?? "fine") {
      case "fine":
        if (this.commits.get(attempt.commit)?.submissions.some((one) => names(one).includes(this.#hooked ?? "")))
          return { _tag: "Declined", words: "hook declined" }
        return { _tag: this.#land(attempt) ? "Done" : "Moved" }
      case "overtaken":
        this.#person("sets", "k0")
        return { _tag: "Moved" }
      case "locked":
        return { _tag: "Moved" }
      case "declined":
        return { _tag: "Declined", words: "hook declined" }
      case "forbidden":
        return { _tag: "Refused", reason: "Declined", words: "no permission" }
      case "notLeading":
        return { _tag: "Refused", reason: "NotLeading", words: "somebody else leads" }
      case "lostBefore":
        return { _tag: "Lost", wait: 0 }
      case "lostAfter":
        this.#land(attempt)
        return { _tag: "Lost", wait: 0 }
      case "lostUndone":
        if (this.#land(attempt)) {
          const [submission] = this.commits.get(attempt.commit)?.submissions ?? []
          for (const name of submission === undefined ? [] : names(submission)) this.#person("undoes", name)
        }
        return { _tag: "Lost", wait: 0 }
      case "lostLate":
        this.#late.push(attempt)
        return { _tag: "Lost", wait: 0 }
    }
  }

  #fold(event: Event<Attempt>) {
    const { answers, drained, state } = fold(this.state, event)
    this.state = state
    for (const [id, answer] of answers) {
      assert.isFalse(this.answers.has(id), `submission ${id} is answered twice`)
      this.answers.set(id, answer)
      if (answer._tag === "Committed") this.#checkCommitted(id, answer.commit)
    }
    for (const drain of drained) {
      assert.deepStrictEqual(unblocked(state), [])
      this.drained.add(drain)
    }
  }

  #checkCommitted(id: number, commit: string) {
    assert.isTrue(this.tips.some((tip) => tip.id === commit), `${commit} was never on the remote`)
    for (const change of this.submissions[id]?.changes ?? [])
      assert.strictEqual(this.#documents(commit).get(change.key.name), wishOf(change), "committed, but it isn't there")
  }

  #judge(submission: Submission, isWriting: boolean): Answer | undefined {
    const documents = this.#documents(this.state.tip)
    const isThere = (change: Submission["changes"][number]) => documents.get(change.key.name) === wishOf(change)
    if (this.state.tip !== undefined && submission.changes.every(isThere))
      return { _tag: "Committed", commit: this.state.tip }
    const outdated = submission.changes.filter((change) =>
      !isThere(change) && (!isWriting || documents.get(change.key.name) !== basedOn(change))
    )
    if (isWriting && outdated.length === 0) return undefined
    return { _tag: "DecideAgain", keys: outdated.map(({ key }) => key) }
  }

  #settled(submissions: ReadonlyArray<Submission>, isWriting: boolean): ReadonlyMap<number, Answer> {
    return new Map(submissions.flatMap((submission) => {
      const answer = this.#judge(submission, isWriting)
      return answer === undefined ? [] : [[submission.id, answer] as const]
    }))
  }

  #blocked(submissions: ReadonlyArray<Submission>): ReadonlySet<number> {
    const now = this.#documents(this.state.tip)
    return lacking(
      submissions.map(({ changes, id }) => ({ id, changes: changes.map((change) => ({ change })) })),
      ({ name }) => now.has(name) ? [refTo(name)] : []
    )
  }

  #write(submissions: ReadonlyArray<Submission>) {
    const free = unblocked(this.state)
    const last = Math.max(...free.map(({ at }) => at))
    const oldest = Math.min(...free.map(({ since }) => since))
    if (this.drains === this.drained.size && this.state.divided.length === 0)
      assert.isAtLeast(this.now, Math.min(last + window.quiet, oldest + window.maxAge), "committed too early")
    const settled = this.#settled(submissions, true)
    const unsettled = submissions.filter(({ id }) => !settled.has(id))
    const blocked = this.#blocked(unsettled)
    const rest = unsettled.filter(({ id }) => !blocked.has(id))
    const documents = new Map(this.#documents(this.state.tip))
    for (const change of rest.flatMap(({ changes }) => [...changes])) {
      const wish = wishOf(change)
      if (wish === undefined) documents.delete(change.key.name)
      else documents.set(change.key.name, wish)
    }
    let pushed: { readonly attempt: Attempt; readonly push: Push } | undefined
    if (rest.length > 0) {
      const { id, parent } = this.#commit(documents, this.state.tip, rest)
      const attempt = { commit: id, parent }
      pushed = { attempt, push: this.#push(attempt) }
    }
    this.#fold({ _tag: "Wrote", settled, blocked, pushed, at: this.now, jitter: 0.5 })
  }

  #look() {
    this.#fold(this.#unreadable-- > 0 ? { _tag: "LookFailed" } : { _tag: "Looked", commit: this.tip })
  }

  /** What the actor does after each message. */
  #work() {
    for (let rounds = 0;; rounds++) {
      assert.isBelow(rounds, 50, "works without end")
      const work = nextWork(this.state, this.now)
      this.done[work._tag] = (this.done[work._tag] ?? 0) + 1
      switch (work._tag) {
        case "Rest":
        case "Wait":
          return
        case "Look":
          this.#look()
          break
        case "Write":
          this.#write(work.submissions)
          break
        case "PushAgain":
          this.#fold({ _tag: "PushedAgain", push: this.#push(work.attempt), at: this.now, jitter: 0.5 })
          break
        case "Compare":
          this.#fold({ _tag: "Compared", settled: this.#settled(work.submissions, false) })
          break
      }
    }
  }

  #submit({ isStale, keys, needs, removes, sender }: Extract<Op, { readonly _tag: "Submit" }>) {
    const id = this.submissions.length
    const seen = this.#documents(this.state.tip)
    const why = { rule: "1" }
    const [first, ...others] = keys.map((number): Submission["changes"][number] => {
      const value = isStale ? "stale" : seen.get(`k${number}`)
      return removes && value !== undefined
        ? { _tag: "RemoveDocument", key: key(number), basedOn: value, why }
        : {
          _tag: "PutDocument",
          key: key(number),
          manifest: { data: `v${id}` },
          needs: needs.map(key),
          ...value === undefined ? {} : { basedOn: value },
          why
        }
    })
    if (first === undefined) return
    const submission = makeSubmission(
      id,
      `sender${sender}`,
      { _tag: "Documents", changes: [first, ...others] },
      this.now
    )
    this.submissions.push(submission)
    this.#fold({ _tag: "Submitted", submissions: [submission] })
  }

  #rewind() {
    const parent = this.tip === undefined ? undefined : this.commits.get(this.tip)?.parent
    const commit = parent === undefined ? undefined : this.commits.get(parent)
    if (commit === undefined) return
    this.tip = commit.id
    this.tips.push(commit)
  }

  #apply(op: Op) {
    switch (op._tag) {
      case "Submit":
        return this.#submit(op)
      case "Withdraw":
        return this.#fold({ _tag: "Withdrawn", sender: `sender${op.sender}`, keys: undefined })
      case "Drain":
        return this.#fold({ _tag: "DrainAsked", drain: this.drains++ })
      case "Look":
        return this.#look()
      case "Pass":
        this.now += op.millis
        return
      case "Person":
        return this.#person(op.does, `k${op.key}`)
      case "Rewind":
        return this.#rewind()
      case "Hook":
        this.#hooked = op.key === undefined ? undefined : `k${op.key}`
        return
      case "Faults":
        this.#faults = [...op.faults]
        return
      case "Unreadable":
        this.#unreadable = op.looks
        return
      case "LatePushLands": {
        const attempt = this.#late.shift()
        if (attempt !== undefined) this.#land(attempt)
      }
    }
  }

  run(ops: ReadonlyArray<Op>) {
    for (const op of ops) {
      this.#apply(op)
      this.#work()
    }
  }

  /** Good weather: nothing fails any more, the branch is looked at, time passes. */
  settle() {
    this.run([{ _tag: "Faults", faults: [] }, { _tag: "Hook", key: undefined }, { _tag: "Unreadable", looks: 0 }])
    for (let i = 0; i < 20; i++) this.run([{ _tag: "Look" }, { _tag: "Pass", millis: window.maxAge * 3 }])
  }

  /** From the root to the tip. */
  get history(): ReadonlyArray<Commit> {
    const found: Array<Commit> = []
    for (let at = this.tip; at !== undefined; at = this.commits.get(at)?.parent) {
      const commit = this.commits.get(at)
      if (commit !== undefined) found.unshift(commit)
    }
    return found
  }

  checkEnd() {
    const waiting = new Set(this.state.waiting.map(({ id }) => id))
    for (const submission of this.submissions) {
      const { id } = submission
      if (!waiting.has(id)) assert.isTrue(this.answers.has(id), `submission ${id} is never answered`)
      else assert.isTrue(this.#blocked(this.state.waiting).has(id), `submission ${id} waits for nothing`)
    }
    assert.strictEqual(this.drained.size, this.drains, "a drain is never answered")
    for (const { id } of this.submissions) {
      const commits = new Set(this.tips.filter(({ submissions }) => submissions.some((one) => one.id === id)))
      assert.isAtMost(commits.size, 1, `submission ${id} was committed twice`)
    }
    for (let number = 0; number < 4; number++) this.#checkKey(`k${number}`)
  }

  /** No older wish comes after a newer one, and the last one is there or reported. */
  #checkKey(name: string) {
    let before = -1
    for (const { submissions } of this.history) {
      const ids = submissions.filter((one) => names(one).includes(name)).map(({ id }) => id)
      assert.isAtMost(ids.length, 1)
      for (const id of ids) {
        assert.isAbove(id, before, `an older wish for ${name} came after a newer one`)
        before = id
      }
    }
    const last = this.submissions.findLast((one) => names(one).includes(name))
    if (last === undefined) return
    const answer = this.answers.get(last.id)
    assert.notStrictEqual(answer?._tag, "Replaced")
    if (answer?._tag !== "Committed" || !this.history.some(({ id }) => id === answer.commit)) return
    const wished = last.changes.find(({ key }) => key.name === name)
    const wish = wished === undefined ? undefined : wishOf(wished)
    const later = this.history.slice(this.history.findIndex(({ id }) => id === answer.commit) + 1)
    if (later.every(({ documents, submissions }) => submissions.length > 0 || documents.get(name) === wish))
      assert.strictEqual(this.#documents(this.tip).get(name), wish, `the last wish for ${name} is not there`)
  }
}
