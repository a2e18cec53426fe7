import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import * as PktLine from "../../../src/git/wire/PktLine.ts"

const packet = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom("flush" as const, "delimiter" as const, "end" as const)
)
const encode = (packet: PktLine.Packet): Buffer => {
  if (typeof packet === "string") return Buffer.from({ flush: "0000", delimiter: "0001", end: "0002" }[packet])
  return Buffer.concat([Buffer.from((packet.length + 4).toString(16).padStart(4, "0")), packet])
}

describe("packet lines", () => {
  it("come out as they went in, wherever the bytes were cut on their way", () => {
    fc.assert(fc.property(fc.array(packet), fc.array(fc.nat(2000)), (packets, cuts) => {
      const bytes = Buffer.concat(packets.map(encode))
      const seen: Array<PktLine.Packet> = []
      let rest = Buffer.alloc(0)
      let from = 0
      for (const to of [...cuts.filter((cut) => cut <= bytes.length).toSorted((a, b) => a - b), bytes.length]) {
        const decoded = Result.getOrThrow(PktLine.decode(Buffer.concat([rest, bytes.subarray(from, to)])))
        seen.push(...decoded.packets)
        rest = Buffer.from(decoded.rest)
        from = to
      }
      assert.deepStrictEqual(seen, packets)
      assert.lengthOf(rest, 0)
    }))
  })

  it("are told from anything else", () => {
    for (const text of ["<!DOCTYPE html>", "0003", "zzzz", "000x1"])
      assert.deepStrictEqual(PktLine.decode(Buffer.from(text)), Result.fail({ _tag: "NotGit", beginning: text }))
  })

  it("hold a line with its newline, and give it back without", () => {
    assert.strictEqual(PktLine.line("done").toString(), "0009done\n")
    assert.strictEqual(PktLine.text(Buffer.from("done\n")), "done")
    assert.strictEqual(PktLine.text(Buffer.from("done")), "done")
  })
})
