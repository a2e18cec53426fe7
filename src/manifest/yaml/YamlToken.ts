/** The pieces that YAML is cut into. */

export type YamlTokenType =
  | "Alias"
  | "Anchor"
  | "BlockEnd"
  | "BlockEntry"
  | "BlockMap"
  | "BlockList"
  | "DocumentEnd"
  | "DocumentStart"
  | "FlowEntry"
  | "FlowList"
  | "FlowListEnd"
  | "FlowMap"
  | "FlowMapEnd"
  | "Key"
  | "Scalar"
  | "StreamEnd"
  | "Tag"
  | "Value"

export interface YamlToken {
  readonly type: YamlTokenType
  readonly start: number
  /** Where the next one is looked for: behind it, and behind the blanks and line breaks that follow a plain or block scalar. */
  readonly end: number
  /** The text of a scalar, the name of an anchor or alias, the full name of a tag. */
  readonly value: string
  /** A scalar without quotes. */
  readonly plain: boolean
}
