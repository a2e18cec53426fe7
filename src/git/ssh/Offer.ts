/** Something to log in with: a key of ours, or an agent that keeps keys to itself. */
import type { SshKey } from "./SshKey.ts"

export type Offer =
  | { readonly _tag: "Key"; readonly file: string; readonly key: SshKey }
  | { readonly _tag: "Agent"; readonly socket: string }

/** As a person may see it: never the key. */
export const shown = (offer: Offer): string =>
  offer._tag === "Key" ? `${offer.file} (${offer.key.type} ${offer.key.fingerprint})` : `the agent at ${offer.socket}`
