// A Git server as hosters run it: `git http-backend` behind HTTPS (or HTTP), a user and a password, protocol version 2.
// Every request is remembered, and answers can be made to fail. Ends with its scope, its processes too.
import { Effect, type Scope } from "effect"
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https"
import { basename } from "node:path"
import { issueCertificate, type KeyPair, makeAuthority } from "../cluster/Certificates.ts"
import { freePort } from "../cluster/FreePort.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import type { BareRepository } from "./BareRepository.ts"
import { answerInstead, sendAnswer } from "./FaultyAnswer.ts"
import { askBackend } from "./GitHttpBackend.ts"
import { type HttpCredentials, type Login, makeLogin, writeHttpCredentials } from "./HttpCredentials.ts"
import type { FaultPlan, SeenRequest } from "./HttpFault.ts"

export interface HttpGitServerOptions {
  /** HTTPS with an authority of its own. Default: true. */
  readonly tls?: boolean
  /** Asks for this user and password, or for ones it makes. Default: lets everybody in. */
  readonly credentials?: "made" | Login
  /** Asks only those who push. Default: false. */
  readonly readableByAll?: boolean
  /** Also asks for a certificate of the server's authority. Default: false. */
  readonly clientCertificate?: boolean
  /** The newest protocol version the server speaks. Default: 2. */
  readonly protocol?: 0 | 1 | 2
  /** Compresses answers for those who take that. Default: false. */
  readonly gzip?: boolean
}

export interface HttpGitServer {
  /** Of the repository, without user info. */
  readonly url: string
  /** The same with user and password in it, for native Git. */
  readonly urlWithLogin: string
  readonly origin: string
  readonly login: Login | undefined
  /** Of the authority, PEM. */
  readonly caCertificate: string
  /** Files, as they stand in the configuration file's `credentials.https`. */
  readonly credentials: HttpCredentials
  /** What native Git needs before its command: the authority, and the client's certificate. */
  readonly gitArguments: ReadonlyArray<string>
  /** All requests so far, in order. Clear it by setting its length. */
  readonly requests: Array<SeenRequest>
  /** Decides for each request from now on, once it is let in. */
  readonly setFault: (plan: FaultPlan) => void
  /** Whom it lets in from now on; the files stay as they are. */
  readonly setCredentials: (login: Login) => void
  /** From now on a push is cut after so many bytes of what it sends, and Git gets no more than those. `undefined`: no longer. */
  readonly cutPushes: (after: number | undefined) => void
  /** Shows a certificate of another authority from now on, and breaks open connections. Returns that authority, PEM. */
  readonly renewAuthority: Effect.Effect<string>
  /** Nobody listens on the port any more, and open connections break. */
  readonly stop: Effect.Effect<void>
  /** On the same port again. */
  readonly start: Effect.Effect<void>
}

const hosts = ["127.0.0.1", "localhost"]

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

const isPush = ({ method, url = "" }: IncomingMessage) => method === "POST" && url.endsWith("/git-receive-pack")

const seenRequest = async (request: IncomingMessage, most: number): Promise<Mutable<SeenRequest>> => {
  const chunks: Array<Buffer> = []
  let size = 0
  for await (const chunk of request) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= most) break
  }
  const body = Buffer.concat(chunks).subarray(0, most)
  const { headers, method = "GET", url: path = "/" } = request
  const firstLine = body.toString("latin1", 4, Number.parseInt(body.toString("latin1", 0, 4), 16) || 4)
  const command = /^command=(\S+)/.exec(firstLine)?.[1]
  return { method, path, headers, body, command, status: 0, answerBytes: 0, isFaulty: false }
}

const isLetIn = ({ headers }: SeenRequest, login: Login | undefined) =>
  login === undefined ||
  headers.authorization === `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`

const protocolFor = ({ headers }: SeenRequest, newest: 0 | 1 | 2) =>
  newest === 2 ? headers["git-protocol"]?.toString() : newest === 1 ? "version=1" : undefined

const listen = (server: Server, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    server.once("error", () => resolve(false))
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(true))
  })

