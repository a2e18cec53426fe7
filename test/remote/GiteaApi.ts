// Gitea's API: one JSON request, as somebody.
import { Effect, Schema } from "effect"
import { request } from "node:https"

/** Who asks: with a token, or with a name and a password. */
export type GiteaLogin = { readonly token: string } | { readonly username: string; readonly password: string }

export type GiteaMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

export class GiteaRefused extends Schema.TaggedError<GiteaRefused>()("GiteaRefused", {
  request: Schema.String,
  words: Schema.String
}) {
  override get message(): string {
    return `Gitea, asked to ${this.request}: ${this.words}`
  }
}

/** @param path below `/api/v1`; answers what the JSON of the answer says, `undefined` when there is none */
export type GiteaApi = (method: GiteaMethod, path: string, body?: unknown) => Effect.Effect<unknown, GiteaRefused>

const authorization = (login: GiteaLogin) =>
  "token" in login
    ? `token ${login.token}`
    : `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`

export const giteaApi = (origin: string, ca: string, login: GiteaLogin): GiteaApi => (method, path, body) =>
  Effect.callback<unknown, GiteaRefused>((resume) => {
    const fail = (words: string) => resume(Effect.fail(new GiteaRefused({ request: `${method} ${path}`, words })))
    const options = {
      method,
      ca,
      agent: false,
      timeout: 30_000,
      headers: { authorization: authorization(login), "content-type": "application/json" }
    }
    const call = request(`${origin}/api/v1${path}`, options, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", (cause) => fail(cause.message))
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString()
        if ((response.statusCode ?? 500) >= 300) return fail(`${response.statusCode} ${text}`)
        resume(Effect.succeed(text === "" ? undefined : JSON.parse(text)))
      })
    })
    call.on("timeout", () => call.destroy(new Error("no answer within 30 s")))
    call.on("error", (cause) => fail(cause.message))
    call.end(body === undefined ? undefined : JSON.stringify(body))
    return Effect.sync(() => call.destroy())
  })
