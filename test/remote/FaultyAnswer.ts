// Sends an answer of Git's, with a fault in it.
import type { ServerResponse } from "node:http"
import { gzipSync } from "node:zlib"
import type { BackendAnswer } from "./GitHttpBackend.ts"
import type { Fault } from "./HttpFault.ts"

export interface Sending {
  readonly response: ServerResponse
  readonly fault: Fault | undefined
  /** Compress it whole. */
  readonly gzip: boolean
  readonly onSent: (bytes: number) => void
  /** The answer is no longer Git's. */
  readonly onFault: () => void
}

/** Answers without asking Git; `false`: this fault needs Git's answer first. */
export const answerInstead = ({ fault, onFault, onSent, response }: Sending): boolean => {
  if (fault === undefined || !("status" in fault || "silent" in fault || "hangUp" in fault)) return false
  onFault()
  if ("status" in fault) {
    const { body = "", headers, status } = fault
    response.writeHead(status, { "content-type": "text/plain", ...headers }).end(body)
    onSent(Buffer.byteLength(body))
  } else if ("hangUp" in fault) { response.socket?.destroy() }
  return true
}

const write = (response: ServerResponse, chunk: Buffer): Promise<void> =>
  new Promise((resolve) => {
    if (response.destroyed) return resolve()
    const done = () => {
      response.off("close", done)
      resolve()
    }
    response.once("close", done)
    response.write(chunk, done)
  })

const whole = async (body: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const limitOf = (fault: Fault | undefined): number => {
  if (fault === undefined) return Number.POSITIVE_INFINITY
  if ("stallAfter" in fault) return fault.stallAfter
  return "cutAfter" in fault ? fault.cutAfter : Number.POSITIVE_INFINITY
}

const sendUpTo = async (limit: number, answer: BackendAnswer, { fault, onFault, onSent, response }: Sending) => {
  response.writeHead(answer.status, answer.headers).flushHeaders()
  let sent = 0
  for await (const chunk of answer.body) {
    const part = chunk.subarray(0, limit - sent)
    sent += part.length
    onSent(part.length)
    await write(response, part)
    if (response.destroyed) return
    if (part.length === chunk.length) continue
    onFault()
    if (fault !== undefined && "cutAfter" in fault) response.socket?.destroy()
    return
  }
  response.end()
}

const sendWhole = (body: Buffer, answer: BackendAnswer, { gzip, onSent, response }: Sending) => {
  const bytes = gzip ? gzipSync(body) : body
  onSent(bytes.length)
  response.writeHead(answer.status, { ...answer.headers, ...(gzip ? { "content-encoding": "gzip" } : {}) }).end(bytes)
}

export const sendAnswer = async (answer: BackendAnswer, sending: Sending): Promise<void> => {
  const { fault, gzip, onFault } = sending
  if (fault !== undefined && "delayMillis" in fault) {
    onFault()
    await new Promise((resolve) => setTimeout(resolve, fault.delayMillis))
  }
  if (fault !== undefined && "body" in fault && typeof fault.body === "function") {
    const body = await whole(answer.body)
    const changed = fault.body(body)
    if (!changed.equals(body)) onFault()
    sendWhole(changed, answer, sending)
  } else if (gzip) sendWhole(await whole(answer.body), answer, sending)
  else await sendUpTo(limitOf(fault), answer, sending)
}
