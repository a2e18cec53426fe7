// The bundle as `npm run bundle` makes it, in a folder where no node_modules are in reach. Gone with the scope.
import { Effect, Schema, type Scope } from "effect"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { onPath, run } from "../cluster/Surroundings.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

export class BundlingFailed extends Schema.TaggedError<BundlingFailed>()("BundlingFailed", { said: Schema.String }) {
  override get message(): string {
    return `the program could not be bundled: ${this.said}`
  }
}

const root = fileURLToPath(new URL("../..", import.meta.url))

export interface Bundle {
  readonly folder: string
  /** The program's file. */
  readonly program: string
}

export const bundle: Effect.Effect<Bundle, BundlingFailed, Scope.Scope> = Effect.gen(function*() {
  const folder = join(yield* temporaryFolder("gitops-bundle-"), "dist")
  const rolldown = onPath("rolldown", process.env) ?? join(root, "node_modules/.bin/rolldown")
  const { ok, output } = yield* run(process.execPath, [rolldown, "--config", "--dir", folder], {
    cwd: root,
    env: process.env
  })
  if (!ok) return yield* new BundlingFailed({ said: output })
  return { folder, program: join(folder, "gitops-controller.js") }
})
