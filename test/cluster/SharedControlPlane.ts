// The control plane of the whole test run, from within a test file.
// Tests share its cluster: each makes namespaces of its own and names cluster-wide objects after itself.
import { Effect, Layer } from "effect"
import { connect } from "node:net"
import { inject } from "vitest"
import { connectControlPlane, ControlPlane } from "./ControlPlane.ts"
import type { SharedAnswer } from "./globalSetup.ts"

const ask = (socket: string): Promise<SharedAnswer> =>
  new Promise((resolve, reject) => {
    const chunks: Array<Buffer> = []
    connect(socket)
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .on("error", reject)
      .on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
  })

export const sharedControlPlane: Layer.Layer<ControlPlane> = Layer.effect(
  ControlPlane,
  Effect.gen(function*() {
    const answer = yield* Effect.promise(() => ask(inject("controlPlaneSocket")))
    if ("failure" in answer) return yield* Effect.die(new Error(answer.failure))
    return connectControlPlane(answer.address)
  })
)
