// The whole Git room on a real remote, as the application starts it.
import * as NodeChildProcessSpawner from "@effect/platform-node/NodeChildProcessSpawner"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { Context, Duration, Effect, Layer, Logger, Option, Stream } from "effect"
import type { HttpsCredentials, SshCredentials } from "../../src/config/Config.ts"
import { GitActor } from "../../src/git/GitActor.ts"
import { GitOptions } from "../../src/git/GitOptions.ts"
import type { GitReport } from "../../src/git/GitReport.ts"
import { ManifestReader } from "../../src/git/ManifestReader.ts"
import type { Payloads } from "../../src/git/Payloads.ts"
import { Limits } from "../../src/git/Transport.ts"
import { WritePermit, type WritingWithheld } from "../../src/git/writing/WritePermit.ts"
import { ParserPool } from "../../src/manifest/ParserPool.ts"

/** What the room stands on, without a terminal. */
export const platform = NodeChildProcessSpawner.layer.pipe(
  Layer.provideMerge(Layer.merge(NodeFileSystem.layer, NodePath.layer))
)

export interface StartOptions {
  readonly branch?: string
  readonly gitPath?: string
  readonly https?: HttpsCredentials
  readonly ssh?: SshCredentials
  /** Milliseconds. Default: a minute, so that only `refresh` looks. */
  readonly interval?: number
  /** Milliseconds. Default: 20. */
  readonly quiet?: number
  /** Milliseconds. Default: half a minute. */
  readonly maxAge?: number
  readonly signingKeyFile?: string
  /** Whether it may write. Default: always. */
  readonly permit?: Effect.Effect<{ readonly cluster: string }, WritingWithheld>
  readonly idleMillis?: number
  readonly totalMillis?: number
  /** Instead of the room's own. */
  readonly payloads?: Layer.Layer<Payloads>
}

export const startGit = Effect.fnUntraced(function*(url: string, start: StartOptions = {}) {
  const options = Layer.succeed(GitOptions, {
    url,
    branch: start.branch,
    gitPath: start.gitPath ?? "",
    interval: Duration.millis(start.interval ?? 60_000),
    name: "test",
    defaultNamespace: "default",
    commit: {
      quiet: Duration.millis(start.quiet ?? 20),
      maxAge: Duration.millis(start.maxAge ?? 30_000),
      author: { name: "gitops-controller", email: "gitops-controller@example.com" },
      ...start.signingKeyFile === undefined ? {} : { signingKeyFile: start.signingKeyFile }
    },
    layout: "{namespace}/{kind}-{name}.yaml",
    credentials: {
      ...start.https === undefined ? {} : { https: start.https },
      ...start.ssh === undefined ? {} : { ssh: start.ssh }
    }
  })
  const limits = Layer.succeed(Limits, {
    idle: Duration.millis(start.idleMillis ?? 30_000),
    total: Duration.millis(start.totalMillis ?? 60_000),
    bytes: 100 * 1024 * 1024
  })
  const permit = Layer.succeed(WritePermit, start.permit ?? Effect.succeed({ cluster: "test-cluster" }))
  const actor = start.payloads === undefined
    ? GitActor.layer
    : GitActor.actorLayer.pipe(Layer.provideMerge(Layer.merge(start.payloads, ParserPool.layer)))
  const room = ManifestReader.layer.pipe(Layer.provideMerge(actor), Layer.provide([options, limits, platform, permit]))
  /** What it logged: level and text. */
  const log: Array<string> = []
  const logger = Logger.layer([Logger.make(({ logLevel, message }) => log.push(`${logLevel}: ${String(message)}`))])
  const context = yield* Layer.build(Layer.provide(room, logger))
  const git = Context.get(context, GitActor)
  const latest = git.changes.pipe(Stream.runHead, Effect.map(Option.getOrThrow))
  /** The first report from now on that is as wanted. */
  const until = (wanted: (report: GitReport) => boolean) =>
    git.changes.pipe(
      Stream.filter(wanted),
      Stream.runHead,
      Effect.map(Option.getOrThrow),
      Effect.timeout("20 seconds")
    )
  return { git, log, reader: Context.get(context, ManifestReader), latest, until }
})
