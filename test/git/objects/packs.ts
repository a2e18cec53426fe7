// Packs and objects made by hand, for what no server would send.
import { createHash } from "node:crypto"
import { deflateSync } from "node:zlib"
import { objectName, type ObjectType } from "../../../src/git/objects/GitObject.ts"

export type PackEntry =
  | { readonly type: ObjectType; readonly body: Uint8Array }
  /** A delta from the entry so many places before. */
  | { readonly back: number; readonly delta: Uint8Array }
  | { readonly base: string; readonly delta: Uint8Array }

const codes: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 }

const head = (code: number, size: number): Buffer => {
  const bytes: Array<number> = []
  let rest = Math.floor(size / 16)
  let byte = (code << 4) | (size % 16)
  while (rest > 0) {
    bytes.push(byte | 0x80)
    byte = rest % 128
    rest = Math.floor(rest / 128)
  }
  return Buffer.from([...bytes, byte])
}

const distance = (offset: number): Buffer => {
  const bytes = [offset % 128]
  for (let rest = Math.floor(offset / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift(0x80 | (--rest % 128))
  return Buffer.from(bytes)
}

/** With a right checksum, whatever else is wrong with it. */
export const sealed = (content: Uint8Array): Buffer =>
  Buffer.concat([content, createHash("sha1").update(content).digest()])

/** @param count what the pack says it holds, if that isn't true */
export const makePack = (entries: ReadonlyArray<PackEntry>, count = entries.length): Buffer => {
  const front = Buffer.alloc(12)
  front.write("PACK")
  front.writeUInt32BE(2, 4)
  front.writeUInt32BE(count, 8)
  const parts = [front]
  const offsets: Array<number> = []
  let at = 12
  for (const [index, entry] of entries.entries()) {
    offsets.push(at)
    const part = "type" in entry
      ? [head(codes[entry.type], entry.body.length), deflateSync(entry.body)]
      : "base" in entry
      ? [head(7, entry.delta.length), Buffer.from(entry.base, "hex"), deflateSync(entry.delta)]
      : [head(6, entry.delta.length), distance(at - (offsets[index - entry.back] ?? 0)), deflateSync(entry.delta)]
    const bytes = Buffer.concat(part)
    parts.push(bytes)
    at += bytes.length
  }
  return sealed(Buffer.concat(parts))
}

const varint = (size: number): ReadonlyArray<number> =>
  size < 128 ? [size] : [0x80 | (size % 128), ...varint(Math.floor(size / 128))]

export type Instruction =
  | { readonly from: number; readonly length: number }
  | { readonly literal: Uint8Array }

/** The delta that these instructions are, and what they make. */
export const makeDelta = (base: Uint8Array, instructions: ReadonlyArray<Instruction>) => {
  const made: Array<Uint8Array> = []
  const code: Array<number> = []
  for (const instruction of instructions) {
    if ("literal" in instruction) {
      made.push(instruction.literal)
      code.push(instruction.literal.length, ...instruction.literal)
    } else {
      const { from, length } = instruction
      made.push(base.subarray(from, from + length))
      const bytes = [
        from & 0xff,
        (from >> 8) & 0xff,
        (from >> 16) & 0xff,
        (from >> 24) & 0xff,
        length & 0xff,
        (length >> 8) & 0xff,
        (length >> 16) & 0xff
      ]
      code.push(
        0x80 | bytes.reduce((bits, byte, i) => byte === 0 ? bits : bits | (1 << i), 0),
        ...bytes.filter((byte) => byte !== 0)
      )
    }
  }
  const result = Buffer.concat(made)
  return { delta: Buffer.from([...varint(base.length), ...varint(result.length), ...code]), result }
}

/** Every object of a directory tree; nested maps are directories. */
export interface Directory {
  readonly [name: string]: string | Directory
}

export const treeObjects = (
  directory: Directory
): { readonly root: string; readonly entries: ReadonlyArray<PackEntry> } => {
  const entries = new Map<string, PackEntry>()
  const add = (type: ObjectType, body: Buffer): string => {
    const name = objectName(type, body)
    entries.set(name, { type, body })
    return name
  }
  const write = (level: Directory): string => {
    const items = Object.entries(level).map(([name, content]) =>
      typeof content === "string"
        ? { key: name, mode: "100644", name, id: add("blob", Buffer.from(content)) }
        : { key: `${name}/`, mode: "40000", name, id: write(content) }
    ).toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
    return add(
      "tree",
      Buffer.concat(items.flatMap(({ id, mode, name }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]))
    )
  }
  const root = write(directory)
  return { root, entries: [...entries.values()] }
}
