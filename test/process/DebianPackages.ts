// Programs that come with packages of Debian's: as root they are installed where they are missing. No daemon of the system's is
// started or enabled by that.
import { Effect, Schema } from "effect"
import { spawn } from "node:child_process"
import { openSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { buildLock } from "../cluster/BuildLock.ts"
import { onPath } from "../cluster/Surroundings.ts"
import { temporaryFolder } from "./TemporaryFolder.ts"

/** Names why, as the rest of a sentence about the program. */
export class PackagesMissing extends Schema.TaggedError<PackagesMissing>()("PackagesMissing", {
  packages: Schema.Array(Schema.String),
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.packages.join(", ")} can't be had: ${this.reason}`
  }
}

const systemFolders = ["/usr/sbin", "/usr/local/sbin", "/sbin"]

/** The absolute path of a program, also of those that only root usually runs. */
export const systemProgram = (name: string): string | undefined =>
  onPath(name, { PATH: [process.env["PATH"] ?? "", ...systemFolders].join(delimiter) })

export const isRoot = () => process.getuid?.() === 0

/** Runs to its end whatever becomes of us, so that no package stays half configured and the policy is taken back. */
const installScript = `
policy=/usr/sbin/policy-rc.d
if [ -e $policy ]; then mv $policy $policy.before-tests; fi
trap 'rm -f $policy; if [ -e $policy.before-tests ]; then mv $policy.before-tests $policy; fi' EXIT
printf '#!/bin/sh\\nexit 101\\n' > $policy
chmod 755 $policy
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@" || exit 1
if [ -d /run/systemd/system ]; then
  dpkg -L "$@" | sed -n 's,.*/lib/systemd/system/\\([^/@]*\\)$,\\1,p' | xargs -r systemctl disable
fi
exit 0
`

const say = (line: string) => process.stderr.write(`${line}\n`)

const install = (packages: ReadonlyArray<string>, usually: string) =>
  Effect.gen(function*() {
    say(`  installing ${packages.join(", ")} with apt-get (about ${usually}); no daemon is started`)
    const begin = performance.now()
    const log = join(yield* temporaryFolder("gitops-install-"), "install.log")
    const succeeded = yield* Effect.callback<boolean>((resume) => {
      const output = openSync(log, "a")
      const child = spawn("sh", ["-c", installScript, "sh", ...packages], {
        detached: true,
        stdio: ["ignore", output, output]
      })
      child.once("error", () => resume(Effect.succeed(false)))
      child.once("close", (code) => resume(Effect.succeed(code === 0)))
    })
    if (!succeeded) {
      const end = readFileSync(log, "utf8").trim().split("\n").slice(-8).join("\n  ")
      return yield* new PackagesMissing({ packages, reason: `installing it failed:\n  ${end}\n` })
    }
    say(`  installed (${Math.round((performance.now() - begin) / 1000)} s)`)
  })

/**
 * Makes sure that there are these packages.
 * @param isThere Whether what is wanted of a package is there, however it came.
 * @param usually How long installing them takes.
 */
export const ensurePackages = (
  packages: ReadonlyArray<string>,
  isThere: (name: string) => boolean,
  usually: string
): Effect.Effect<void, PackagesMissing> =>
  Effect.gen(function*() {
    const missing = () => packages.filter((name) => !isThere(name))
    if (missing().length === 0) return
    const fail = (reason: string) => new PackagesMissing({ packages: missing(), reason })
    if (!isRoot()) return yield* fail("it isn't here; installing it takes root")
    if (onPath("apt-get", process.env) === undefined)
      return yield* fail("it isn't here; it is installed by itself only where there is apt-get")
    yield* buildLock(join(tmpdir(), "gitops-debian-packages.lock"))
    if (missing().length > 0) yield* install(missing(), usually)
    if (missing().length > 0) return yield* fail(`installing ${missing().join(", ")} did not bring it`)
  }).pipe(Effect.scoped)
