// OpenSSH's server program: where it is, or how it gets here. As root on Debian and its kin it is installed, and no
// daemon of the system's is started or enabled by that.
import { Effect, Schema } from "effect"
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { buildLock } from "../cluster/BuildLock.ts"
import { onPath } from "../cluster/Surroundings.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

export class SshdMissing extends Schema.TaggedError<SshdMissing>()("SshdMissing", {
  reason: Schema.String
}) {
  override get message(): string {
    return `The SSH tests need OpenSSH's server program, sshd, and ${this.reason}.\n` +
      "Install it (Debian, Ubuntu: apt-get install openssh-server; Fedora: dnf install openssh-server; " +
      "Alpine: apk add openssh-server) or put it on the PATH. It need not run: the tests start their own."
  }
}

const systemFolders = ["/usr/sbin", "/usr/local/sbin", "/sbin"]

/** Absolute, as sshd insists on being called. */
const lookUp = (): string | undefined =>
  onPath("sshd", { PATH: [process.env["PATH"] ?? "", ...systemFolders].join(delimiter) })

const isRoot = () => process.getuid?.() === 0

/** Runs to its end whatever becomes of us, so that no package stays half configured and the policy is taken back. */
const installScript = `
policy=/usr/sbin/policy-rc.d
if [ -e $policy ]; then mv $policy $policy.before-tests; fi
trap 'rm -f $policy; if [ -e $policy.before-tests ]; then mv $policy.before-tests $policy; fi' EXIT
printf '#!/bin/sh\\nexit 101\\n' > $policy
chmod 755 $policy
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends openssh-server || exit 1
if [ -d /run/systemd/system ]; then systemctl disable ssh.service ssh.socket; fi
exit 0
`

const say = (line: string) => process.stderr.write(`${line}\n`)

const install = Effect.gen(function*() {
  say("  installing openssh-server with apt-get (about 20 s); its daemon is not started")
  const begin = performance.now()
  const log = join(yield* temporaryFolder("gitops-sshd-"), "install.log")
  const succeeded = yield* Effect.callback<boolean>((resume) => {
    const output = openSync(log, "a")
    const child = spawn("sh", ["-c", installScript], { detached: true, stdio: ["ignore", output, output] })
    child.once("error", () => resume(Effect.succeed(false)))
    child.once("close", (code) => resume(Effect.succeed(code === 0)))
  })
  if (!succeeded) {
    const end = readFileSync(log, "utf8").trim().split("\n").slice(-8).join("\n  ")
    return yield* new SshdMissing({ reason: `installing it failed:\n  ${end}\n` })
  }
  say(`  openssh-server is installed (${Math.round((performance.now() - begin) / 1000)} s)`)
})

/** The path of sshd, installed if it is missing and can be. */
export const findSshd: Effect.Effect<string, SshdMissing> = Effect.gen(function*() {
  if (lookUp() === undefined) {
    if (!isRoot()) return yield* new SshdMissing({ reason: "it isn't here; installing it takes root" })
    if (onPath("apt-get", process.env) === undefined)
      return yield* new SshdMissing({ reason: "it isn't here; it is installed by itself only where there is apt-get" })
    yield* buildLock(join(tmpdir(), "gitops-openssh-server.lock"))
    if (lookUp() === undefined) yield* install
  }
  const found = lookUp()
  if (found === undefined) return yield* new SshdMissing({ reason: "the package openssh-server did not bring it" })
  if (isRoot() && !existsSync("/run/sshd")) mkdirSync("/run/sshd", { mode: 0o755, recursive: true })
  return found
}).pipe(Effect.scoped)

/** Makes sure that there is an sshd; says so on stderr when that takes time. */
export const ensureSshd = (): Promise<void> => Effect.runPromise(Effect.asVoid(findSshd))
