// One control plane for all test files of a run, started when the first of them asks for it:
// a run of pure tests starts none.
import { Effect, Exit, Scope } from "effect"
import { createServer } from "node:net"
import { join } from "node:path"
import type { TestProject } from "vitest/node"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import type { ControlPlaneAddress } from "./ControlPlane.ts"
import { startControlPlane } from "./StartedControlPlane.ts"

/** What is written to whoever connects to the socket. */
export type SharedAnswer =
  | { readonly address: ControlPlaneAddress }
  | { readonly failure: string }

declare module "vitest" {
  export interface ProvidedContext {
    /** The socket on which test files ask for the shared control plane. */
    readonly controlPlaneSocket: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const scope = Scope.makeUnsafe()
  let shared: Promise<SharedAnswer> | undefined
  const start = () =>
    Effect.runPromise(
      startControlPlane().pipe(
        Scope.provide(scope),
        Effect.match({
          onSuccess: ({ address }): SharedAnswer => ({ address }),
          onFailure: (error): SharedAnswer => ({ failure: error.message })
        })
      )
    )
  const folder = await Effect.runPromise(temporaryFolder("gitops-run-").pipe(Scope.provide(scope)))
  const server = createServer((connection) => {
    connection.on("error", () => {})
    shared ??= start()
    void shared.then((answer) => connection.end(JSON.stringify(answer)))
  })
  const socket = join(folder, "control-plane")
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  project.provide("controlPlaneSocket", socket)
  return async () => {
    server.close()
    await shared
    await Effect.runPromise(Scope.close(scope, Exit.void))
  }
}
