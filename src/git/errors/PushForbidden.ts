/** We may not push, whatever we would push: the server says so before it looks at anything. */
import { Schema } from "effect"

export class PushForbidden extends Schema.TaggedError<PushForbidden>()("PushForbidden", {
  url: Schema.String,
  /** 401: the server wants to know who we are. 403: it knows, and says no. */
  status: Schema.Literals([401, 403]),
  /** The server's own; may be empty. */
  words: Schema.String,
  /** Whose right to push is missing; absent when no credentials were sent. */
  user: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const said = this.words === "" ? "" : `: ${this.words.replace(/\.$/, "")}`
    if (this.status === 401)
      return `${this.url} lets nobody push without credentials (401)${said}. Put a password or token that may write into a file and name it in credentials.https.passwordFile`
    const who = this.user === undefined
      ? "name a password or token that may write in credentials.https.passwordFile"
      : `give ${this.user} the right to write to the repository (a token needs that scope, too)`
    return `${this.url} doesn't let us push (403)${said}. Either ${who}, or, on a server of your own, allow pushing over HTTP with "git config http.receivepack true"`
  }
}
