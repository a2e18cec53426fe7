/** A new key to log in to a Git host with: ed25519 without a passphrase, in the two files that ssh-keygen would make. */
import { Effect, Redacted } from "effect"
import ssh2 from "ssh2"

export interface DeployKey {
  /** In OpenSSH's format. */
  readonly privateKey: Redacted.Redacted
  /** One line, for the Git host. */
  readonly publicKey: string
}

/** @param comment what the Git host shows the key as */
export const makeDeployKey = (comment: string): Effect.Effect<DeployKey> =>
  Effect.sync(() => {
    const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment })
    return { privateKey: Redacted.make(pair.private), publicKey: pair.public }
  })
