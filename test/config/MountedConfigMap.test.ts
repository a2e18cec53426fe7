import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as ConfigWatch from "../../src/config/ConfigWatch.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

const direction = (syncTo: string) => `gitUrl: file:///srv/git/a.git\nrules: [{ syncTo: ${syncTo} }]\n`

/** A volume of a ConfigMap: the key is a link into `..data`, a link that kubelet swaps for another one, all at once. */
const volume = Effect.map(temporaryFolder("gitops-configmap-"), (folder) => {
  let before: string | undefined
  const swap = (revision: string, text: string | undefined) => {
    mkdirSync(join(folder, revision))
    if (text !== undefined) writeFileSync(join(folder, revision, "config.yaml"), text)
    symlinkSync(revision, join(folder, "..data_tmp"))
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"))
    if (before !== undefined) rmSync(join(folder, before), { recursive: true })
    before = revision
  }
  symlinkSync("..data/config.yaml", join(folder, "config.yaml"))
  return { file: join(folder, "config.yaml"), swap }
})

layer(NodeServices.layer, { excludeTestServices: true })("A mounted ConfigMap", (it) => {
  it.effect("is followed when kubelet swaps it", () =>
    Effect.gen(function*() {
      const { file, swap } = yield* volume
      swap("..2026_11_24_01", direction("kubernetes"))
      const watch = yield* ConfigWatch.make({ file })
      assert.strictEqual(watch.first.rules[0]?.syncTo, "kubernetes")
      const next = yield* Effect.forkChild(watch.next)
      swap("..2026_11_24_02", direction("ignore"))
      const { rules } = yield* Effect.timeout(Fiber.join(next), "20 seconds")
      assert.strictEqual(rules[0]?.syncTo, "ignore")
      assert.isUndefined(yield* watch.refusal)
    }).pipe(Effect.scoped))

  it.effect("is refused with a sentence when it has no config.yaml", () =>
    Effect.gen(function*() {
      const { file, swap } = yield* volume
      swap("..2026_11_24_01", undefined)
      const { message } = yield* Effect.flip(ConfigWatch.make({ file }))
      assert.strictEqual(message, `${file}: there is no such file; write one, or say where it is with --config`)
    }).pipe(Effect.scoped))
})
