// `git http-backend`, the CGI program that comes with Git: one process for one request.
import { spawn } from "node:child_process"
import { basename, dirname } from "node:path"
import type { SeenRequest } from "./HttpFault.ts"
import { hermeticEnv, killGroup } from "./NativeGit.ts"

export interface BackendRequest {
  /** Absolute path of the one repository that is served. */
  readonly repository: string
  readonly request: SeenRequest
  /** What Git is told of the protocol version. */
  readonly protocol: string | undefined
  /** Whom the server let in. */
  readonly user: string | undefined
}

export interface BackendAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Buffer>
  /** Ends the program and what it started, if they haven't ended. */
  readonly stop: () => void
}

const cgiEnv = ({ protocol, repository, request, user }: BackendRequest) => {
  const { body, headers, method, path } = request
  const { pathname, search } = new URL(path, "http://localhost")
  const isOurs = pathname.startsWith(`/${basename(repository)}/`)
  return {
    ...hermeticEnv(),
    GIT_PROJECT_ROOT: dirname(repository),
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: isOurs ? decodeURIComponent(pathname) : "/no-repository",
    QUERY_STRING: search.slice(1),
    REQUEST_METHOD: method,
    CONTENT_TYPE: headers["content-type"] ?? "",
    CONTENT_LENGTH: String(body.length),
    HTTP_CONTENT_ENCODING: headers["content-encoding"],
    GIT_PROTOCOL: protocol,
    REMOTE_USER: user,
    REMOTE_ADDR: "127.0.0.1"
  }
}

const endOfHead = Buffer.from("\r\n\r\n")

const headersOf = (head: string): Record<string, string> =>
  Object.fromEntries(
    head.split("\r\n").filter((line) => line.includes(":")).map((line) => {
      const colon = line.indexOf(":")
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    })
  )

/** Runs it until its headers are there; a program that ends before has answered 500. */
export const askBackend = async (request: BackendRequest): Promise<BackendAnswer> => {
  const child = spawn("git", ["http-backend"], { env: cgiEnv(request), detached: true })
  child.once("error", () => {})
  child.stdin.on("error", () => {})
  child.stderr.resume()
  child.stdin.end(request.request.body)
  const stop = () => killGroup(child)
  const chunks: AsyncIterator<Buffer> = child.stdout[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  while (!head.includes(endOfHead)) {
    const { done, value } = await chunks.next()
    if (done === true) return { status: 500, headers: {}, body: emptyBody(), stop }
    head = Buffer.concat([head, value])
  }
  const end = head.indexOf(endOfHead)
  const { status = "200", ...headers } = headersOf(head.subarray(0, end).toString())
  const rest = head.subarray(end + endOfHead.length)
  return { status: Number.parseInt(status, 10), headers, body: continued(rest, chunks), stop }
}

const emptyBody = async function*(): AsyncGenerator<Buffer> {}

const continued = async function*(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first
  while (true) {
    const { done, value } = await chunks.next()
    if (done === true) return
    yield value
  }
}
