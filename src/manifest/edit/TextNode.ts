/** A document as it is written: every value with its place in the text. All places are offsets. */

export type TextNode = ScalarNode | MapNode | ListNode | OpaqueNode

interface Place {
  /** Behind its anchor and tag, if it has any. */
  readonly start: number
  /** Behind its last character; behind the last line of a block scalar, line break included. */
  readonly end: number
  /** Whether an anchor or a tag stands before it. */
  readonly anchor: boolean
  readonly tag: boolean
}

/** Nothing at all is `Empty`: it means null, and stands right behind its colon or dash. */
export type ScalarStyle = "Block" | "Double" | "Empty" | "Plain" | "Single"

export interface ScalarNode extends Place {
  readonly _tag: "Scalar"
  readonly style: ScalarStyle
}

export interface Entry {
  /** `undefined`: a merge, or a key that isn't written as one word before its colon. */
  readonly key: string | undefined
  readonly start: number
  /** Of its colon. */
  readonly mark: number
  readonly value: TextNode
}

export interface Item {
  readonly start: number
  /** Of its dash; the same as `start` within brackets. */
  readonly mark: number
  readonly value: TextNode
}

export interface MapNode extends Place {
  readonly _tag: "Map"
  /** Whether it is written in braces. */
  readonly flow: boolean
  readonly children: ReadonlyArray<Entry>
}

export interface ListNode extends Place {
  readonly _tag: "List"
  /** Whether it is written in brackets. */
  readonly flow: boolean
  readonly children: ReadonlyArray<Item>
}

/** An alias, or a shape that is never edited. */
export interface OpaqueNode extends Place {
  readonly _tag: "Opaque"
}

export const isBlockCollection = (node: TextNode): node is ListNode | MapNode =>
  (node._tag === "Map" || node._tag === "List") && !node.flow

/** Whether an anchor stands before it or in it. */
export const holdsAnchor = (node: TextNode): boolean =>
  node.anchor ||
  ((node._tag === "Map" || node._tag === "List") && node.children.some(({ value }) => holdsAnchor(value)))
