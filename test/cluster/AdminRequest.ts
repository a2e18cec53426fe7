// One bare request to the API server with an admin's certificate, for what the test bed itself needs to know.
import { Effect, Schema } from "effect"
import { request } from "node:https"

/** Whom to trust, and who is asking (PEM). */
export interface AdminTls {
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

export interface Answer {
  readonly status: number
  readonly body: string
}

export class NoAnswer extends Schema.TaggedError<NoAnswer>()("NoAnswer", { reason: Schema.String }) {
  override get message(): string {
    return `the API server did not answer: ${this.reason}`
  }
}

/** What is changed at a path. */
export interface AdminPatch {
  readonly contentType: string
  readonly body: string
}

/** GET on a path of the API server, or PATCH; a new connection each time. */
export type AdminRequest = (path: string, patch?: AdminPatch) => Effect.Effect<Answer, NoAnswer>

export const makeAdminRequest = (server: string, tls: AdminTls): AdminRequest => (path, patch) =>
  Effect.callback<Answer, NoAnswer>((resume) => {
    const fail = (cause: Error) => resume(Effect.fail(new NoAnswer({ reason: cause.message })))
    const change = patch === undefined ? {} : { method: "PATCH", headers: { "content-type": patch.contentType } }
    const options = { ca: tls.ca, cert: tls.certificate, key: tls.key, agent: false, timeout: 5000, ...change }
    const call = request(new URL(path, server), options, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", fail)
      response.on(
        "end",
        () => resume(Effect.succeed({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
      )
    })
    call.on("timeout", () => call.destroy(new Error("no answer within 5 s")))
    call.on("error", fail)
    call.end(patch?.body)
    return Effect.sync(() => call.destroy())
  })
