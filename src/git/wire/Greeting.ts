/** What a Git server says first, up to the flush that ends it, gathered piece by piece. Pure but for its own state. */
import { Result } from "effect"
import * as PktLine from "./PktLine.ts"
import type { WireFault } from "./WireFault.ts"

export interface Greeting {
  readonly pieces: ReadonlyArray<Buffer>
  /** The beginning of a packet. */
  readonly rest: Buffer
  readonly last: PktLine.Packet | undefined
}

export const nothing: Greeting = { pieces: [], rest: Buffer.alloc(0), last: undefined }

export const take = ({ last, pieces, rest }: Greeting, piece: Buffer): Result.Result<Greeting, WireFault> =>
  Result.map(PktLine.decode(Buffer.concat([rest, piece])), ({ packets, rest }) => ({
    pieces: [...pieces, piece],
    rest,
    last: packets.at(-1) ?? last
  }))

/** Its server waits for an answer now. */
export const isWhole = ({ last, rest }: Greeting): boolean => last === "flush" && rest.length === 0

export const bytesOf = ({ pieces }: Greeting): Buffer => Buffer.concat(pieces)

/** The refusal that Git itself puts into its protocol. */
export const refusalIn = ({ last }: Greeting): string | undefined =>
  typeof last === "object" && PktLine.text(last).startsWith("ERR ") ? PktLine.text(last).slice(4) : undefined
