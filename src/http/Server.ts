/** The HTTP server. It listens from the start, so that a probe is answered while the first sync is under way. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer, Schema } from "effect"
import { HttpRouter, HttpServer, type HttpServerError } from "effect/http"
import { createServer } from "node:http"
import { HttpOptions } from "./HttpOptions.ts"
import * as Routes from "./Routes.ts"

/** Somebody else has our port, or it isn't for us. */
export class PortUnavailable extends Schema.TaggedError<PortUnavailable>()("PortUnavailable", {
  port: Schema.Int,
  reason: Schema.String
}) {
  override get message(): string {
    return `Port ${this.port} can't be listened on: ${this.reason}. ` +
      "Free it, or write another one into the configuration: \"http: { port: 0 }\" takes any free one"
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EACCES: "the user we run as may not listen there"
}

const unavailable = (port: number) => ({ cause }: HttpServerError.ServeError): PortUnavailable => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  return new PortUnavailable({ port, reason: reasons[code] ?? String(cause) })
}

const listening = Layer.effect(
  HttpServer.HttpServer,
  Effect.flatMap(
    HttpOptions,
    ({ port }) =>
      NodeHttpServer.make(createServer, { port, gracefulShutdownTimeout: "1 second" }).pipe(
        Effect.mapError(unavailable(port))
      )
  )
)

const announce = Layer.effectDiscard(
  HttpServer.addressFormattedWith((address) =>
    Effect.logInfo(`Listening on ${address}: /status, /metrics, /healthz, /readyz`)
  )
)

/** Serves all routes. */
export const layer = Layer.merge(
  HttpRouter.serve(Routes.layer, { disableLogger: true, disableListenLog: true }),
  announce
).pipe(Layer.provide(listening))
