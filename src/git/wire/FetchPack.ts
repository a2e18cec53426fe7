/**
 * Asking for the objects of one commit, without its history, beyond those of a commit that is here already.
 * The answer is folded packet by packet, so that a pack is never kept twice. Pure.
 */
import { Result } from "effect"
import { counted } from "../../manifest/counted.ts"
import { inOwnMemory } from "../objects/inOwnMemory.ts"
import type { Advertisement } from "./Advertisement.ts"
import { agent, commandHeader } from "./LsRefs.ts"
import * as PktLine from "./PktLine.ts"
import { type WireFault, words } from "./WireFault.ts"

export interface FetchRequest {
  readonly want: string
  /** A commit whose tree and blobs are all here; the answer may leave them out. */
  readonly have: string | undefined
  /** Asks for the commits between the two as well, so many generations of them; without their trees, if the server can leave those out. */
  readonly generations?: number
}

const canDo = (advertisement: Advertisement, feature: "filter" | "shallow"): boolean =>
  advertisement.version === 2
    ? (advertisement.capabilities.get("fetch") ?? "").split(" ").includes(feature)
    : advertisement.capabilities.has(feature)

/** Whether the server can send commits alone. */
export const leavesTreesOut = (advertisement: Advertisement): boolean => canDo(advertisement, "filter")

/** Whether the server can leave history out. If not, it sends all of it, and must not be told what we have: we keep no history. */
export const leavesHistoryOut = (advertisement: Advertisement): boolean => canDo(advertisement, "shallow")

const boundary = (advertisement: Advertisement, { generations, have }: FetchRequest) => {
  if (!leavesHistoryOut(advertisement)) return { shallow: [], deepen: [], have: [] }
  const had = have === undefined ? [] : [`have ${have}`]
  if (generations === undefined)
    return { shallow: have === undefined ? [] : [`shallow ${have}`], deepen: ["deepen 1"], have: had }
  const filter = leavesTreesOut(advertisement) ? ["filter tree:0"] : []
  // Whoever has a commit and isn't shallow has all below it.
  return { shallow: [], deepen: [`deepen ${generations}`, ...filter], have: had }
}

/** Of the commits between nothing may be left out that their deltas are made from: we don't have what lies below. */
const basics = ({ generations }: FetchRequest): ReadonlyArray<string> => [
  ...generations === undefined ? ["thin-pack"] : [],
  "no-progress",
  "ofs-delta"
]

export const encode = (advertisement: Advertisement, request: FetchRequest): Result.Result<Buffer, WireFault> => {
  const { shallow, deepen, have } = boundary(advertisement, request)
  if (advertisement.version === 2) {
    const lines = [
      ...basics(request),
      ...shallow,
      ...deepen,
      `want ${request.want}`,
      ...have,
      "done"
    ]
    return Result.succeed(
      Buffer.concat([...commandHeader("fetch", advertisement), ...lines.map(PktLine.line), PktLine.flush])
    )
  }
  if (!advertisement.capabilities.has("side-band-64k")) return Result.fail({ _tag: "TooOld", lacks: "side-band-64k" })
  const wished = [...basics(request), ...request.generations === undefined ? [] : ["filter"]]
  const offered = wished.filter((name) => advertisement.capabilities.has(name))
  const capabilities = ["side-band-64k", ...offered, `agent=${agent}`].join(" ")
  return Result.succeed(Buffer.concat([
    ...[`want ${request.want} ${capabilities}`, ...shallow, ...deepen].map(PktLine.line),
    PktLine.flush,
    ...[...have, "done"].map(PktLine.line)
  ]))
}

/** How far an answer has been read. Only `pack` is mutable: it grows as packets arrive. */
export interface Answer {
  readonly rest: Buffer
  readonly ended: boolean
  readonly pack: Array<Buffer>
  /** Of the pack so far, in bytes. */
  readonly size: number
  /** The last thing the server said beside the pack: often why it gave up. */
  readonly said: string
}

export const nothing = (): Answer => ({ rest: Buffer.alloc(0), ended: false, pack: [], size: 0, said: "" })

const band = { pack: 1, progress: 2, error: 3 } as const

const step = (answer: Answer, packet: PktLine.Packet): Result.Result<Answer, WireFault> => {
  if (typeof packet === "string")
    return Result.succeed(packet === "flush" && answer.size > 0 ? { ...answer, ended: true } : answer)
  switch (packet[0]) {
    case band.pack:
      answer.pack.push(packet.subarray(1))
      return Result.succeed({ ...answer, size: answer.size + packet.length - 1 })
    case band.progress:
      return Result.succeed({ ...answer, said: words(packet.toString("utf8", 1)) || answer.said })
    case band.error:
      return Result.fail({ _tag: "Refused", words: words(packet.toString("utf8", 1)) })
  }
  const line = PktLine.text(packet)
  return line.startsWith("ERR ")
    ? Result.fail({ _tag: "Refused", words: words(line.slice(4)) })
    : Result.succeed(answer)
}

/** Takes the next bytes of the answer in, whatever the protocol version. */
export const take = (answer: Answer, bytes: Buffer): Result.Result<Answer, WireFault> =>
  Result.gen(function*() {
    const { packets, rest } = yield* PktLine.decode(
      answer.rest.length === 0 ? bytes : Buffer.concat([answer.rest, bytes])
    )
    let next = answer
    for (const packet of packets) next = yield* step(next, packet)
    return { ...next, rest }
  })

/** The pack, once no more bytes come. */
export const finish = (answer: Answer): Result.Result<Buffer, WireFault> => {
  if (answer.ended && answer.rest.length === 0) return Result.succeed(inOwnMemory(answer.pack, answer.size))
  if (answer.size === 0 && answer.said !== "") return Result.fail({ _tag: "Refused", words: answer.said })
  return Result.fail({
    _tag: "CutOff",
    where: answer.size === 0 ? "before the objects" : `after ${counted(answer.size, "byte")} of objects`
  })
}
