/** The HTTP server. It listens from the start, so that a probe is answered while the first sync is under way. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { createServer } from "node:http"
import { HttpOptions } from "./HttpOptions.ts"
import * as Routes from "./Routes.ts"

const listening = Layer.unwrap(
  Effect.map(
    HttpOptions,
    ({ port }) => NodeHttpServer.layer(createServer, { port, gracefulShutdownTimeout: "1 second" })
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
