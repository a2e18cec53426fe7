/**
 * How the fields of a document were when both sides last agreed, small enough to be kept for each object: it shows later which side has
 * changed what. Pure.
 */
import { hash } from "node:crypto"
import type { Leaf } from "./Leaves.ts"
import { mayBeLeftOut, stands } from "./SameMeaning.ts"

/** Of one field: a digest of what each side had; `undefined`: nothing. */
export interface FieldBase {
  readonly git: string | undefined
  readonly live: string | undefined
}

/** By a digest of the field. */
export type FieldBases = ReadonlyMap<string, FieldBase>

const idLength = 5
const valueLength = 4

const shortened = (text: string, length: number) => hash("sha1", text, "base64url").slice(0, length)

export const idDigest = ({ id }: Leaf): string => shortened(id, idLength)

const valueDigest = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : shortened(text, valueLength)

export const baseOf = ({ git, live }: Leaf): FieldBase => ({ git: valueDigest(git), live: valueDigest(live) })

/** Whether Git and the cluster can stay as they are, whoever set what. */
export const areAtPeace = (leaf: Leaf): boolean => {
  const { git, live, spot: { path, type } } = leaf
  if (git === live || git === undefined) return true
  if (leaf._tag !== "Value") return false
  if (live === undefined) return type === undefined || mayBeLeftOut(leaf.spot.git ?? null, path, type)
  return stands(leaf.spot.git, leaf.spot.live, path, type)
}

const encodeOne = ([id, { git, live }]: readonly [string, FieldBase]): string => {
  if (git === live) return `${id}=${git ?? ""}`
  return git === undefined ? `${id}L${live}` : live === undefined ? `${id}G${git}` : `${id}D${git}${live}`
}

/** 10 characters for a field that both sides have alike or one side has, 14 for others. */
export const encodeBases = (bases: FieldBases): string => [...bases].map(encodeOne).join("")

/** What {@link encodeBases} wrote. */
export const decodeBases = (text: string): FieldBases => {
  const bases = new Map<string, FieldBase>()
  let at = 0
  while (at < text.length) {
    const id = text.slice(at, at += idLength)
    const tag = text[at++]
    const first = text.slice(at, at += valueLength)
    const second = tag === "D" ? text.slice(at, at += valueLength) : first
    bases.set(id, { git: tag === "L" ? undefined : first, live: tag === "G" ? undefined : second })
  }
  return bases
}

/** Of a field, as text, in which nothing stands. */
const nothing = "...."

export type SideName = "git" | "live"

const sideMarks = { git: "G", live: "L" } as const satisfies Readonly<Record<SideName, string>>
const expectedLength = 1 + idLength + valueLength

/** What one side will have, once the bases are these, of the fields in which it has something else now: 10 characters for each. */
export const expectedOf = (side: SideName, now: string, then: string): string => {
  const [before, after] = [decodeBases(now), decodeBases(then)]
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((id) => before.get(id)?.[side] !== after.get(id)?.[side])
    .map((id) => `${sideMarks[side]}${id}${after.get(id)?.[side] ?? nothing}`)
    .join("")
}

/** Whether a side has in a field what {@link expectedOf} says, however often that was asked. */
export const isExpected = (expected: string): (side: SideName, leaf: Leaf) => boolean => {
  const known = new Set(
    Array.from(
      { length: expected.length / expectedLength },
      (_, at) => expected.slice(at * expectedLength, (at + 1) * expectedLength)
    )
  )
  return (side, leaf) =>
    known.size > 0 && known.has(`${sideMarks[side]}${idDigest(leaf)}${baseOf(leaf)[side] ?? nothing}`)
}
