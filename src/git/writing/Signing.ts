/** Signs commits with the SSH key of a file, which is read again when it changes. */
import { Effect, type Redacted, Ref, Schema } from "effect"
import * as SecretFile from "../../config/SecretFile.ts"
import { sign } from "../commit/SshSignature.ts"
import { parse, type SshKey } from "../ssh/SshKey.ts"

/** No commit can be signed, so none is made. */
export class SigningKeyUnusable extends Schema.TaggedError<SigningKeyUnusable>()("SigningKeyUnusable", {
  file: Schema.String,
  reason: Schema.String,
  cure: Schema.String
}) {
  override get message(): string {
    return `commits can't be signed with ${this.file} (commit.signingKeyFile): ${this.reason}; ${this.cure}`
  }
}

/** The signature of a commit's bytes. */
export type Sign = (payload: Buffer) => Effect.Effect<string, SigningKeyUnusable>

/** Opens nothing yet: a file that is missing now may be there when it is used. */
export const makeSign = Effect.fnUntraced(function*(file: string) {
  const secret = yield* SecretFile.make(file, "the private key to sign with")
  const parsed = yield* Ref.make<{ readonly from: Redacted.Redacted; readonly key: SshKey } | undefined>(undefined)
  const unusable = ({ cure, reason }: { readonly cure: string; readonly reason: string }) =>
    new SigningKeyUnusable({ file, reason, cure })

  const current = Effect.gen(function*() {
    const from = yield* Effect.mapError(secret.read, unusable)
    const known = yield* Ref.get(parsed)
    if (known?.from === from) return known.key
    const key = yield* Effect.mapError(Effect.fromResult(parse(from, undefined)), unusable)
    yield* Ref.set(parsed, { from, key })
    return key
  })

  return (payload: Buffer) => Effect.map(current, (key) => sign(key, payload))
})
