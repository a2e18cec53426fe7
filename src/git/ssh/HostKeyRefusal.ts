/** Why a host is refused, with all that a person needs to look into it: the key it shows, where another stands, how to look by hand. Pure. */
import { HostKeyChanged } from "../errors/HostKeyChanged.ts"
import { HostKeyRevoked } from "../errors/HostKeyRevoked.ts"
import { HostOnlyCertified } from "../errors/HostOnlyCertified.ts"
import { HostUnknown } from "../errors/HostUnknown.ts"
import type { GitFailure } from "../GitError.ts"
import type { SshUrl } from "../GitUrl.ts"
import { hostName } from "./HostPattern.ts"
import { fingerprint, type Judgement, type KnownHostLine, typeOf } from "./KnownHosts.ts"
import type { Trust } from "./Trust.ts"

/** As `ssh-keyscan -t` names a type of key. */
const scanType = (type: string): string => type.replace(/^ssh-/, "").replace(/^ecdsa-.*/, "ecdsa")

const keyscan = ({ host, port }: SshUrl, type: string): string =>
  `ssh-keyscan -t ${scanType(type)}${port === 22 ? "" : ` -p ${port}`} ${host}`

const place = ({ file, line }: KnownHostLine): string => `${file}:${line}`

/** @param shown the key that the host shows, in wire format */
export const refusalOf = (
  url: SshUrl,
  { home, shown: knownHosts }: Trust,
  shown: Buffer,
  judgement: Exclude<Judgement, { readonly _tag: "Trusted" }>
): GitFailure => {
  const type = typeOf(shown)
  const about = {
    url: url.shown,
    host: hostName(url.host, url.port),
    type,
    fingerprint: fingerprint(shown),
    keyscan: keyscan(url, type)
  }
  switch (judgement._tag) {
    case "Unknown":
      return new HostUnknown({ ...about, knownHosts, home })
    case "Revoked":
      return new HostKeyRevoked({ ...about, place: place(judgement.line) })
    case "OnlyCertified":
      return new HostOnlyCertified({ ...about, place: place(judgement.line), home })
    case "Changed":
      return new HostKeyChanged({
        ...about,
        place: place(judgement.line),
        knownType: judgement.line.type,
        knownFingerprint: fingerprint(judgement.line.key)
      })
  }
}
