/** What a probe, a scraper or a person asks over HTTP: `/healthz`, `/readyz`, `/status`, `/metrics`. Read-only. */
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import { ConfigRefusal } from "../config/ConfigWatch.ts"
import { Coordinator } from "../coordination/Coordinator.ts"
import { Kinds } from "../kind/Kinds.ts"
import { RuleCheck } from "../kind/RuleCheck.ts"
import { HttpOptions } from "./HttpOptions.ts"
import { isReady, statusOf } from "./statusOf.ts"

const health = HttpRouter.add("GET", "/healthz", HttpServerResponse.text("ok\n"))

const readiness = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const coordinator = yield* Coordinator
  yield* router.add(
    "GET",
    "/readyz",
    Effect.map(coordinator.state, (state) =>
      isReady(state)
        ? HttpServerResponse.text("ok\n")
        : HttpServerResponse.text("the first sync is not done, or a watch is broken: see /status\n", { status: 503 }))
  )
}))

const status = HttpRouter.use(Effect.fnUntraced(function*(router) {
  const coordinator = yield* Coordinator
  const kinds = yield* Kinds
  const ruleCheck = yield* RuleCheck
  const options = yield* HttpOptions
  const refusal = yield* ConfigRefusal
  yield* router.add(
    "GET",
    "/status",
    Effect.gen(function*() {
      const details = {
        unserved: yield* kinds.unserved,
        refused: yield* refusal,
        ruleNotices: yield* ruleCheck.notices
      }
      return HttpServerResponse.jsonUnsafe(statusOf(yield* coordinator.state, details, options.status))
    })
  )
}))

/** All routes. */
export const layer = Layer.mergeAll(health, readiness, status, PrometheusMetrics.layerHttp())
