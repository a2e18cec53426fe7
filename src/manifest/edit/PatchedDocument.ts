/** Makes one manifest of a document say something else, on the document's text: only the bytes that must change do. */
import { Result } from "effect"
import { type FieldPath, format } from "../FieldPath.ts"
import type { FieldType } from "../FieldType.ts"
import type { Json } from "../Manifest.ts"
import type { Path } from "../ManifestDocument.ts"
import { changedBlock } from "./BlockEdit.ts"
import { childLines } from "./ChildLines.ts"
import { lineEnd, lineStart } from "./FileLayout.ts"
import { changedInline, isShapedLike } from "./InlineEdit.ts"
import { isJson, jsonIndentOf } from "./JsonLayout.ts"
import { obstacleTo } from "./Obstacles.ts"
import type { TextNode } from "./TextNode.ts"
import { textTree } from "./TextTree.ts"
import type { Written } from "./Written.ts"
import { layoutIn } from "./WrittenLayout.ts"
import { customaryLayout } from "./YamlText.ts"

/** A manifest in a document, and what it shall say. */
export interface Rewrite {
  /** From the root of the document. */
  readonly path: Path
  readonly before: Json
  readonly wanted: Json
  readonly type: FieldType
}

/** Why a manifest can't be changed where it stands. */
export interface Unpatchable {
  readonly rewrite: Rewrite
  /** From the root of the manifest. */
  readonly path: string
  /** In the text. */
  readonly offset: number
  readonly reason: string
}

/** A node in the text, and the lines it may use if it is written with indentation. */
interface Spot {
  readonly node: TextNode
  readonly from: number
  readonly limit: number
}

const spotAt = (text: string, root: Spot, path: Path): Spot | undefined => {
  let spot = root
  for (const segment of path) {
    const { node } = spot
    if (node._tag !== "Map" && node._tag !== "List") return undefined
    const index = node._tag === "Map" ? node.children.findIndex(({ key }) => key === segment) : Number(segment)
    const child = node.children[index]
    const lines = node.flow ? undefined : childLines(text, node.children, spot.from, spot.limit)[index]
    if (child === undefined) return undefined
    const isBelow = lineStart(text, child.value.start) > child.mark
    spot = {
      node: child.value,
      from: isBelow ? lineEnd(text, child.mark) : child.value.start,
      limit: lines?.end ?? child.value.end
    }
  }
  return spot
}

const notThere = "the manifest repeats something, or is repeated elsewhere in this file; write it out"

interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

const spliceOf = (written: Written, root: Spot, rewrite: Rewrite): Result.Result<Splice, Unpatchable> => {
  const { before, path, type, wanted } = rewrite
  const { text } = written
  const spot = spotAt(text, root, path)
  const refused = (reason: string, offset: number, at: FieldPath) =>
    Result.fail({ rewrite, path: format(at), offset, reason })
  if (spot === undefined) return refused(notThere, root.node.start, [])
  const { from, limit, node } = spot
  const obstacle = obstacleTo(text, node, before, wanted, type, [])
  if (obstacle !== undefined) return refused(obstacle.reason, obstacle.offset, obstacle.path)
  if (!isShapedLike(node, before, wanted)) return refused(notThere, node.start, [])
  return Result.succeed(
    node.flow
      ? { start: node.start, end: node.end, text: changedInline(written, node, before, wanted, type) }
      : {
        start: from,
        end: limit,
        text: changedBlock(written, node, before, wanted, type, { from, limit, key: undefined })
      }
  )
}

const endsLine = /(?:\r\n|\r|\n)$/
/** @param old From the first token of the document to the next document, or the end of the file. */
export const patchedDocument = (
  old: string,
  rewrites: ReadonlyArray<Rewrite>,
  lineBreak: string
): Result.Result<string, Unpatchable> =>
  Result.gen(function*() {
    const text = endsLine.test(old) ? old : old + lineBreak
    const node = textTree(text)
    const json = isJson(old) ? { indent: jsonIndentOf(old) } : undefined
    const written: Written = { text, lineBreak, layout: layoutIn(text, node, customaryLayout), json }
    const root: Spot = { node, from: 0, limit: text.length }
    const splices: Array<Splice> = []
    for (const rewrite of rewrites) splices.push(yield* spliceOf(written, root, rewrite))
    let result = text
    for (const { end, start, text } of splices.toSorted((a, b) => b.start - a.start))
      result = result.slice(0, start) + text + result.slice(end)
    return endsLine.test(old) ? result : result.replace(endsLine, "")
  })
