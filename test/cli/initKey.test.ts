// The key pair alone; what else is written, init.test.ts shows.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { runCommand } from "../e2e/Controller.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

const args = ["init", "prod", "--git-url", "git@git.example:acme/cluster.git", "--overlay", "snapshots"]

describe("the key that init makes", () => {
  it.live("takes the place of nobody's public key", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-init-")
      const at = (name: string) => join(folder, "prod", name)
      mkdirSync(join(folder, "prod"))
      writeFileSync(at("identity.pub"), "mine")
      const { code, stderr } = yield* runCommand(args, folder)
      assert.strictEqual(code, 1)
      assert.match(stderr, /^prod\/identity\.pub: there already, and nothing was written; /)
      assert.strictEqual(readFileSync(at("identity.pub"), "utf8"), "mine")
      assert.isFalse(existsSync(at("identity")))
    }).pipe(Effect.scoped), 60_000)

  it.live("is written where it is said to be, and not where a link leads that is there", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-init-")
      const at = (name: string) => join(folder, "prod", name)
      mkdirSync(join(folder, "prod"))
      symlinkSync(join(folder, "elsewhere"), at("identity"))
      assert.strictEqual((yield* runCommand(args, folder)).code, 1)
      assert.isFalse(existsSync(join(folder, "elsewhere")))
      assert.isFalse(existsSync(at("config.yaml")))
    }).pipe(Effect.scoped), 60_000)
})
