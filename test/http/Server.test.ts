import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { createServer } from "node:net"
import { Coordinator } from "../../src/coordination/Coordinator.ts"
import * as CoordinatorState from "../../src/coordination/CoordinatorState.ts"
import { noReport } from "../../src/git/GitReport.ts"
import { HttpOptions } from "../../src/http/HttpOptions.ts"
import * as Server from "../../src/http/Server.ts"
import { Kinds } from "../../src/kind/Kinds.ts"
import { RuleCheck } from "../../src/kind/RuleCheck.ts"
import { options } from "../coordination/samples.ts"

const idle = CoordinatorState.initial(
  { number: 1, rules: [] },
  noReport,
  0,
  options
)

const serverOn = (port: number) =>
  Server.layer.pipe(
    Layer.provide([
      Layer.succeed(Coordinator, { state: Effect.succeed(idle), states: Stream.succeed(idle) }),
      Layer.succeed(Kinds, { unserved: Effect.succeed([]) }),
      Layer.succeed(RuleCheck, { notices: Effect.succeed([]) }),
      Layer.succeed(HttpOptions, { port, status: { name: "default", repository: "file:///x", gitPath: "" } })
    ])
  )

/** A port on which somebody else listens. */
const takenPort = Effect.acquireRelease(
  Effect.callback<ReturnType<typeof createServer>>((resume) => {
    const server = createServer()
    server.listen(0, () => resume(Effect.succeed(server)))
  }),
  (server) => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))
).pipe(Effect.map((server) => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}))

describe("the HTTP server", () => {
  it.effect("says which port it cannot have, and what to do", () =>
    Effect.gen(function*() {
      const port = yield* takenPort
      const { message } = yield* Effect.flip(Layer.build(serverOn(port)))
      assert.strictEqual(
        message,
        `Port ${port} can't be listened on: another program listens there. Free it, or write another one into the configuration: "http: { port: 0 }" takes any free one`
      )
    }))
})
