import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import * as Advertisement from "../../../src/git/wire/Advertisement.ts"
import * as PktLine from "../../../src/git/wire/PktLine.ts"
import * as ReceivePack from "../../../src/git/wire/ReceivePack.ts"

const ref = "refs/heads/main"
const [one, two, three] = ["1", "2", "3"].map((digit) => digit.repeat(40)) as [string, string, string]
const pack = Buffer.from("PACK…")

const advertisement = (
  tip: string | undefined,
  capabilities = "report-status side-band-64k quiet object-format=sha1"
) =>
  Result.getOrThrow(Advertisement.decode(Buffer.concat([
    PktLine.line("# service=git-receive-pack"),
    PktLine.flush,
    PktLine.line(`${tip ?? "0".repeat(40)} ${tip === undefined ? "capabilities^{}" : ref}\0${capabilities}`),
    PktLine.line(`${three} .have`),
    PktLine.flush
  ])))

const update = { ref, before: one, after: two, pack }

const banded = (band: number, payload: string | Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from([band]), Buffer.from(payload)])
  return Buffer.concat([Buffer.from((body.length + 4).toString(16).padStart(4, "0")), body])
}
const report = (...lines: ReadonlyArray<string>) => Buffer.concat([...lines.map(PktLine.line), PktLine.flush])

/** What an answer means that arrives in pieces. */
const read = (answer: Buffer, piece = answer.length) =>
  Result.gen(function*() {
    let state = ReceivePack.nothing()
    for (let at = 0; at < answer.length; at += piece)
      state = yield* ReceivePack.take(state, answer.subarray(at, at + piece))
    return yield* ReceivePack.finish(state, ref)
  })

const outcome = (...parts: ReadonlyArray<Buffer>) => Result.getOrThrow(read(Buffer.concat(parts)))
const fault = (...parts: ReadonlyArray<Buffer>) => Result.getOrThrow(Result.flip(read(Buffer.concat(parts))))

describe("what is sent to receive-pack", () => {
  it("is the commit before, the commit after, and a pack", () => {
    const plan = Result.getOrThrow(ReceivePack.plan(advertisement(one), update))
    const command =
      `${one} ${two} ${ref}\0 report-status side-band-64k quiet object-format=sha1 agent=git/gitops-controller`
    assert.deepStrictEqual(plan, {
      _tag: "Send",
      request: Buffer.concat([PktLine.line(command), PktLine.flush, pack])
    })
    const bare = Result.getOrThrow(
      ReceivePack.plan(advertisement(undefined, "report-status"), { ...update, before: undefined })
    )
    assert.deepStrictEqual(bare, {
      _tag: "Send",
      request: Buffer.concat([
        PktLine.line(`${"0".repeat(40)} ${two} ${ref}\0 report-status agent=git/gitops-controller`),
        PktLine.flush,
        pack
      ])
    })
  })

  it("is nothing when the branch isn't where it should be, or is where it shall be", () => {
    const planned = (tip: string | undefined, before: string | undefined) =>
      Result.getOrThrow(ReceivePack.plan(advertisement(tip), { ...update, before }))
    assert.deepStrictEqual(planned(two, one), { _tag: "Done" })
    for (const [tip, before] of [[three, one], [undefined, one], [one, undefined], [three, undefined]] as const)
      assert.strictEqual(planned(tip, before)._tag, "Moved")
  })

  it("is nothing when the server wouldn't tell what became of it", () => {
    assert.deepStrictEqual(
      ReceivePack.plan(advertisement(one, "side-band-64k"), update),
      Result.fail({ _tag: "TooOld", lacks: "report-status" })
    )
    const second = Result.getOrThrow(Advertisement.decode(Buffer.concat([PktLine.line("version 2"), PktLine.flush])))
    assert.isTrue(Result.isFailure(ReceivePack.plan(second, update)))
  })
})

describe("what receive-pack answers", () => {
  const ok = report("unpack ok", `ok ${ref}`)

  it("is read with side-band and without, whatever pieces it comes in", () => {
    const answers = [
      ok,
      Buffer.concat([banded(1, ok), PktLine.flush]),
      Buffer.concat([
        banded(2, "hello\n"),
        banded(1, ok.subarray(0, 7)),
        banded(2, ""),
        banded(1, ok.subarray(7)),
        PktLine.flush
      ])
    ]
    fc.assert(fc.property(fc.constantFrom(...answers), fc.integer({ min: 1, max: 200 }), (answer, piece) => {
      assert.deepStrictEqual(read(answer, piece), Result.succeed({ _tag: "Done" }))
    }))
    assert.deepStrictEqual(outcome(report("unpack ok", `ng ${ref} hook declined`)), {
      _tag: "Refused",
      words: "hook declined"
    })
  })

  it("is done only when the report says so of this very branch", () => {
    for (
      const lines of [
        ["unpack ok"],
        [`ok ${ref}`],
        ["unpack ok", "ok refs/heads/other"],
        ["unpack ok", `ok ${ref}-2`],
        ["unpack okay", `ok ${ref}`],
        ["unpack index-pack abnormal exit", `ok ${ref}`],
        ["unpack ok", `ng ${ref} whatever`]
      ]
    ) { assert.notDeepEqual(read(report(...lines)), Result.succeed({ _tag: "Done" }), lines.join()) }
    for (let cut = 0; cut < ok.length - 4; cut++)
      assert.isTrue(Result.isFailure(read(ok.subarray(0, cut))), `cut after ${cut}`)
  })

  it("gives the remote's words: in one line, without colours, progress and control characters, and not without end", () => {
    const said = outcome(
      banded(2, "Resolving deltas:  50% (1/2)\rResolving deltas: 100% (2/2), done.\n"),
      banded(2, "\u001b[1;31merror\u001b[0m: GH006: Protected branch update failed\n\u0007"),
      banded(2, "see https://ada:pw@host/x\n"),
      banded(1, report("unpack ok", `ng ${ref} protected branch hook declined`))
    )
    assert.deepStrictEqual(said, {
      _tag: "Refused",
      words: "protected branch hook declined: GH006: Protected branch update failed see https://host/x"
    })
    const flood = Array.from({ length: 500 }, (_, i) => banded(2, `${i} ${"x".repeat(1000)}\n`))
    const drowned = outcome(...flood, banded(1, report("unpack ok", `ng ${ref} hook declined`)))
    assert.isBelow("words" in drowned ? drowned.words.length : 0, 500)
    const endless = Array.from({ length: 500 }, () => banded(1, PktLine.line("x".repeat(1000))))
    assert.strictEqual(fault(...endless)._tag, "NotGit")
    assert.strictEqual(fault(...Array.from({ length: 500 }, () => PktLine.line("x".repeat(1000))))._tag, "NotGit")
  })

  it("is a fault, in the remote's words if it has any, without a report", () => {
    assert.deepStrictEqual(fault(), { _tag: "CutOff", where: "before it said what became of the push" })
    assert.deepStrictEqual(fault(banded(2, "out of disk\n")), { _tag: "Refused", words: "out of disk" })
    assert.deepStrictEqual(fault(banded(2, "oh\n"), banded(3, "fatal: dying\n")), {
      _tag: "Refused",
      words: "oh dying"
    })
    assert.deepStrictEqual(fault(PktLine.line("ERR read-only today")), { _tag: "Refused", words: "read-only today" })
    assert.strictEqual(fault(Buffer.from("<html>no</html>"))._tag, "NotGit")
  })
})
