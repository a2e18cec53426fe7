/** The first answer of a Git server: which protocol it speaks, what it can do and, before version 2, all its refs. Pure. */
import { Result } from "effect"
import * as PktLine from "./PktLine.ts"
import type { Refs } from "./Refs.ts"
import { type WireFault, words } from "./WireFault.ts"

export interface VersionTwo {
  readonly version: 2
  /** Command or capability → its value, `""` without one. */
  readonly capabilities: ReadonlyMap<string, string>
}

export interface VersionZero {
  /** Version 1 is version 0 with one line in front. */
  readonly version: 0
  readonly capabilities: ReadonlyMap<string, string>
  readonly refs: Refs
}

export type Advertisement = VersionTwo | VersionZero

const id = /^[0-9a-f]{40}$/

const capability = (word: string): readonly [string, string] => {
  const equals = word.indexOf("=")
  return equals === -1 ? [word, ""] : [word.slice(0, equals), word.slice(equals + 1)]
}

const checkHash = <A extends Advertisement>(advertisement: A): Result.Result<A, WireFault> => {
  const format = advertisement.capabilities.get("object-format") ?? "sha1"
  return format === "sha1" ? Result.succeed(advertisement) : Result.fail({ _tag: "OtherHash", format })
}

const headTarget = (capabilities: string): string | undefined => /(?:^| )symref=HEAD:([^ ]+)/.exec(capabilities)?.[1]

const versionZero = (lines: ReadonlyArray<string>): Result.Result<VersionZero, WireFault> => {
  const ids = new Map<string, string>()
  const [first = "", ...others] = lines
  const nul = first.indexOf("\0")
  const offered = nul === -1 ? "" : first.slice(nul + 1).trim()
  const capabilities = new Map(offered === "" ? [] : offered.split(" ").map(capability))
  for (const line of [nul === -1 ? first : first.slice(0, nul), ...others]) {
    const space = line.indexOf(" ")
    const value = line.slice(0, space)
    const name = line.slice(space + 1)
    if (line === "" || value === "shallow" || name === "capabilities^{}" || name.endsWith("^{}")) continue
    if (/^[0-9a-f]{64}$/.test(value)) return Result.fail({ _tag: "OtherHash", format: "sha256" })
    if (!id.test(value)) return Result.fail({ _tag: "NotGit", beginning: words(line) })
    ids.set(name, value)
  }
  const head = ids.get("HEAD")
  ids.delete("HEAD")
  const target = headTarget(offered) ?? [...ids].find(([, value]) => value === head)?.[0]
  const refs = { ids, head: head === undefined && target === undefined ? undefined : { id: head, target } }
  return checkHash({ version: 0, capabilities, refs })
}

const isServiceLine = (packet: PktLine.Packet | undefined): boolean =>
  typeof packet === "object" && PktLine.text(packet).startsWith("# service=")

/** Reads the whole advertisement of `git-upload-pack`, with or without the line that HTTP puts in front. */
export const decode = (bytes: Buffer): Result.Result<Advertisement, WireFault> =>
  Result.gen(function*() {
    const { packets: all, rest } = yield* PktLine.decode(bytes)
    if (all.length === 0)
      return yield* Result.fail<WireFault>({ _tag: "NotGit", beginning: words(rest.toString("utf8", 0, 200)) })
    const packets = isServiceLine(all[0]) ? all.slice(all[1] === "flush" ? 2 : 1) : all
    if (rest.length > 0 || packets.at(-1) !== "flush")
      return yield* Result.fail<WireFault>({ _tag: "CutOff", where: "in its list of refs" })
    const lines = packets.flatMap((packet) => typeof packet === "string" ? [] : [PktLine.text(packet)])
    const error = lines.find((line) => line.startsWith("ERR "))
    if (error !== undefined) return yield* Result.fail<WireFault>({ _tag: "Refused", words: words(error.slice(4)) })
    if (lines[0] === "version 2")
      return yield* checkHash<VersionTwo>({ version: 2, capabilities: new Map(lines.slice(1).map(capability)) })
    return yield* versionZero(lines[0] === "version 1" ? lines.slice(1) : lines)
  })
