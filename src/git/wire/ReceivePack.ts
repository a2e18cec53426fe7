/**
 * Moving one branch of the remote: what is sent to git-receive-pack, and what its answer says. A compare-and-swap and never more: the commit
 * the branch must be at goes along, and nothing is sent when the advertisement shows another one already. Pure.
 */
import { Result } from "effect"
import { redact } from "../GitUrl.ts"
import type { Advertisement } from "./Advertisement.ts"
import { agent } from "./LsRefs.ts"
import * as PktLine from "./PktLine.ts"
import { type Verdict, verdict } from "./PushVerdict.ts"
import { sentences, type WireFault, words } from "./WireFault.ts"

export interface RefUpdate {
  /** In full: `refs/heads/main`. */
  readonly ref: string
  /** The commit the branch must be at, all 40 digits; `undefined`: it must not exist. */
  readonly before: string | undefined
  /** The commit the branch is to be at. */
  readonly after: string
  /** What the remote lacks of that commit. */
  readonly pack: Buffer
}

export type PushAnswer =
  /** The branch was seen at the commit. */
  | { readonly _tag: "Done" }
  /** The branch is not at `before` any more, or is locked: look again. */
  | { readonly _tag: "Moved"; readonly words: string }
  /** For good: a hook, a protected branch, no permission. */
  | { readonly _tag: "Refused"; readonly words: string }

/** What an advertisement makes of an update: something to send, or the answer at once. */
export type Plan = { readonly _tag: "Send"; readonly request: Buffer } | PushAnswer

const none = "0".repeat(40)

/** The server can be told of an update, and will tell what became of it. */
export const check = ({ capabilities, version }: Advertisement): Result.Result<void, WireFault> => {
  if (version === 2) return Result.fail({ _tag: "NotGit", beginning: "version 2" })
  return capabilities.has("report-status") ? Result.void : Result.fail({ _tag: "TooOld", lacks: "report-status" })
}

const place = (commit: string | undefined): string => commit === undefined ? "nowhere" : `at ${commit.slice(0, 12)}`

export const plan = (advertisement: Advertisement, update: RefUpdate): Result.Result<Plan, WireFault> =>
  Result.map(check(advertisement), () => {
    const { after, before, pack, ref } = update
    const now = advertisement.version === 0 ? advertisement.refs.ids.get(ref) : undefined
    // An earlier push whose answer got lost.
    if (now === after) return { _tag: "Done" }
    if (now !== before) return { _tag: "Moved", words: `${ref} is ${place(now)}, not ${place(before)}` }
    const offered = ["side-band-64k", "quiet", "object-format"].filter((name) => advertisement.capabilities.has(name))
    const capabilities = ["report-status", ...offered, `agent=${agent}`].join(" ")
      .replace("object-format", "object-format=sha1")
    const command = PktLine.line(`${before ?? none} ${after} ${ref}\0 ${capabilities}`)
    return { _tag: "Send", request: Buffer.concat([command, PktLine.flush, pack]) }
  })

/** How far the answer has been read. */
export interface Answer {
  readonly rest: Buffer
  /** The report's own packets. */
  readonly report: Buffer
  /** What the remote said beside it: hooks, and Git's complaints. */
  readonly said: string
}

export const nothing = (): Answer => ({ rest: Buffer.alloc(0), report: Buffer.alloc(0), said: "" })

const band = { report: 1, said: 2, error: 3 } as const
const longestReport = 64 * 1024
const mostSaid = 8000

/** `Resolving deltas: 100% (3/3), done.` */
const isProgress = (line: string): boolean => /^[A-Za-z ]+: +\d+% \(\d+\/\d+\)/.test(line)

/** Without the colours that hooks like. */
const spoken = (text: string): string => {
  const lines = text.replace(/\p{Cc}\[[0-9;]*m/gu, "").split(/[\r\n]+/).filter((line) => !isProgress(line.trim()))
  return words(sentences(lines.join("\n")))
}

const reported = (answer: Answer, bytes: Buffer): Result.Result<Answer, WireFault> =>
  answer.report.length + bytes.length > longestReport
    ? Result.fail({ _tag: "NotGit", beginning: words(bytes.toString("utf8", 0, 80)) })
    : Result.succeed({ ...answer, report: Buffer.concat([answer.report, bytes]) })

const step = (answer: Answer, packet: PktLine.Packet): Result.Result<Answer, WireFault> => {
  if (typeof packet === "string") return Result.succeed(answer)
  switch (packet[0]) {
    case band.report:
      return reported(answer, packet.subarray(1))
    case band.said: {
      const text = packet.toString("utf8", 1)
      return Result.succeed(answer.said.length > mostSaid ? answer : { ...answer, said: answer.said + text })
    }
    case band.error:
      return Result.fail({ _tag: "Refused", words: spoken(`${answer.said}\n${packet.toString("utf8", 1)}`) })
  }
  const line = PktLine.text(packet)
  if (line.startsWith("ERR ")) return Result.fail({ _tag: "Refused", words: words(line.slice(4)) })
  // A server without side-band: the report stands in the answer itself.
  return reported(answer, PktLine.line(line))
}

/** Takes the next bytes of the answer in. */
export const take = (answer: Answer, bytes: Buffer): Result.Result<Answer, WireFault> =>
  Result.gen(function*() {
    const { packets, rest } = yield* PktLine.decode(
      answer.rest.length === 0 ? bytes : Buffer.concat([answer.rest, bytes])
    )
    let next = answer
    for (const packet of packets) next = yield* step(next, packet)
    return { ...next, rest }
  })

/** What became of the update: `Later` when the server can't just now. */
export type Outcome = PushAnswer | { readonly _tag: "Later"; readonly words: string }

const told = (reason: string, said: string, means: Verdict): Outcome => ({
  _tag: means,
  words: words(redact([reason, said].filter((text) => text !== "").join(": ")))
})

/** The outcome for the ref, once no more bytes come. */
export const finish = (answer: Answer, ref: string): Result.Result<Outcome, WireFault> =>
  Result.gen(function*() {
    const said = spoken(answer.said)
    const { packets } = yield* PktLine.decode(answer.report)
    const lines = packets.flatMap((packet) => typeof packet === "string" ? [] : [PktLine.text(packet)])
    const unpacked = lines.find((line) => line.startsWith("unpack "))?.slice("unpack ".length)
    if (unpacked !== undefined && unpacked !== "ok") {
      const reason = `the objects weren't taken (${unpacked})`
      return told(reason, said, verdict(unpacked, said))
    }
    if (unpacked === "ok" && lines.includes(`ok ${ref}`)) return { _tag: "Done" }
    const refusal = lines.find((line) => line.startsWith(`ng ${ref} `))?.slice(`ng ${ref} `.length)
    if (refusal !== undefined) return told(refusal, said, verdict(refusal, said))
    return yield* Result.fail<WireFault>(
      said === ""
        ? { _tag: "CutOff", where: "before it said what became of the push" }
        : { _tag: "Refused", words: said }
    )
  })
