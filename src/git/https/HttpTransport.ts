/**
 * Git over https:// and http://. Credentials are files, read again when they change, or those of the user's own Git, and only ever go to
 * the host that gitUrl names.
 */
import { Duration, Effect, Stream } from "effect"
import type { HttpsCredentials } from "../../config/Config.ts"
import type { HttpUrl } from "../GitUrl.ts"
import { type Compose, limited, Limits, type Transport, whole } from "../Transport.ts"
import { makeHttpConnection } from "./HttpConnection.ts"
import { makeHttpService } from "./HttpService.ts"

/** What the slowest line is expected to carry upwards, in bytes a second: the server is silent while it takes a pack in. */
const slowest = 16 * 1024

export const makeHttpTransport = Effect.fnUntraced(function*(url: HttpUrl, credentials: HttpsCredentials = {}) {
  const { shown } = url
  const connection = yield* makeHttpConnection(url, credentials)
  const read = yield* makeHttpService(url, connection, "git-upload-pack")
  const write = yield* makeHttpService(url, connection, "git-receive-pack")

  /** An answer whose silence begins after the request went out. */
  const answered = (request: Buffer) =>
    Stream.unwrap(Effect.map(Limits, (limits) => {
      const idle = Duration.sum(limits.idle, Duration.seconds(Math.floor(request.length / slowest)))
      return Stream.provideService(limited(shown, Stream.unwrap(write.post(request))), Limits, { ...limits, idle })
    }))

  const push = Effect.fnUntraced(function*(compose: Compose) {
    const advertisement = yield* whole(limited(shown, Stream.unwrap(write.discover)))
    const request = yield* compose(advertisement)
    return request === undefined ? Stream.empty : answered(request)
  })

  return {
    url: shown,
    advertise: whole(limited(shown, Stream.unwrap(read.discover))),
    call: (request) => limited(shown, Stream.unwrap(read.post(request))),
    push: (compose) => Stream.unwrap(push(compose))
  } satisfies Transport
})
