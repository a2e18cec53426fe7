/** The program of a parser thread: files in, manifests out. Loaded by ParserThread only. */
import { parentPort } from "node:worker_threads"
import { parseManifestFile } from "./ManifestFile.ts"
import type { FileBatch, ThreadMessage } from "./ParserThread.ts"

const say = (message: ThreadMessage): void => parentPort?.postMessage(message, [])

parentPort?.on("message", ({ bytes, lengths }: FileBatch) => {
  let start = 0
  say(lengths.map((length) => parseManifestFile(bytes.subarray(start, start += length))))
})

say("ready")
