/**
 * What can be seen of an SSH server from outside: whether it takes connections, and the key that it shows. Only seen, not judged: whether
 * the host is trusted is for the transport to say. Nothing is logged in to.
 */
import { Effect } from "effect"
import type { SshCredentials } from "../../config/Config.ts"
import type { SshUrl } from "../GitUrl.ts"
import { hostName } from "../ssh/HostPattern.ts"
import { algorithmsFor, fingerprint, lookUp, typeOf } from "../ssh/KnownHosts.ts"
import { connect } from "../ssh/SshConnection.ts"
import * as SshFault from "../ssh/SshFault.ts"
import { desk } from "../ssh/Surroundings.ts"
import { makeTrust } from "../ssh/Trust.ts"

const nobody = { offers: [], passedOver: [] }

/** A sentence for people. */
export const lookAtHostKey = Effect.fnUntraced(function*(url: SshUrl, credentials: SshCredentials) {
  const name = hostName(url.host, url.port)
  const trust = yield* makeTrust(url.shown, credentials, yield* desk)
  const lines = yield* Effect.matchEager(trust, { onFailure: () => [], onSuccess: ({ lines }) => lines })
  const host = lookUp(lines, name)
  let shown: Buffer | undefined
  const broken = yield* connect({
    host: url.host,
    port: url.port,
    username: url.username,
    offers: nobody.offers,
    algorithms: algorithmsFor(host),
    accepts: (key) => {
      shown = key
      return false
    }
  }).pipe(Effect.scoped, Effect.match({ onFailure: (broken) => broken, onSuccess: () => undefined }))
  if (shown === undefined) {
    // Of a host that has none of the keys it was asked for, the transport will tell.
    if (broken === undefined || broken.noSuchHostKey) return `${name} answers`
    return yield* Effect.fail(SshFault.fromBroken(url.shown, url.username, nobody, broken))
  }
  const known = host.keys.find(({ key }) => shown?.equals(key))
  const place = known === undefined ? "" : `, as in ${known.file}:${known.line}`
  return `${name} shows the key ${typeOf(shown)} ${fingerprint(shown)}${place}`
})
