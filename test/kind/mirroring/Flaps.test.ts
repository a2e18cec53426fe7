import { assert, it } from "@effect/vitest"
import { afterWrites, type FieldWrite, flapsAmong, steady } from "../../../src/kind/mirroring/Flaps.ts"
import { field, format } from "../../../src/manifest/FieldPath.ts"

const maxAge = 30_000
const write = (before: string, after: string): FieldWrite => ({
  path: [field("spec"), field("replicas")],
  before,
  after
})
const paths = (...args: Parameters<typeof flapsAmong>) => flapsAmong(...args).map(({ path }) => format(path))

it("a value that changes back within the while flaps, one that goes on doesn't", () => {
  const once = afterWrites(steady, [write("1", "2")], maxAge, 0)
  assert.deepStrictEqual(paths(once, [write("2", "1")], maxAge, 1000), ["/spec/replicas"])
  assert.deepStrictEqual(paths(once, [write("2", "3")], maxAge, 1000), [])
  assert.deepStrictEqual(paths(once, [write("2", "1")], maxAge, maxAge), [])
})

it("a value that changes all the time flaps, whatever it changes to", () => {
  let flaps = steady
  for (let n = 0; n < 3; n++) {
    const next = write(String(n), String(n + 1))
    assert.deepStrictEqual(paths(flaps, [next], maxAge, n * 5000), [])
    flaps = afterWrites(flaps, [next], maxAge, n * 5000)
  }
  assert.deepStrictEqual(flapsAmong(flaps, [write("3", "4")], maxAge, 15_000).map(({ until }) => until), [
    10_000 + maxAge
  ])
})

it("what is long past is forgotten", () => {
  const flaps = afterWrites(steady, [write("1", "2")], maxAge, 0)
  assert.strictEqual(afterWrites(flaps, [], maxAge, 2 * maxAge).size, 0)
})
