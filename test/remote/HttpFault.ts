// What can go wrong between a Git server and who asks it, and what the server keeps of each request.
import type { IncomingHttpHeaders } from "node:http"

/** One request as the server saw it; what concerns the answer grows while it is sent. */
export interface SeenRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** What protocol version 2 asks for (`ls-refs`, `fetch`), where it can be read off the body. */
  readonly command: string | undefined
  /** 0 while nothing was answered, and for good if nothing ever was. */
  readonly status: number
  /** Of the answer's body, as handed to the network. */
  readonly answerBytes: number
  /** Did a fault change this answer? One that an answer is too short for doesn't. */
  readonly isFaulty: boolean
}

/** What happens to a request instead of, or to, its answer. */
export type Fault =
  /** Another answer. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** No answer at all, and the connection stays open. */
  | { readonly silent: true }
  /** The connection is closed instead of an answer. */
  | { readonly hangUp: true }
  /** The headers and so many bytes of the body, then silence. */
  | { readonly stallAfter: number }
  /** The headers and so many bytes of the body, then the connection is cut. */
  | { readonly cutAfter: number }
  /** The answer with its body changed. */
  | { readonly body: (body: Buffer) => Buffer }
  /** The answer, later. */
  | { readonly delayMillis: number }

/** Decides for each request that was let in. */
export type FaultPlan = (request: SeenRequest) => Fault | undefined

/** A web page with status 200, as sign-in pages and parked domains answer. */
export const htmlPage: Fault = {
  status: 200,
  headers: { "content-type": "text/html; charset=utf-8" },
  body: "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>\n"
}

/** Sends requests to the same path at another origin. */
export const redirectTo = (origin: string, status: 301 | 302 | 307 | 308 = 302): FaultPlan => ({ path }) => ({
  status,
  headers: { location: `${origin}${path}` }
})

/** Turns all bits of one byte of the body. */
export const flipByte = (at: number): Fault => ({
  body: (body) => {
    const copy = Buffer.from(body)
    copy[at] = (copy[at] ?? 0) ^ 0xff
    return copy.subarray(0, body.length)
  }
})

/** The first requests only; what comes after is answered properly. */
export const times = (count: number, fault: Fault): FaultPlan => {
  let left = count
  return () => left-- > 0 ? fault : undefined
}

/** The requests that protocol version 2 calls by that name. */
export const onCommand = (command: "ls-refs" | "fetch", fault: Fault): FaultPlan => (request) =>
  request.command === command ? fault : undefined

/** The requests that push: what they are answered, after Git took them. */
export const onPush = (fault: Fault): FaultPlan => ({ method, path }) =>
  method === "POST" && path.endsWith("/git-receive-pack") ? fault : undefined

/** Everything that has to do with pushing, asking for it too. */
export const onPushing = (fault: Fault): FaultPlan => ({ path }) =>
  path.includes("git-receive-pack") ? fault : undefined