/** Serves the repository on a free loopback port. */
export const startHttpGitServer = (
  repository: BareRepository,
  options: HttpGitServerOptions = {}
): Effect.Effect<HttpGitServer, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { clientCertificate = false, gzip = false, protocol = 2, tls = true } = options
    const login = options.credentials === "made" ? makeLogin() : options.credentials
    const authority = makeAuthority("test Git authority")
    const folder = yield* temporaryFolder("gitops-http-")
    const made = { folder, authority: tls ? authority : undefined, login, clientCertificate }
    const credentials = writeHttpCredentials(made)
    const requests: Array<SeenRequest> = []
    let faultOf: FaultPlan = () => undefined
    let letIn = login
    let cut: number | undefined

    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      const isCut = cut !== undefined && isPush(request)
      const seen = await seenRequest(request, isCut ? cut ?? 0 : Number.POSITIVE_INFINITY)
      requests.push(seen)
      const isPublic = options.readableByAll === true && !seen.path.includes("git-receive-pack")
      if (!isPublic && !isLetIn(seen, letIn)) {
        seen.status = 401
        response.writeHead(401, { "www-authenticate": "Basic realm=\"git\"" }).end("who are you?\n")
        return
      }
      const sending = {
        response,
        fault: faultOf(seen),
        gzip: gzip && /\bgzip\b/.test(seen.headers["accept-encoding"]?.toString() ?? ""),
        onSent: (bytes: number) => {
          seen.status = response.statusCode
          seen.answerBytes += bytes
        },
        onFault: () => {
          seen.isFaulty = true
        }
      }
      if (answerInstead(sending)) return
      const git = await askBackend({
        repository: repository.path,
        request: seen,
        protocol: protocolFor(seen, protocol),
        user: letIn?.username
      })
      response.once("close", git.stop)
      if (isCut) {
        seen.isFaulty = true
        for await (const _ of git.body) { /* Git is let finish with what it got. */ }
        response.socket?.destroy()
        return
      }
      await sendAnswer(git, sending)
    }
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      response.on("error", () => {})
      answer(request, response).catch(() => response.destroy())
    }

    const certificatesOf = (issuer: KeyPair) => {
      const { certificate: cert, key } = issueCertificate(issuer, { commonName: "git", hosts })
      return {
        ca: authority.certificate,
        cert,
        key,
        requestCert: clientCertificate,
        rejectUnauthorized: clientCertificate
      }
    }
    let certificates = certificatesOf(authority)
    let server: Server | HttpsServer | undefined
    const listenOn = (port: number) =>
      Effect.promise(async () => {
        const next = tls ? createHttpsServer(certificates, handle) : createHttpServer(handle)
        if (!(await listen(next, port))) return false
        server = next
        return true
      }).pipe(Effect.uninterruptible)
    const stop = Effect.callback<void>((resume) => {
      if (server === undefined) return resume(Effect.void)
      server.close(() => resume(Effect.void))
      server.closeAllConnections()
      server = undefined
    })
    const renewAuthority = Effect.sync(() => {
      const next = makeAuthority("another test Git authority")
      certificates = certificatesOf(next)
      if (server !== undefined && "setSecureContext" in server) server.setSecureContext(certificates)
      server?.closeAllConnections()
      return next.certificate
    })
    const anyPort: Effect.Effect<number> = Effect.flatMap(
      freePort,
      (port) => Effect.flatMap(listenOn(port), (isOpen) => isOpen ? Effect.succeed(port) : anyPort)
    )
    const port = yield* Effect.acquireRelease(anyPort, () => stop)
    const origin = `${tls ? "https" : "http"}://127.0.0.1:${port}`
    const url = `${origin}/${basename(repository.path)}`
    const info = login === undefined ? "" : `${login.username}:${encodeURIComponent(login.password)}@`
    const gitSettings = [
      ["http.sslCAInfo", credentials.caFile],
      ["http.sslCert", credentials.certFile],
      ["http.sslKey", credentials.keyFile]
    ]
    return {
      url,
      urlWithLogin: url.replace("://", `://${info}`),
      origin,
      login,
      caCertificate: authority.certificate,
      credentials,
      gitArguments: gitSettings.flatMap(([name, file]) => file === undefined ? [] : ["-c", `${name}=${file}`]),
      requests,
      setFault: (plan) => void (faultOf = plan),
      setCredentials: (next) => void (letIn = next),
      cutPushes: (after) => void (cut = after),
      renewAuthority,
      stop,
      start: Effect.suspend(() => server === undefined ? listenOn(port) : Effect.succeed(true)).pipe(
        Effect.flatMap((isOpen) => isOpen ? Effect.void : Effect.die(new Error(`port ${port} was taken meanwhile`)))
      )
    }
  })
