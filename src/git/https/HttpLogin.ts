/**
 * Who we are to a server: the user and password of the configuration or, on a person's own machine, what their Git keeps. In a pod nobody's
 * Git is asked. A password goes nowhere but into the header.
 */
import { Config, Effect, Redacted, Ref } from "effect"
import type { HttpsCredentials } from "../../config/Config.ts"
import * as SecretFile from "../../config/SecretFile.ts"
import { CredentialUnreadable } from "../GitError.ts"
import { type Credential, makeCredentialHelper } from "./CredentialHelper.ts"
import type { Who } from "./HttpFault.ts"

/** A header, and whose it is. */
export interface Shown {
  readonly header: Redacted.Redacted | undefined
  readonly who: Who
  /** Takes what we showed out of a text of the server's: some repeat what they were sent. */
  readonly hide: (text: string) => string
}

export interface HttpLogin {
  /** What to show now. */
  readonly current: Effect.Effect<Shown, CredentialUnreadable>
  /** The server wants another one than was shown: whether there is. */
  readonly refused: (shown: Shown) => Effect.Effect<boolean>
  /** The server took it. */
  readonly accepted: Effect.Effect<void>
}

const anonymous = (who: Who): Shown => ({ header: undefined, who, hide: (text) => text })

const basic = (username: string, password: Redacted.Redacted, who: Who): Shown => {
  const encoded = Buffer.from(`${username}:${Redacted.value(password)}`).toString("base64")
  return {
    header: Redacted.make(`Basic ${encoded}`),
    who,
    hide: (text) =>
      [encoded, Redacted.value(password), encodeURIComponent(Redacted.value(password))]
        .reduce((hidden, secret) => hidden.replaceAll(secret, "…"), text)
  }
}

const nobody: HttpLogin = {
  current: Effect.succeed(anonymous({})),
  refused: () => Effect.succeed(false),
  accepted: Effect.void
}

const ofFile = Effect.fnUntraced(function*(url: string, username: string, passwordFile: string) {
  const file = yield* SecretFile.make(passwordFile, "the password or token")
  const current = file.read.pipe(
    Effect.map((password) => basic(username, password, { passwordFile })),
    Effect.mapError((error) => new CredentialUnreadable({ url, reason: error.message }))
  )
  return { ...nobody, current } satisfies HttpLogin
})

const used = ({ password, username }: Credential) => basic(username, password, { helper: "used" })

/** Asked when the server asks us; what it gave is kept until it is refused. */
const ofHelper = Effect.fnUntraced(function*(url: string) {
  const helper = yield* makeCredentialHelper(url)
  const kept = yield* Ref.make<{ readonly credential: Credential; readonly approved: boolean } | undefined>(undefined)
  return {
    current: Effect.map(
      Ref.get(kept),
      (kept) => kept === undefined ? anonymous({ helper: "empty" }) : used(kept.credential)
    ),
    refused: Effect.fnUntraced(function*({ header }: Shown) {
      const before = yield* Ref.getAndSet(kept, undefined)
      if (before !== undefined) yield* helper.reject(before.credential)
      const credential = yield* helper.fill
      if (credential === undefined) return false
      const next = used(credential).header
      if (header !== undefined && next !== undefined && Redacted.value(next) === Redacted.value(header)) return false
      yield* Ref.set(kept, { credential, approved: false })
      return true
    }),
    accepted: Effect.gen(function*() {
      const now = yield* Ref.get(kept)
      if (now === undefined || now.approved) return
      yield* Ref.set(kept, { ...now, approved: true })
      yield* helper.approve(now.credential)
    })
  } satisfies HttpLogin
})

export const makeHttpLogin = Effect.fnUntraced(
  function*(url: string, { passwordFile, username = "git" }: HttpsCredentials) {
    if (passwordFile !== undefined) return yield* ofFile(url, username, passwordFile)
    const pod = yield* Effect.orDie(Config.String("KUBERNETES_SERVICE_HOST").pipe(Config.withDefault("")))
    return pod === "" ? yield* ofHelper(url) : nobody
  }
)
