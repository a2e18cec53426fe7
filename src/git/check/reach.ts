/** The way to a server: its host is found, connected to and logged in to, until it says what it has. */
import { Effect, Result } from "effect"
import type { Config } from "../../config/Config.ts"
import type { HttpUrl, SshUrl } from "../GitUrl.ts"
import type { Transport } from "../Transport.ts"
import { attempt, note, type Tell, timed } from "./attempt.ts"
import { endpointOf, resolve } from "./Endpoint.ts"
import { greeted } from "./greeted.ts"
import * as Identity from "./Identity.ts"
import { lookAtHostKey } from "./lookAtHostKey.ts"
import { lookAtServer } from "./lookAtServer.ts"

const passed = (detail: string) => ({ outcome: "passed", detail }) as const

/** Answers the server's greeting; fails with the step that failed. */
export const reach = Effect.fnUntraced(function*(
  url: HttpUrl | SshUrl,
  { https = {}, ssh = {} }: Config["credentials"],
  transport: Transport,
  tell: Tell
) {
  const find = Effect.gen(function*() {
    const endpoint = yield* endpointOf(url)
    return { endpoint, detail: yield* resolve(endpoint) }
  })
  const { found: { endpoint }, step } = yield* attempt("resolve", find, ({ detail }) => passed(detail))
  yield* tell(step)

  const lookingAtServer = url.scheme === "ssh"
    ? lookAtHostKey(url, ssh)
    : lookAtServer(endpoint, url.scheme === "https")
  const seen = yield* attempt("connect", lookingAtServer, passed)
  const { millis, result } = yield* timed(transport.advertise)
  const failure = Result.isFailure(result) ? result.failure : undefined
  const detail = url.scheme === "ssh" ? yield* Identity.ofSsh(url, ssh) : yield* Identity.ofHttp(url, https, failure)
  for (const step of greeted({ scheme: url.scheme, seen: seen.step, identity: { detail, millis }, failure }))
    yield* note(step, tell)
  // One of these steps holds the failure, if there is one.
  return yield* Effect.orDie(Effect.fromResult(result))
})
