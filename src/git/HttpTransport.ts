/**
 * Git over https:// and http://. Credentials are files, read again when they change, and only ever go to the host that gitUrl names:
 * a redirect is followed on that host alone.
 */
import { Effect, Exit, Redacted, Ref, Scope, Stream } from "effect"
import type { HttpsCredentials } from "../config/Config.ts"
import * as SecretFile from "../config/SecretFile.ts"
import { CredentialUnreadable, type GitFailure, NotAGitServer, RedirectRefused } from "./GitError.ts"
import { type HttpUrl, redact } from "./GitUrl.ts"
import { type HttpAnswer, type HttpClient, makeHttpClient } from "./HttpClient.ts"
import * as HttpFault from "./HttpFault.ts"
import { agent } from "./LsRefs.ts"
import { limited, type Transport, whole } from "./Transport.ts"
import { words } from "./WireFault.ts"

const service = "git-upload-pack"
const query = `/info/refs?service=${service}`
const mostRedirects = 3

/** What belongs into which file. */
const contents = {
  passwordFile: "the password or token",
  caFile: "the certificates to trust (PEM)",
  certFile: "the client certificate (PEM)",
  keyFile: "the key of the client certificate (PEM)"
} as const

interface Connection {
  readonly client: HttpClient
  readonly files: ReadonlyArray<Redacted.Redacted | undefined>
  readonly scope: Scope.Closeable
}

const sameFiles = (left: Connection["files"], right: Connection["files"]) =>
  left.every((file, index) => file === right[index])

