import { assert, it } from "@effect/vitest"
import { memoryRefusal } from "../src/memoryRefusal.ts"

const mebibyte = 2 ** 20

it("a limit in which the program can't live is refused, with both numbers and the cure", () => {
  assert.strictEqual(
    memoryRefusal(64 * mebibyte),
    "gitops-controller may use 64 MiB of memory here, and needs at least 128 MiB: with less, the kernel kills it before it has " +
      "held a single manifest. Raise the limit of its container (resources.limits.memory; deploy/ gives it 512Mi)."
  )
  assert.isDefined(memoryRefusal(128 * mebibyte - 1))
})

it("enough is enough, and so is no limit", () => {
  assert.deepStrictEqual([0, 128 * mebibyte, 2 ** 63].map(memoryRefusal), [undefined, undefined, undefined])
})
