/** Logs a person can read on a terminal, one JSON object a line otherwise. To stderr, so that answers stay alone on stdout. */
import { Config, Effect, Layer, Logger, References, Stdio } from "effect"

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

/** How much is logged: debug, info (default), warn or error. */
const logLevel = Config.Literals(["debug", "info", "warn", "error"], "GITOPS_LOG_LEVEL").pipe(
  Config.withDefault("info" as const)
)

const terminal = Logger.make(({ date, logLevel, message }) => {
  const time = date.toISOString().slice(11, 23)
  const words = (Array.isArray(message) ? message : [message]).map(String).join(" ")
  return `${time} ${logLevel === "Info" ? "" : `${logLevel.toUpperCase()} `}${words}`
})

/** Chosen by where stderr goes. */
export const layer = Layer.unwrap(Effect.gen(function*() {
  const stdio = yield* Stdio.Stdio
  const level = levels[yield* logLevel]
  const logger = (yield* stdio.stderrIsTerminal) ? terminal : Logger.formatJson
  return Layer.merge(
    Logger.layer([Logger.withConsoleError(logger)]),
    Layer.succeed(References.MinimumLogLevel, level)
  )
}))
