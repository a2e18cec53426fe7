// OpenSSH's server program: where it is, or how it gets here. As root on Debian and its kin it is installed, and no
// daemon of the system's is started or enabled by that.
import { Effect, Schema } from "effect"
import { existsSync, mkdirSync } from "node:fs"
import { ensurePackages, isRoot, systemProgram } from "../process/DebianPackages.ts"

export class SshdMissing extends Schema.TaggedError<SshdMissing>()("SshdMissing", {
  reason: Schema.String
}) {
  override get message(): string {
    return `The SSH tests need OpenSSH's server program, sshd, and ${this.reason}.\n` +
      "Install it (Debian, Ubuntu: apt-get install openssh-server; Fedora: dnf install openssh-server; " +
      "Alpine: apk add openssh-server) or put it on the PATH. It need not run: the tests start their own."
  }
}

/** Absolute, as sshd insists on being called. */
const lookUp = () => systemProgram("sshd")

/** The path of sshd, installed if it is missing and can be. */
export const findSshd: Effect.Effect<string, SshdMissing> = Effect.gen(function*() {
  yield* ensurePackages(["openssh-server"], () => lookUp() !== undefined, "20 s").pipe(
    Effect.mapError(({ reason }) => new SshdMissing({ reason }))
  )
  const found = lookUp()
  if (found === undefined) return yield* new SshdMissing({ reason: "it was there a moment ago" })
  if (isRoot() && !existsSync("/run/sshd")) mkdirSync("/run/sshd", { mode: 0o755, recursive: true })
  return found
})

/** Makes sure that there is an sshd; says so on stderr when that takes time. */
export const ensureSshd = (): Promise<void> => Effect.runPromise(Effect.asVoid(findSshd))
