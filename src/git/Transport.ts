/**
 * The port to a Git server: what it says first, and its answer to one request. Nothing behind it waits for ever, whatever the server does:
 * the limits are part of it. An answer that isn't read to its end is hung up on.
 */
import { Context, Duration, Effect, Stream } from "effect"
import { type GitFailure, RemoteStalled } from "./GitError.ts"

export interface Transport {
  /** The URL as people may see it. */
  readonly url: string
  /** The whole advertisement of `git-upload-pack`. */
  readonly advertise: Effect.Effect<Buffer, GitFailure>
  /** The answer of `git-upload-pack` to one request. */
  readonly call: (request: Buffer) => Stream.Stream<Buffer, GitFailure>
  /**
   * One conversation with `git-receive-pack`: hands its whole advertisement over, sends what that is answered with, and gives its answer.
   * Answered with `undefined`, nothing is sent and nothing changes.
   */
  readonly push: (compose: Compose) => Stream.Stream<Buffer, GitFailure>
}

/** From an advertisement to what is sent: commands and a pack. */
export type Compose = (advertisement: Buffer) => Effect.Effect<Buffer | undefined, GitFailure>

export interface Limits {
  /** Longest silence. Git servers break theirs every five seconds while they prepare a pack. */
  readonly idle: Duration.Duration
  /** Longest time for one answer. */
  readonly total: Duration.Duration
  /** Longest answer, in bytes. */
  readonly bytes: number
}

export const Limits = Context.Reference<Limits>("gitops/git/Limits", {
  defaultValue: () => ({ idle: Duration.seconds(30), total: Duration.minutes(15), bytes: 1024 * 1024 * 1024 })
})

/** Puts the limits on a bare answer, for the transports to use. */
export const limited = (url: string, answer: Stream.Stream<Buffer, GitFailure>): Stream.Stream<Buffer, GitFailure> =>
  Stream.unwrap(Effect.map(Limits, ({ idle, total }) => {
    const stalled = (limit: RemoteStalled["limit"], after: Duration.Duration) =>
      new RemoteStalled({ url, limit, seconds: Math.round(Duration.toSeconds(after)) })
    return answer.pipe(
      Stream.timeoutOrElse({ duration: idle, orElse: () => Stream.fail(stalled("idle", idle)) }),
      Stream.interruptWhen(Effect.sleep(total).pipe(Effect.andThen(Effect.fail(stalled("total", total)))))
    )
  }))

/** A whole answer, for the small ones. */
export const whole = (answer: Stream.Stream<Buffer, GitFailure>): Effect.Effect<Buffer, GitFailure> =>
  Effect.map(Stream.runCollect(answer), (pieces) => Buffer.concat(pieces))
