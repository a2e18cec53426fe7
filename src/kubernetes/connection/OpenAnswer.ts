/**
 * An answer while it comes in: its head, then piece by piece what has arrived, unzipped.
 * Holds a bounded amount: when nobody reads, the server is made to wait.
 */
import { Cause, Effect } from "effect"
import { createGunzip, type Gunzip } from "node:zlib"
import { TransportFault } from "./TransportFault.ts"

export type HttpHeaders = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

/** The side of the connection: what it is told. */
interface Flow {
  abort(reason: Error): void
  pause(): void
  resume(): void
}

const highWater = 512 * 1024

export class OpenAnswer {
  status = 0
  headers: HttpHeaders = {}
  private controller: Flow | undefined
  private gunzip: Gunzip | undefined
  private pieces: Array<Buffer> = []
  private held = 0
  private ended: TransportFault | "complete" | undefined
  private aborted = false
  private wake: (() => void) | undefined

  onRequestStart(controller: Flow): void {
    this.controller = controller
    if (this.aborted) this.abort()
  }

  onResponseStart(_: Flow, status: number, headers: HttpHeaders): void {
    this.status = status
    this.headers = headers
    if (headers["content-encoding"] === "gzip") {
      this.gunzip = createGunzip()
        .on("data", (piece: Buffer) => this.hold(piece))
        .on("end", () => this.end("complete"))
        .on("error", () => this.end(new TransportFault({ kind: "broken", reason: "its answer is not valid gzip" })))
    }
    this.notify()
  }

  onResponseData(_: Flow, piece: Buffer): void {
    if (this.gunzip === undefined) this.hold(piece)
    else this.gunzip.write(piece)
  }

  onResponseEnd(): void {
    if (this.gunzip === undefined) this.end("complete")
    else this.gunzip.end()
  }

  onResponseError(_: Flow | null, error: Error): void {
    this.end(TransportFault.from(error))
  }

  /** Done once status and headers are there. */
  readonly started: Effect.Effect<void, TransportFault> = Effect.suspend(() => {
    if (this.status !== 0) return Effect.void
    if (this.ended !== undefined) return this.ended === "complete" ? Effect.void : Effect.fail(this.ended)
    return Effect.andThen(this.something, this.started)
  })

  /** What has arrived since the last read, at least one piece; `Done` at the end of the answer. */
  readonly read: Effect.Effect<ReadonlyArray<Buffer>, TransportFault | Cause.Done> = Effect.suspend(() => {
    if (this.pieces.length > 0) {
      const pieces = this.pieces
      this.pieces = []
      this.held = 0
      this.controller?.resume()
      return Effect.succeed(pieces)
    }
    if (this.ended !== undefined) return this.ended === "complete" ? Cause.done() : Effect.fail(this.ended)
    return Effect.andThen(this.something, this.read)
  })

  abort(): void {
    this.aborted = true
    if (this.ended === undefined) this.controller?.abort(new Error("interrupted"))
    this.gunzip?.destroy()
  }

  private readonly something: Effect.Effect<void> = Effect.callback((resume) => {
    this.wake = () => resume(Effect.void)
    return Effect.sync(() => {
      this.wake = undefined
    })
  })

  private hold(piece: Buffer): void {
    this.pieces.push(piece)
    this.held += piece.length
    if (this.held > highWater) this.controller?.pause()
    this.notify()
  }

  private end(how: TransportFault | "complete"): void {
    this.ended ??= how
    this.notify()
  }

  private notify(): void {
    const wake = this.wake
    this.wake = undefined
    wake?.()
  }
}