export const makeHttpTransport = Effect.fnUntraced(
  function*({ href, shown: url }: HttpUrl, credentials: HttpsCredentials = {}) {
    const { caFile, passwordFile, username = "git" } = credentials
    const where: HttpFault.Where = {
      url,
      ...passwordFile === undefined ? {} : { passwordFile },
      ...caFile === undefined ? {} : { caFile }
    }
    const fileOf = (key: keyof typeof contents) => {
      const file = credentials[key]
      return file === undefined ? Effect.succeed(undefined) : SecretFile.make(file, contents[key])
    }
    const password = yield* fileOf("passwordFile")
    const tlsFiles = yield* Effect.forEach(["caFile", "certFile", "keyFile"] as const, fileOf)
    const base = yield* Ref.make(href)
    const connection = yield* Ref.make<Connection | undefined>(undefined)
    /** Of now, not of the first connection: whoever asks begins later, and so is stopped before. */
    const outer = yield* Scope.fork(yield* Effect.scope)

    const read = (files: ReadonlyArray<SecretFile.SecretFile | undefined>) =>
      Effect.forEach(files, (file) => file === undefined ? Effect.succeed(undefined) : file.read).pipe(
        Effect.mapError((error) => new CredentialUnreadable({ url, reason: error.message }))
      )

    /** The client of the certificates as they are now. */
    const connected = Effect.gen(function*() {
      const files = yield* read(tlsFiles)
      const current = yield* Ref.get(connection)
      if (current !== undefined && sameFiles(current.files, files)) return current.client
      if (current !== undefined) {
        yield* Ref.set(connection, undefined)
        yield* Scope.close(current.scope, Exit.void)
      }
      const scope = yield* Scope.fork(outer)
      const [ca, cert, key] = files.map((file) => file === undefined ? undefined : Redacted.value(file))
      const client = yield* makeHttpClient({
        ...ca === undefined ? {} : { ca },
        ...cert === undefined ? {} : { cert },
        ...key === undefined ? {} : { key }
      }).pipe(Scope.provide(scope), Effect.mapError((broken) => HttpFault.fromBroken(where, broken)))
      yield* Ref.set(connection, { client, files, scope })
      return client
    })

    /** The password, and what a request shows of it. */
    const login = Effect.gen(function*() {
      const [secret] = yield* read([password])
      if (secret === undefined) return undefined
      const word = Redacted.value(secret)
      return { word, basic: Buffer.from(`${username}:${word}`).toString("base64") }
    })

    const authorization = Effect.map(
      login,
      (given) => given === undefined ? {} : { authorization: `Basic ${given.basic}` }
    )

    const send = Effect.fnUntraced(function*(target: string, body?: Buffer) {
      const client = yield* connected
      const headers = {
        "accept-encoding": "gzip",
        "git-protocol": "version=2",
        "user-agent": agent,
        ...yield* authorization,
        ...body === undefined ? { "cache-control": "no-cache" } : {
          "accept": `application/x-${service}-result`,
          "content-type": `application/x-${service}-request`
        }
      }
      const request = body === undefined
        ? { method: "GET", url: target, headers } as const
        : { method: "POST", url: target, headers, body } as const
      return yield* client.send(request).pipe(
        Effect.retry({ times: 1, while: HttpFault.isLost }),
        Effect.mapError((broken) => HttpFault.fromBroken(where, broken))
      )
    })

    const bodyOf = (answer: HttpAnswer) => Stream.mapError(answer.body, (broken) => HttpFault.fromBroken(where, broken))

    /** How an answer begins that isn't what it should be; without our login, which some servers repeat. */
    const beginning = Effect.fnUntraced(function*(answer: HttpAnswer) {
      const first = yield* Stream.runHead(bodyOf(answer))
      if (first._tag === "None") return ""
      const given = yield* login
      const hidden = given === undefined ? [] : [given.word, given.basic]
      return hidden.reduce((text, secret) => text.replaceAll(secret, "…"), first.value.toString()).slice(0, 2000)
    }, Effect.orElseSucceed(() => ""))

    const refuse = Effect.fnUntraced(function*(answer: HttpAnswer): Effect.fn.Return<never, GitFailure> {
      const said = answer.header("content-type").startsWith("text/plain") ? yield* beginning(answer) : ""
      return yield* HttpFault.fromStatus(where, answer.status, answer.header("retry-after"), said)
    })

    /** Lets only Git's own answers through: a login page comes with status 200, too. */
    const checked = Effect.fnUntraced(function*(answer: HttpAnswer, kind: "advertisement" | "result") {
      if (answer.status !== 200) return yield* refuse(answer)
      const contentType = answer.header("content-type").split(";", 1)[0]?.trim().toLowerCase() ?? ""
      if (contentType === `application/x-${service}-${kind}`) return bodyOf(answer)
      const start = words((yield* beginning(answer)).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ")).slice(0, 80)
      return yield* new NotAGitServer({ url, contentType: words(contentType), beginning: redact(start) })
    })

    const follow = (from: string, answer: HttpAnswer): string | undefined => {
      const location = answer.header("location")
      if (answer.status < 300 || answer.status > 399 || location === "" || !URL.canParse(location, from))
        return undefined
      return new URL(location, from).href
    }

    /** Whether credentials may go there: the same host, and not from https to http. */
    const isSameHost = (to: URL): boolean => {
      const from = new URL(href)
      return to.hostname === from.hostname &&
        (to.protocol === from.protocol ? to.port === from.port : to.protocol === "https:")
    }

    const discover = Effect.fnUntraced(function*() {
      let target = `${href}${query}`
      for (let redirects = 0; redirects < mostRedirects; redirects++) {
        const answer = yield* send(target)
        const next = follow(target, answer)
        if (next === undefined) {
          if (target.endsWith(query)) yield* Ref.set(base, target.slice(0, -query.length))
          return yield* checked(answer, "advertisement")
        }
        if (!isSameHost(new URL(next)))
          return yield* new RedirectRefused({ url, location: redact(next.replace(query, "")) })
        target = next
      }
      return yield* new RedirectRefused({ url, location: redact(target) })
    })

    const post = Effect.fnUntraced(function*(request: Buffer) {
      const target = `${yield* Ref.get(base)}/${service}`
      const answer = yield* send(target, request)
      const next = follow(target, answer)
      if (next !== undefined) {
        const location = next.endsWith(`/${service}`) ? next.slice(0, -service.length - 1) : next
        return yield* new RedirectRefused({ url, location: redact(location) })
      }
      return yield* checked(answer, "result")
    })

    return {
      url,
      advertise: whole(limited(url, Stream.unwrap(discover()))),
      call: (request) => limited(url, Stream.unwrap(post(request)))
    } satisfies Transport
  }
)
