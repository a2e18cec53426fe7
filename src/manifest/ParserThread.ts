/**
 * One thread that parses files. The one place that knows `node:worker_threads`. It takes one batch at a time; a batch
 * that ends the thread, by using up its memory or its time, fails with {@link ParserStopped}.
 */
import { Effect, Schema } from "effect"
import { Worker } from "node:worker_threads"
import type { ManifestFile } from "./ManifestFile.ts"

/** Several files in one piece of memory, which moves to the thread. */
export interface FileBatch {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly lengths: ReadonlyArray<number>
}

/** What a thread says: first that it is there, then one answer to each batch. */
export type ThreadMessage = "ready" | ReadonlyArray<ManifestFile>

/** The thread has ended, or did not answer in time; it is of no more use. */
export class ParserStopped extends Schema.TaggedError<ParserStopped>()("ParserStopped", { reason: Schema.String }) {
  override get message(): string {
    return `A parser thread stopped: ${this.reason}`
  }
}

/** No thread could be started at all, so nothing can be said of any file. */
export class ParserUnavailable
  extends Schema.TaggedError<ParserUnavailable>()("ParserUnavailable", { reason: Schema.String })
{
  override get message(): string {
    return `No parser thread could be started: ${this.reason}. Check that the installation is complete and that memory is left`
  }
}

export interface ParserThread {
  /** One {@link ManifestFile} for each file, in the same order. The files are copied. */
  readonly parse: (files: ReadonlyArray<Uint8Array>) => Effect.Effect<ReadonlyArray<ManifestFile>, ParserStopped>
}

const timeLimit = "30 seconds"
/** Little that a parser makes lives on, so a small young generation costs it no time. */
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 8 }

/** A worker with a mailbox for one answer. */
class Mailbox {
  readonly worker: Worker
  #waiting: ((answer: Effect.Effect<ThreadMessage, ParserStopped>) => void) | undefined
  #kept: Effect.Effect<ThreadMessage, ParserStopped> | undefined
  #ended = false

  constructor(program: URL) {
    this.worker = new Worker(program, { execArgv: [], resourceLimits })
    this.worker.on("message", (message: ThreadMessage) => this.#receive(Effect.succeed(message)))
    this.worker.on("error", (error) => this.#end(error instanceof Error ? error.message : String(error)))
    this.worker.on("exit", (code) => this.#end(`it exited with code ${code}`))
  }

  /** Whoever waits may ask again before this returns. */
  #receive(answer: Effect.Effect<ThreadMessage, ParserStopped>): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#kept = answer
    else waiting(answer)
  }

  #end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#kept = Effect.fail(new ParserStopped({ reason }))
    if (this.#waiting !== undefined) this.#receive(this.#kept)
  }

  /** The next thing the worker says; once it has ended, that it has. */
  readonly next: Effect.Effect<ThreadMessage, ParserStopped> = Effect.callback((resume) => {
    const kept = this.#kept
    if (!this.#ended) this.#kept = undefined
    if (kept === undefined) this.#waiting = resume
    else resume(kept)
    return Effect.sync(() => {
      this.#waiting = undefined
    })
  })
}

const joined = (files: ReadonlyArray<Uint8Array>): FileBatch => {
  const lengths = files.map((file) => file.length)
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let start = 0
  for (const file of files) {
    bytes.set(file, start)
    start += file.length
  }
  return { bytes, lengths }
}

/** Runs until its scope closes. */
export const startParserThread = Effect.fnUntraced(function*(program: URL) {
  const mailbox = yield* Effect.acquireRelease(
    Effect.sync(() => new Mailbox(program)),
    ({ worker }) => Effect.promise(() => worker.terminate())
  )
  yield* mailbox.next.pipe(Effect.mapError(({ reason }) => new ParserUnavailable({ reason })))
  const parse = Effect.fnUntraced(
    function*(files: ReadonlyArray<Uint8Array>) {
      const batch = joined(files)
      mailbox.worker.postMessage(batch, [batch.bytes.buffer])
      const message = yield* mailbox.next
      return message === "ready" ? yield* new ParserStopped({ reason: "it started over" }) : message
    },
    Effect.timeoutOrElse({
      duration: timeLimit,
      orElse: () => Effect.fail(new ParserStopped({ reason: `no answer within ${timeLimit}` }))
    })
  )
  const thread: ParserThread = { parse }
  return thread
})
