// A parser thread that dies of what it reads.
import { parentPort } from "node:worker_threads"
import { parseManifestFile } from "../../src/manifest/ManifestFile.ts"
import type { FileBatch } from "../../src/manifest/ParserThread.ts"

parentPort?.on("message", ({ bytes, lengths }: FileBatch) => {
  const text = Buffer.from(bytes).toString()
  if (text.includes("death")) process.exit(3)
  if (text.includes("failure")) throw new Error("it failed")
  let start = 0
  parentPort?.postMessage(lengths.map((length) => parseManifestFile(bytes.subarray(start, start += length))))
})

parentPort?.postMessage("ready")
