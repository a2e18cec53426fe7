// Something that all test files of a run have in common: made when the first of them asks for it, and ended with the run.
import { Effect, Exit, Scope } from "effect"
import { connect, createServer } from "node:net"
import { join } from "node:path"
import { temporaryFolder } from "./TemporaryFolder.ts"

type Answer<A> = { readonly made: A } | { readonly failure: string }

export interface OnceARun {
  /** Where test files ask for it. */
  readonly socket: string
  readonly end: () => Promise<void>
}

/** @param make What it makes can be told as JSON, and ends with its scope. */
export const onceARun = async <A, E extends Error>(make: Effect.Effect<A, E, Scope.Scope>): Promise<OnceARun> => {
  const scope = Scope.makeUnsafe()
  let made: Promise<Answer<A>> | undefined
  const start = () =>
    Effect.runPromise(
      make.pipe(
        Scope.provide(scope),
        Effect.match({
          onSuccess: (made): Answer<A> => ({ made }),
          onFailure: (error): Answer<A> => ({ failure: error.message })
        })
      )
    )
  const folder = await Effect.runPromise(temporaryFolder("gitops-run-").pipe(Scope.provide(scope)))
  const server = createServer((connection) => {
    connection.on("error", () => {})
    made ??= start()
    void made.then((answer) => connection.end(JSON.stringify(answer)))
  })
  const socket = join(folder, "asked")
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return {
    socket,
    end: async () => {
      server.close()
      await made
      await Effect.runPromise(Scope.close(scope, Exit.void))
    }
  }
}

const ask = <A>(socket: string): Promise<Answer<A>> =>
  new Promise((resolve, reject) => {
    const chunks: Array<Buffer> = []
    connect(socket)
      .on("data", (chunk: Buffer) => chunks.push(chunk))
      .on("error", reject)
      .on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
  })

/** What was made, from within a test file. That it couldn't be made is a defect. */
export const madeOnce = <A>(socket: string): Effect.Effect<A> =>
  Effect.flatMap(
    Effect.promise(() => ask<A>(socket)),
    (answer) => "failure" in answer ? Effect.die(new Error(answer.failure)) : Effect.succeed(answer.made)
  )
