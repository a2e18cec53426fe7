import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stdio, Stream } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { readFile } from "../../src/inspect/readFile.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { configMap } from "./reading.ts"

const two = `${configMap("a")}---\n${configMap("b")}`

const stdin = (text: string) =>
  Layer.merge(NodeServices.layer, Stdio.layerTest({ stdin: Stream.make(new TextEncoder().encode(text)) }))

describe("one file", () => {
  it.live("is read whatever its name, all of its manifests", () =>
    Effect.gen(function*() {
      const path = join(yield* temporaryFolder("gitops-file-"), "manifests.txt")
      writeFileSync(path, two)
      const { origin, read, tip } = yield* readFile(path)
      assert.strictEqual(origin, path)
      const refs = tip.index.kinds.get("ConfigMap") ?? []
      assert.deepStrictEqual(refs.map(({ manifest: { line, name } }) => [name, line]), [["a", 1], ["b", 5]])
      const bodies = yield* Effect.forEach(refs, read)
      assert.deepStrictEqual(bodies.map(({ metadata }) => metadata), [{ name: "a" }, { name: "b" }])
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped))

  it.live("may come on stdin", () =>
    Effect.gen(function*() {
      const { origin, tip } = yield* readFile("-")
      assert.strictEqual(origin, "stdin")
      assert.strictEqual(tip.index.kinds.get("ConfigMap")?.length, 2)
    }).pipe(Effect.provide(stdin(two))))

  it.live("is refused with every mistake in it, and when there is nothing in it", () =>
    Effect.gen(function*() {
      const mistaken = yield* Effect.flip(readFile("-").pipe(Effect.provide(stdin("kind: A\n---\napiVersion: v1\n"))))
      assert.deepStrictEqual(mistaken.message.split("\n"), [
        `stdin:1:1: this document has a kind but no apiVersion; add one, such as "apiVersion: v1"`,
        `stdin:3:1: this document has an apiVersion but no kind; add one, such as "kind: ConfigMap"`
      ])
      const empty = yield* Effect.flip(readFile("-").pipe(Effect.provide(stdin("a: 1\n"))))
      assert.strictEqual(empty.message, "stdin: there is no manifest in it; name a file that has some")
      const gone = yield* Effect.flip(readFile("/nowhere.yaml").pipe(Effect.provide(NodeServices.layer)))
      assert.strictEqual(
        gone.message,
        "/nowhere.yaml: there is no such file; name a file with manifests, or - for stdin"
      )
    }))
})
