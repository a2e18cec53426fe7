/**
 * What we log in with: the key that the configuration names; at a desk where that file isn't there, what its owner uses: the agent, and the
 * keys in `~/.ssh`.
 */
import { Effect, FileSystem } from "effect"
import type { SshCredentials } from "../../config/Config.ts"
import { defaults } from "../../config/Defaults.ts"
import { SshKeyUnusable } from "../errors/SshKeyUnusable.ts"
import { type KeyFile, makeKeyFile } from "./KeyFile.ts"
import type { Offer } from "./Offer.ts"
import type { Desk } from "./Surroundings.ts"

export interface Login {
  /** In the order in which they are offered; never empty. */
  readonly offers: ReadonlyArray<Offer>
  /** Files that hold no key to offer, and why. */
  readonly passedOver: ReadonlyArray<string>
}

const atHome = ["id_ed25519", "id_ecdsa", "id_rsa"]

const offerOf = (keyFile: KeyFile) =>
  Effect.map(keyFile.read, (key): Offer => ({ _tag: "Key", file: keyFile.file, key }))

/** @param url of the repository, for messages */
export const makeLogin = Effect.fnUntraced(function*(
  url: string,
  { identity = defaults.ssh.identity, passphraseFile }: SshCredentials,
  desk: Desk | undefined
) {
  const files = yield* FileSystem.FileSystem
  const own = yield* makeKeyFile(url, identity, passphraseFile)
  const folder = desk?.folder
  const keysAtHome = folder === undefined
    ? []
    : yield* Effect.forEach(atHome, (name) => makeKeyFile(url, `${folder}/${name}`, undefined))
  const isThere = (file: string) => Effect.orElseSucceed(files.exists(file), () => true)

  const borrowed = Effect.fnUntraced(function*(from: Desk) {
    const passedOver: Array<string> = []
    const offers: Array<Offer> = from.agent === undefined ? [] : [{ _tag: "Agent", socket: from.agent }]
    for (const keyFile of keysAtHome) {
      if (!(yield* isThere(keyFile.file))) continue
      yield* offerOf(keyFile).pipe(Effect.match({
        onFailure: ({ file, reason }) => passedOver.push(`${file}: ${reason}`),
        onSuccess: (offer) => offers.push(offer)
      }))
    }
    if (offers.length > 0) return { offers, passedOver } satisfies Login
    const others = `neither is there an agent (SSH_AUTH_SOCK), nor a key that can be used in ${from.folder ?? "~/.ssh"}`
    const why = passedOver.length === 0 ? "" : ` (${passedOver.join(", ")})`
    return yield* new SshKeyUnusable({
      url,
      file: identity,
      reason: `there is no such file, and ${others}${why}`,
      cure: "name your key in credentials.ssh.identity, or add it to the agent with ssh-add"
    })
  })

  return Effect.gen(function*() {
    if (desk !== undefined && !(yield* isThere(identity))) return yield* borrowed(desk)
    return { offers: [yield* offerOf(own)], passedOver: [] } satisfies Login
  })
})
