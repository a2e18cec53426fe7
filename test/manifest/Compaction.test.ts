import { assert, describe, it } from "@effect/vitest"
import { makeCompaction } from "../../src/manifest/Compaction.ts"
import { type ManifestFile, parseManifestFile } from "../../src/manifest/ManifestFile.ts"

const texts = [
  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: { app: a, __proto__: b }\n",
  "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n  namespace: shop\n---\nkind: 1\napiVersion: v1\n",
  "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n",
  "a: [",
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${"long".repeat(40)}\n  namespace: ${"longer".repeat(40)}\n`
]

const fromAThread = (text: string): ManifestFile => structuredClone(parseManifestFile(Buffer.from(text)))

describe("a file from another thread", () => {
  it("says the same after it was made smaller, one after the other", () => {
    const compact = makeCompaction()
    for (const text of [...texts, ...texts]) assert.deepStrictEqual(compact(fromAThread(text)), fromAThread(text))
  })

  it("shares what it has in common with others", () => {
    const compact = makeCompaction()
    const [first = ""] = texts
    assert.strictEqual(compact(fromAThread(first)).problems, compact(fromAThread(first)).problems)
  })

  it("is the same when there are more words than are remembered", () => {
    const compact = makeCompaction()
    for (let number = 0; number < 12_000; number++) {
      const file = fromAThread(`apiVersion: v1\nkind: Kind${number}\nmetadata: { name: a, namespace: n${number} }\n`)
      assert.deepStrictEqual(compact(file), file)
    }
  })
})
