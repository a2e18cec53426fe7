/**
 * Reads and parses files off the event loop: a few small ones at once, where a thread would cost more than it saves,
 * many of them on a few threads that start when they are needed and end with the last of the files: they take more memory than
 * time to start. One bad file never costs the others, nor the process.
 */
import { Context, Effect, Layer, Pool, Stream } from "effect"
import { availableParallelism } from "node:os"
import { makeCompaction } from "./Compaction.ts"
import { type ManifestFile, parseManifestFile, unreadable } from "./ManifestFile.ts"
import type { WantedBlob } from "./ManifestIndex.ts"
import type { ParsedFile } from "./ParsedFile.ts"
import { type ParserStopped, type ParserThread, type ParserUnavailable, startParserThread } from "./ParserThread.ts"

export interface ParsedBlob {
  readonly blob: string
  readonly parsed: ParsedFile
  /** The JSON text of each manifest, in the same order. */
  readonly payloads: ReadonlyArray<string>
}

type ReadBlob<E, R> = (blob: string) => Effect.Effect<Uint8Array, E, R>

interface FileBytes {
  readonly blob: string
  readonly bytes: Uint8Array
}

type Batch = ReadonlyArray<FileBytes>

/** Up to this, parsing takes a few milliseconds. */
const atOnce = { files: 16, bytes: 64 * 1024 }
const perBatch = { files: 500, bytes: 256 * 1024 }
/** Beside the thread that reads the blobs and everything else. */
const mostThreads = 3
const idleTime = "10 seconds"

type Compact = (file: ParsedFile) => ParsedFile

const result = (blob: string, { payloads, ...parsed }: ManifestFile, compact: Compact): ParsedBlob => ({
  blob,
  parsed: compact(parsed),
  payloads
})

/** What the parser found may be a part of the file's text; a copy lets go of that. */
const parseHere = ({ blob, bytes }: FileBytes, compact: Compact): ParsedBlob =>
  result(blob, structuredClone(parseManifestFile(bytes)), compact)

const gaveUp = (reason: string): ManifestFile =>
  unreadable({ message: `file could not be parsed (${reason}); make it smaller or simpler` }, false)

const size = (batch: Batch): number => batch.reduce((sum, { bytes }) => sum + bytes.length, 0)

type Threads = Pool.Pool<ParserThread, ParserUnavailable>

const parserOn = (threads: Threads, compact: Compact) => {
  /** A thread that was left in the middle of its work would give the answer to the next one who asks. */
  const onThread = (batch: Batch) =>
    Pool.use(threads, (thread) =>
      thread.parse(batch.map(({ bytes }) => bytes)).pipe(
        Effect.map((files) =>
          files.flatMap((file, at) => batch[at] === undefined ? [] : [result(batch[at].blob, file, compact)])
        ),
        Effect.onError(() => Pool.invalidate(threads, thread))
      ))

  const alone = (one: FileBytes) =>
    onThread([one]).pipe(
      Effect.catchTag("ParserStopped", ({ reason }) => Effect.succeed([result(one.blob, gaveUp(reason), compact)]))
    )

  const oneByOne = Effect.fnUntraced(function*(batch: Batch, { reason }: ParserStopped) {
    yield* Effect.logWarning("A parser thread stopped; its files are parsed one by one").pipe(
      Effect.annotateLogs({ reason, files: batch.length })
    )
    const parsed = yield* Effect.forEach(batch, alone)
    return parsed.flat()
  })

  return (batch: Batch): Effect.Effect<ReadonlyArray<ParsedBlob>, ParserUnavailable> =>
    batch.length <= atOnce.files && size(batch) <= atOnce.bytes
      ? Effect.sync(() => batch.map((file) => parseHere(file, compact)))
      : onThread(batch).pipe(Effect.catchTag("ParserStopped", (stopped) => oneByOne(batch, stopped)))
}

const readBatch = <E, R>(wanted: ReadonlyArray<WantedBlob>, read: ReadBlob<E, R>) =>
  Effect.fnUntraced(function*(start: number) {
    const batch: Array<FileBytes> = []
    let bytes = 0
    for (const { blob } of wanted.slice(start, start + perBatch.files)) {
      if (bytes >= perBatch.bytes) break
      const file = { blob, bytes: yield* read(blob) }
      bytes += file.bytes.length
      batch.push(file)
    }
    return batch.length === 0 ? undefined : [batch, start + batch.length] as const
  })

/** @param program What the threads run. */
export const makeParserPool = (program: URL): ParserPool["Service"] => {
  const most = Math.min(mostThreads, Math.max(1, availableParallelism() - 1))
  const threads = Pool.makeWithTTL({ acquire: startParserThread(program), min: 0, max: most, timeToLive: idleTime })
  return ParserPool.of({
    parse: (wanted, read) =>
      Stream.unwrap(Effect.map(threads, (threads) =>
        Stream.unfold(0, readBatch(wanted, read)).pipe(
          Stream.mapEffect(parserOn(threads, makeCompaction()), { concurrency: most, unordered: true }),
          Stream.flattenIterable
        )))
  })
}

export class ParserPool extends Context.Service<ParserPool, {
  /**
   * What the blobs hold, in no particular order.
   * @param read Gives the bytes of a blob; asked as threads become free, for a quarter of a MiB at a time.
   */
  readonly parse: <E, R>(
    wanted: ReadonlyArray<WantedBlob>,
    read: ReadBlob<E, R>
  ) => Stream.Stream<ParsedBlob, E | ParserUnavailable, R>
}>()("gitops/ParserPool") {
  static readonly layer = Layer.sync(
    ParserPool,
    () => makeParserPool(new URL("./parseWorker.ts", import.meta.url))
  )
}
