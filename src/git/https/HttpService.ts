/**
 * One of Git's two services over HTTP: its advertisement, and its answer to a request. Only Git's own answers come through, and a redirect
 * is followed on the host that gitUrl names and on no other.
 */
import { Effect, Ref, type Scope, Stream } from "effect"
import { type GitFailure, NotAGitServer, RedirectRefused } from "../GitError.ts"
import { type HttpUrl, redact } from "../GitUrl.ts"
import { words } from "../wire/WireFault.ts"
import type { HttpConnection, HttpGiven } from "./HttpConnection.ts"
import * as HttpFault from "./HttpFault.ts"

type Answer = Effect.Effect<Stream.Stream<Buffer, GitFailure>, GitFailure, Scope.Scope>

export interface HttpService {
  readonly discover: Answer
  readonly post: (request: Buffer) => Answer
}

const mostRedirects = 3

const contentTypeOf = (answer: HttpGiven): string =>
  answer.header("content-type").split(";", 1)[0]?.trim().toLowerCase() ?? ""

/** The first bytes of an answer that isn't what it should be. */
const beginning = (answer: HttpGiven): Effect.Effect<Buffer> =>
  Stream.runHead(answer.body).pipe(
    Effect.map((first) => first._tag === "Some" ? first.value.subarray(0, 2000) : Buffer.alloc(0)),
    Effect.orElseSucceed(() => Buffer.alloc(0))
  )

const follow = (from: string, answer: HttpGiven): string | undefined => {
  const location = answer.header("location")
  if (answer.status < 300 || answer.status > 399 || location === "" || !URL.canParse(location, from)) return undefined
  return new URL(location, from).href
}

export const makeHttpService = Effect.fnUntraced(
  function*({ href, shown: url }: HttpUrl, connection: HttpConnection, service: HttpFault.Service) {
    const query = `/info/refs?service=${service}`
    const base = yield* Ref.make(href)
    const reads = service === "git-upload-pack"
    // Nobody ever pushed by version 2.
    const version: Readonly<Record<string, string>> = reads ? { "git-protocol": "version=2" } : {}

    const refuse = Effect.fnUntraced(function*(answer: HttpGiven): Effect.fn.Return<never, GitFailure> {
      const { status, who } = answer
      const said = answer.hide(HttpFault.saidIn(contentTypeOf(answer), yield* beginning(answer)))
      return yield* HttpFault.fromStatus(connection.where, {
        service,
        who,
        status,
        retry: answer.header("retry-after"),
        said
      })
    })

    /** Lets only Git's own answers through: a login page comes with status 200, too. */
    const checked = Effect.fnUntraced(function*(answer: HttpGiven, kind: "advertisement" | "result") {
      if (answer.status !== 200) return yield* refuse(answer)
      const contentType = contentTypeOf(answer)
      if (contentType === `application/x-${service}-${kind}`) return answer.body
      const text = answer.hide((yield* beginning(answer)).toString("utf8"))
        .replace(/<[^>]*>/g, " ").replace(/\s+/g, " ")
      return yield* new NotAGitServer({
        url,
        contentType: words(contentType),
        beginning: redact(words(text).slice(0, 80))
      })
    })

    /** Whether credentials may go there: the same host, and not from https to http. */
    const isSameHost = (to: URL): boolean => {
      const from = new URL(href)
      return to.hostname === from.hostname &&
        (to.protocol === from.protocol ? to.port === from.port : to.protocol === "https:")
    }

    const discover = Effect.gen(function*() {
      let target = `${href}${query}`
      for (let redirects = 0; redirects < mostRedirects; redirects++) {
        const answer = yield* connection.send({
          method: "GET",
          url: target,
          headers: { ...version, "cache-control": "no-cache" },
          repeatable: true
        })
        const next = follow(target, answer)
        if (next === undefined) {
          if (target.endsWith(query)) yield* Ref.set(base, target.slice(0, -query.length))
          return yield* checked(answer, "advertisement")
        }
        if (!isSameHost(new URL(next)))
          return yield* new RedirectRefused({ url, location: redact(answer.hide(next.replace(query, ""))) })
        target = next
      }
      return yield* new RedirectRefused({ url, location: redact(target) })
    })

    const post = Effect.fnUntraced(function*(request: Buffer) {
      const target = `${yield* Ref.get(base)}/${service}`
      const answer = yield* connection.send({
        method: "POST",
        url: target,
        headers: {
          ...version,
          "accept": `application/x-${service}-result`,
          "content-type": `application/x-${service}-request`
        },
        body: request,
        // A push may have arrived although its answer didn't.
        repeatable: reads
      })
      const next = follow(target, answer)
      if (next !== undefined) {
        const location = next.endsWith(`/${service}`) ? next.slice(0, -service.length - 1) : next
        return yield* new RedirectRefused({ url, location: redact(answer.hide(location)) })
      }
      return yield* checked(answer, "result")
    })

    return { discover, post } satisfies HttpService
  }
)
