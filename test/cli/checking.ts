// `gitops-controller git check` as a process of its own, in surroundings that the test chooses, and what it printed with nothing in it that
// differs from run to run. No run may print a secret.
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { runCommand } from "../e2e/Controller.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

export interface Checking {
  /** The configuration file, as a value. `rules` may be left out. Default: none. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly args?: ReadonlyArray<string>
  /** Default: a pod without proxies. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What must not be printed. */
  readonly secrets?: ReadonlyArray<string>
  /** What is told by a name of the test's. */
  readonly names?: Readonly<Record<string, string>>
}

const proxies = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()])
const without = Object.fromEntries([...proxies, "SSH_AUTH_SOCK"].map((name) => [name, undefined]))

/** As it is, and as it travels. */
const shapes = (secret: string): ReadonlyArray<string> => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -2)
]

const masked = (text: string, names: Readonly<Record<string, string>>): string =>
  Object.entries(names)
    .toSorted(([, left], [, right]) => right.length - left.length)
    .reduce((text, [name, value]) => text.replaceAll(value, name), text)
    .replace(/^(\S .{12} )(?=.{7} {2})( *\d+ ms| *\d+\.\d s) {2}/gm, "$1   TIME  ")
    .replace(/"millis":\d+/g, "\"millis\":1")
    .replace(/SHA256:[\w+/]{43}/g, "FINGERPRINT")
    .replace(/until \d{4}-\d\d-\d\d/g, "until DAY")
    .replace(/\b[0-9a-f]{12}\b/g, "COMMIT")

/** Runs it to its end; answers its exit code and the lines it printed. */
export const check = Effect.fnUntraced(
  function*({ args = [], config, env = {}, names = {}, secrets = [] }: Checking) {
    const folder = yield* temporaryFolder("gitops-check-")
    if (config !== undefined) {
      const whole = { rules: [{ syncTo: "kubernetes" }], ...config }
      yield* Effect.sync(() => writeFileSync(join(folder, "config.yaml"), JSON.stringify(whole)))
    }
    const around = { ...without, HOME: folder, KUBERNETES_SERVICE_HOST: "10.0.0.1", ...env }
    const { code, stderr, stdout } = yield* runCommand(["git", "check", ...args], folder, around)
    for (const shape of secrets.flatMap(shapes))
      assert.isFalse(`${stdout}${stderr}`.includes(shape), "a secret was printed")
    const lines = masked(`${stdout}${stderr}`, names).trimEnd().split("\n")
    return { code, lines }
  },
  Effect.scoped
)

const order = ["resolve", "connect", "authenticate", "branch", "tip", "push"]

/** The lines of the steps that come after a failed one. */
export const notTriedAfter = (step: string): ReadonlyArray<string> =>
  order.slice(order.indexOf(step) + 1).map((name) => `· ${name.padEnd(12)}          not tried`)

/** Where the line goes on that tells what to do. */
export const below = " ".repeat(24)
