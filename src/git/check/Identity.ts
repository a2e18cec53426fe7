/** Who we are to a server, as a person may see it: a user, and where the proof is from, never the proof. */
import { Effect } from "effect"
import type { HttpsCredentials, SshCredentials } from "../../config/Config.ts"
import type { GitFailure } from "../GitError.ts"
import type { HttpUrl, SshUrl } from "../GitUrl.ts"
import { makeHttpConnection } from "../https/HttpConnection.ts"
import type { Who } from "../https/HttpFault.ts"
import { makeLogin } from "../ssh/Login.ts"
import * as Offer from "../ssh/Offer.ts"
import { desk } from "../ssh/Surroundings.ts"

const nobody = "without credentials"

const certified = ({ certFile }: HttpsCredentials): string =>
  certFile === undefined ? "" : `, with the client certificate ${certFile}`

const ofWho = ({ username }: HttpsCredentials, { helper, passwordFile }: Who): string => {
  if (passwordFile !== undefined) return `as ${username ?? "git"}, with the password in ${passwordFile}`
  return helper === "used" ? "as the user that Git's credential helper on this machine names" : nobody
}

/** What the server was shown in the end: it may have asked, and a credential helper answered. */
export const ofHttp = Effect.fnUntraced(
  function*({ href, ...url }: HttpUrl, credentials: HttpsCredentials, failure: GitFailure | undefined) {
    const told = (who: Who) => `${ofWho(credentials, who)}${certified(credentials)}`
    if (credentials.passwordFile !== undefined) return told({ passwordFile: credentials.passwordFile })
    if (failure !== undefined) return told(failure._tag === "AuthenticationFailed" ? failure : {})
    const connection = yield* makeHttpConnection({ href, ...url }, credentials)
    return yield* connection.send({
      method: "GET",
      url: `${href}/info/refs?service=git-upload-pack`,
      headers: {},
      repeatable: true
    }).pipe(Effect.match({ onFailure: () => told({}), onSuccess: ({ who }) => told(who) }))
  },
  Effect.scoped
)

/** What is offered; a server takes the first that it knows, and doesn't tell which. */
export const ofSsh = Effect.fnUntraced(function*({ shown, username }: SshUrl, credentials: SshCredentials) {
  const login = yield* makeLogin(shown, credentials, yield* desk)
  return yield* Effect.match(login, {
    onFailure: () => `as ${username}`,
    onSuccess: ({ offers, passedOver }) => {
      const keys = offers.map(Offer.shown).join(", ")
      const others = passedOver.length === 0 ? "" : `; passed over: ${passedOver.join(", ")}`
      return `as ${username}, with ${offers.length === 1 ? "" : "one of "}${keys}${others}`
    }
  })
})
