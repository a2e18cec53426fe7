/** `gitops-controller status`: asks a running controller how things stand. */
import { Console, Effect, FileSystem, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpClient, HttpClientResponse } from "effect/http"
import * as Config from "../config/Config.ts"
import { Status } from "../http/Status.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { configFlag } from "./flags.ts"
import { noRepository } from "./noRepository.ts"
import { renderStatus } from "./render/renderStatus.ts"

export const urlFlag = Flag.String("url").pipe(
  Flag.withDescription("Where the controller listens (default: this machine, with http.port of the configuration)"),
  Flag.optional
)

const output = Flag.Literals("output", ["table", "json"]).pipe(
  Flag.withDescription("table for people, json for machines"),
  Flag.withDefault("table" as const)
)

const unreachable = (address: string) => (cause: unknown) =>
  new CommandFailed({
    exitCode: 2,
    message: `No controller answers at ${address} (${String(cause instanceof Error ? cause.message : cause)}). ` +
      "Start it with \"gitops-controller run\", or say where it listens with --url."
  })

const noAddress = (address: string) =>
  new CommandFailed({ exitCode: 2, message: `--url "${address}" is no address; write it as http://127.0.0.1:8080` })

/** Asks a running controller. */
export const askStatus = Effect.fn("status.ask")(function*(address: string) {
  const client = yield* HttpClient.HttpClient
  const url = URL.parse("/status", address)
  if (url === null || !url.protocol.startsWith("http")) return yield* noAddress(address)
  return yield* client.get(url).pipe(
    Effect.flatMap(HttpClientResponse.filterStatusOk),
    Effect.flatMap(HttpClientResponse.schemaBodyJson(Status)),
    Effect.timeout("10 seconds"),
    Effect.mapError(unreachable(address))
  )
})

const defaultPort = 8080
/** The repository may stand on the command line of the running controller; only the port matters here. */
const here = (port: number) => `http://127.0.0.1:${port}`

/** Where it listens. */
export const addressOf = Effect.fnUntraced(function*(given: Option.Option<string>, file: string) {
  if (Option.isSome(given)) return given.value
  const files = yield* FileSystem.FileSystem
  if (!(yield* Effect.orElseSucceed(files.exists(file), () => false))) return here(defaultPort)
  const config = yield* Config.load({ file, gitUrl: noRepository }).pipe(
    Effect.mapError(({ message }) => new CommandFailed({ exitCode: 2, message }))
  )
  return here(config.http.port)
})

const encode = Schema.encodeEffect(Schema.fromJsonString(Status))

/** Exits with 0 when all is in step, 1 when something failed or is held up, 2 when nobody answers. */
export const status = Command.make(
  "status",
  { config: configFlag, url: urlFlag, output },
  Effect.fn("status")(function*({ config, output, url }) {
    const answer = yield* askStatus(yield* addressOf(url, config))
    yield* Console.log(output === "json" ? yield* Effect.orDie(encode(answer)) : renderStatus(answer))
    const troubled = answer.total.failed > 0 || answer.problemCount > 0 || !answer.ready ||
      answer.configuration !== undefined || answer.mirroring !== undefined || answer.removals !== undefined ||
      answer.deletions !== undefined
    if (troubled) return yield* new CommandFailed({ exitCode: 1, message: "" })
  })
).pipe(Command.withDescription("Show what is in step, what waits for what, and what failed with its cure"))
