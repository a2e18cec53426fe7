/** Files of the tip that a person has to mend, and what they may hold: a document must not be made twice because one can't be read. */
import { Effect } from "effect"
import { readText } from "../../manifest/FileText.ts"
import { fileAt } from "../../manifest/FileTree.ts"
import type { ManifestIndex } from "../../manifest/ManifestIndex.ts"
import type { ObjectKey } from "../../manifest/ObjectKey.ts"
import * as ObjectStore from "../objects/ObjectStore.ts"
import type { MayHold } from "./Basis.ts"

/** Whether a word stands in a text, not as a part of another name. */
const holdsWord = (text: string, word: string): boolean => {
  const isPart = (at: number) => /[a-zA-Z0-9.-]/.test(text.charAt(at))
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    if (!isPart(at - 1) && !isPart(at + word.length)) return true
  return false
}

/** A key's name and kind stand in its document as they are, unless somebody wrote them in escapes. */
const mayStandIn = (text: string | undefined, { kind, name }: ObjectKey): boolean =>
  text === undefined || (holdsWord(text, name) && holdsWord(text, kind)) || /\\[uUx][0-9a-fA-F]{2}/.test(text)

const textOf = (bytes: Buffer): string | undefined => {
  const file = readText(bytes)
  if (file._tag === "Text") return file.text
  // What is no UTF-8 may be of an older encoding, which writes names and kinds the same; only one of two bytes each doesn't.
  return bytes.includes(0) || bytes[0] === 0xff || bytes[0] === 0xfe ? undefined : bytes.toString("latin1")
}

/** Reads the files with problems once. */
export const unreadable = Effect.fnUntraced(function*(index: ManifestIndex, source: ObjectStore.ObjectSource) {
  const texts = new Map<string, string | undefined>()
  for (const path of new Set(index.problems.map(({ path }) => path))) {
    const file = fileAt(index.indexed.tree, path)
    if (file === undefined) continue
    texts.set(path, textOf(yield* ObjectStore.read(source, file.blob, "blob")))
  }
  const mayHold: MayHold = (key) => [...texts].find(([, text]) => mayStandIn(text, key))?.[0]
  return mayHold
})
