/** Asking a server of protocol version 2 for a few refs by prefix, and reading its answer. Pure. */
import { Result } from "effect"
import type { VersionTwo } from "./Advertisement.ts"
import * as PktLine from "./PktLine.ts"
import type { Refs } from "./Refs.ts"
import { type WireFault, words } from "./WireFault.ts"

/** The first line of a request names us: some servers refuse a client that isn't `git/…`. */
export const agent = "git/gitops-controller"

/** What a request of version 2 begins with. */
export const commandHeader = (command: string, { capabilities }: VersionTwo): ReadonlyArray<Buffer> => [
  PktLine.line(`command=${command}`),
  PktLine.line(`agent=${agent}`),
  ...capabilities.has("object-format") ? [PktLine.line("object-format=sha1")] : [],
  PktLine.delimiter
]

export const encode = (advertisement: VersionTwo, prefixes: ReadonlyArray<string>): Buffer => {
  const unborn = (advertisement.capabilities.get("ls-refs") ?? "").split(" ").includes("unborn")
  return Buffer.concat([
    ...commandHeader("ls-refs", advertisement),
    PktLine.line("symrefs"),
    ...unborn ? [PktLine.line("unborn")] : [],
    ...prefixes.map((prefix) => PktLine.line(`ref-prefix ${prefix}`)),
    PktLine.flush
  ])
}

const refLine = /^(?<id>[0-9a-f]{40}|unborn) (?<name>[^ ]+)(?: (?<attributes>.*))?$/

export const decode = (bytes: Buffer): Result.Result<Refs, WireFault> =>
  Result.gen(function*() {
    const { packets, rest } = yield* PktLine.decode(bytes)
    const ids = new Map<string, string>()
    let head: Refs["head"]
    for (const packet of packets) {
      if (typeof packet === "string") continue
      const line = PktLine.text(packet)
      if (line.startsWith("ERR "))
        return yield* Result.fail<WireFault>({ _tag: "Refused", words: words(line.slice(4)) })
      const parts = refLine.exec(line)?.groups
      if (parts === undefined) return yield* Result.fail<WireFault>({ _tag: "NotGit", beginning: words(line) })
      const id = parts["id"] === "unborn" ? undefined : parts["id"]
      const name = parts["name"] ?? ""
      if (name === "HEAD") head = { id, target: /(?:^| )symref-target:([^ ]+)/.exec(parts["attributes"] ?? "")?.[1] }
      else if (id !== undefined) ids.set(name, id)
    }
    if (rest.length > 0 || packets.at(-1) !== "flush") {
      return yield* Result.fail<WireFault>(
        packets.length === 0 && rest.length > 0
          ? { _tag: "NotGit", beginning: words(rest.toString("utf8", 0, 200)) }
          : { _tag: "CutOff", where: "in its list of refs" }
      )
    }
    return { ids, head }
  })
