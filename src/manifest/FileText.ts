/** The text of a file from its bytes, or the sentence that says why it has none. */
import { isUtf8 } from "node:buffer"

export type FileText =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "NoText"; readonly message: string }

/** In bytes. A manifest larger than 1.5 MiB would not fit into the cluster anyway. */
export const maxFileSize = 4 * 1024 * 1024

const mebibytes = (size: number): string => `${(size / 1024 / 1024).toFixed(1)} MiB`

const noText = (message: string): FileText => ({ _tag: "NoText", message })

/** Said of a file by its size alone, so that it need not be fetched. */
export const tooLarge = (size: number): string | undefined =>
  size <= maxFileSize
    ? undefined
    : `file is ${mebibytes(size)}; manifests are read up to ${
      mebibytes(maxFileSize)
    }, so split it or move it out of the synced path`

const lfsPointer = "version https://git-lfs.github.com/spec/"

const decode = (bytes: Uint8Array): string | undefined => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return buffer.toString("utf16le", 2)
  if (buffer[0] === 0xfe && buffer[1] === 0xff && buffer.length % 2 === 0)
    return Buffer.from(buffer).swap16().toString("utf16le", 2)
  if (!isUtf8(buffer)) return undefined
  return buffer.toString("utf8", buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0)
}

/** UTF-8, or UTF-16 with a byte order mark, as kubectl reads files. The mark is left out. */
export const readText = (bytes: Uint8Array): FileText => {
  const large = tooLarge(bytes.length)
  if (large !== undefined) return noText(large)
  const text = decode(bytes)
  if (text?.includes("\0") ?? bytes.includes(0))
    return noText("file is binary, not text; rename it or move it out of the synced path")
  if (text === undefined) return noText("file is not UTF-8 text; save it as UTF-8")
  if (!text.startsWith(lfsPointer)) return { _tag: "Text", text }
  return noText(
    "file is a pointer into git lfs, whose content is not in the repository; commit the manifest itself (git lfs untrack)"
  )
}
