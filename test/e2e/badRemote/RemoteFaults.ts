// What can happen to a repository that was synced: how it breaks, what is said of it, how it comes back.
import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { makeAuthority } from "../../cluster/Certificates.ts"
import { makeLogin } from "../../remote/HttpCredentials.ts"
import { type FaultPlan, flipByte, htmlPage, onCommand, redirectTo } from "../../remote/HttpFault.ts"
import type { RemoteWorld } from "./RemoteWorld.ts"

export interface RemoteFault {
  readonly happens: (world: RemoteWorld) => Effect.Effect<unknown>
  /** Word for word what the status says of it; `URL` stands for the repository's. */
  readonly said: string | ((world: RemoteWorld) => string)
  readonly passes: (world: RemoteWorld) => Effect.Effect<unknown>
}

const fault = (plan: FaultPlan, said: RemoteFault["said"]): RemoteFault => ({
  happens: ({ server }) => Effect.sync(() => server.setFault(plan)),
  said,
  passes: ({ server }) => Effect.sync(() => server.setFault(() => undefined))
})

const replaceFile = (file: string, text: string) => Effect.sync(() => writeFileSync(file, text))

/** The file's content while it is another one. */
const kept = new Map<string, string>()

const anotherAuthority: RemoteFault = {
  happens: ({ server: { credentials: { caFile = "" } } }) =>
    Effect.suspend(() => {
      kept.set(caFile, readFileSync(caFile, "utf8"))
      return replaceFile(caFile, makeAuthority("another authority").certificate)
    }),
  said: "?ca",
  passes: ({ server: { credentials: { caFile = "" } } }) => replaceFile(caFile, kept.get(caFile) ?? "")
}

const rotatedPassword: RemoteFault = {
  happens: (world) => {
    const login = { username: world.server.login?.username ?? "", password: makeLogin().password }
    kept.set(world.server.url, login.password)
    world.secrets.push(login.password)
    return Effect.sync(() => world.server.setCredentials(login))
  },
  said: "?password",
  passes: ({ server: { credentials: { passwordFile = "" }, url } }) =>
    replaceFile(passwordFile, `${kept.get(url) ?? ""}\n`)
}

/** By what happens, as a sentence of the tests. */
export const remoteFaults: Readonly<Record<string, RemoteFault>> = {
  "a URL that answers with a web page": fault(() => htmlPage, "?html"),
  "a server that is gone": {
    happens: ({ server }) => server.stop,
    said: "?gone",
    passes: ({ server }) => server.start
  },
  "a server that hangs up": fault(() => ({ hangUp: true }), "?hangup"),
  "a server with an error": fault(
    () => ({ status: 500, headers: { "content-type": "text/plain" }, body: "disk full\n" }),
    "?500"
  ),
  "a repository that is gone": fault(() => ({ status: 404 }), "?404"),
  "a server that sends us on to another host": fault(redirectTo("https://elsewhere.example.invalid"), "?redirect"),
  "an answer that is cut off": fault(onCommand("fetch", { cutAfter: 100 }), "?cut"),
  "an answer that is damaged": fault(onCommand("fetch", flipByte(120)), "?damaged"),
  "a certificate of an unknown authority": anotherAuthority,
  "a password that is no longer accepted, until the file holds the new one": rotatedPassword
}
