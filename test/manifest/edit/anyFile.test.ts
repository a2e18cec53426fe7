import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as fc from "fast-check"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseAllDocuments } from "yaml"
import { composeFile } from "../../../src/manifest/edit/composeFile.ts"
import type { DocumentEdit } from "../../../src/manifest/edit/DocumentEdit.ts"
import { canonical } from "../../../src/manifest/edit/SameData.ts"
import { decodeObject } from "../../../src/manifest/JsonText.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { parseManifestFile } from "../../../src/manifest/ManifestFile.ts"
import type { ObjectKey } from "../../../src/manifest/ObjectKey.ts"
import { readYaml } from "../../../src/manifest/Yaml.ts"
import { kubernetesManifests } from "../../e2e/realInput/KubernetesManifests.ts"
import { authors, values, writeYaml } from "../writeYaml.ts"
import { objects } from "./objects.ts"

const key = (name: string): ObjectKey => ({ group: "", kind: "ConfigMap", namespace: "default", name })

const manifest = (name: string, value: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  value
})

const compose = (text: string, edits: ReadonlyArray<DocumentEdit>): string | undefined => {
  const result = composeFile(Buffer.from(text), edits, "default")
  if (Result.isFailure(result)) throw new Error(`${result.failure.message}\n${text}`)
  return result.success === undefined ? undefined : Buffer.from(result.success).toString()
}

/** Without byte order marks. */
const unmarked = (text: string): string => text.replaceAll("\ufeff", "")

const dataOf = (text: string) => {
  const reading = readYaml(text.replace(/^\ufeff/, ""))
  if (reading._tag === "Broken") throw new Error(`${reading.message}\n${text}`)
  return reading.documents.map(({ value }) => value).filter((value) => value !== null)
}

const comments = fc.array(fc.constantFrom("# comment", "", "# --- no separator", "#", "# apiVersion: v1"), {
  maxLength: 3
})

const parts = fc.array(
  fc.record({
    above: comments,
    content: fc.tuple(values, authors).map(([value, author]) => writeYaml({ value }, author())),
    below: comments,
    closed: fc.boolean(),
    fate: fc.constantFrom("kept" as const, "removed" as const, "replaced" as const),
    value: objects
  }),
  { minLength: 1, maxLength: 5 }
)

/** Every comment gets a number, so that it can be found again. */
const numbered = (lines: ReadonlyArray<string>, place: string): ReadonlyArray<string> =>
  lines.map((line, at) => line === "" ? line : `${line} ${place}.${at}`)

const joined = (lines: ReadonlyArray<string>): string => lines.map((line) => `${line}\n`).join("")

describe("any file of any documents, some put and some removed", () => {
  it("has every byte outside of what was edited as before, and says what it should", () =>
    fc.assert(
      fc.property(parts, fc.boolean(), fc.boolean(), fc.constantFrom("\n", "\r\n"), (all, starts, cut, lineBreak) => {
        const wind = (text: string) => text.replaceAll("\n", lineBreak)
        const texts = all.map((part, at) => ({
          part,
          name: `n${at}`,
          above: wind(joined(numbered(part.above, `above ${at}`))),
          content: wind(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: n${at}}\n${part.content}`),
          below: wind(joined(numbered(part.below, `below ${at}`)) + (part.closed ? "...\n" : ""))
        }))
        const whole = wind(starts ? "---\n" : "") +
          texts.map(({ above, below, content }) => above + content + below).join(wind("---\n"))
        const text = cut && !whole.includes("|+") ? whole.slice(0, -lineBreak.length) : whole
        const before = dataOf(text)
        const edits = texts.flatMap(({ name, part }): ReadonlyArray<DocumentEdit> =>
          part.fate === "kept"
            ? []
            : part.fate === "removed"
            ? [{ _tag: "Remove", key: key(name) }]
            : [{ _tag: "Put", key: key(name), manifest: manifest(name, part.value) }]
        )
        const result = compose(text, edits)
        const expected = texts.flatMap(({ name, part }, at) =>
          part.fate === "removed" ? [] : [part.fate === "kept" ? before[at] : manifest(name, part.value)]
        )
        if (result === undefined) return assert.deepStrictEqual(expected, [])
        assert.deepStrictEqual(
          dataOf(result).map(canonical),
          expected.map((value) => canonical(value ?? null))
        )
        let from = 0
        const comes = (piece: string) => {
          const at = result.indexOf(piece, from)
          assert.isAtLeast(at, 0, `${JSON.stringify(piece)} is missing in ${JSON.stringify(result)}`)
          from = at + piece.length
        }
        texts.forEach(({ above, below, content, part }, at) => {
          const last = at === texts.length - 1
          if (part.fate === "kept")
            comes(last && text !== whole ? (above + content + below).trimEnd() : above + content + below)
          else if (part.fate === "replaced") comes(above)
          for (const line of below.split(lineBreak)) if (part.fate !== "kept" && line.startsWith("#")) comes(line)
          if (part.fate !== "kept") assert.notInclude(result, `{name: n${at}}`)
        })
        const breaks = result.match(/\r\n|\r|\n/g) ?? []
        if (breaks.length > 0) assert.deepStrictEqual(new Set(breaks), new Set([lineBreak]))
      }),
      { numRuns: 400 }
    ))

  const line = fc.constantFrom(
    "---",
    "--- # one",
    "...",
    "# two",
    "  # three",
    "",
    "  ",
    "apiVersion: v1",
    "kind: ConfigMap",
    "metadata: {name: a}",
    "metadata: {name: b}",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}",
    "--- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
    "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}}",
    "x: |",
    "y: >+",
    "z: \"",
    "\"",
    "    text",
    "text",
    "\ufeff",
    "\ufeff---",
    "# \u2028---",
    "apiVersion: v1\nkind: List\nitems:",
    "- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
    "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: b}",
    "  data: {}"
  )

  it("loses whole lines only when a document is removed, whatever else is in it", () => {
    let edited = 0
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom("\n", "\r\n"), (lines, lineBreak) => {
        const text = lines.join("\n").replaceAll("\n", lineBreak)
        const result = composeFile(Buffer.from(text), [{ _tag: "Remove", key: key("a") }], "default")
        if (Result.isFailure(result)) {
          // a mark in the middle of a line can end a document or be part of its text
          if (!text.includes("\ufeff")) assert.notMatch(result.failure.message, /can't be made on the text/, text)
          return
        }
        const left = result.success === undefined ? undefined : Buffer.from(result.success).toString()
        if (left === text) return
        edited++
        if (left === undefined) return
        // Blanks alone in a line behind an edit go: a block scalar that ends there would take them for its own.
        const linesOf = (some: string) => unmarked(some).replaceAll(/^[ \t]+$/gm, "").split(/\r\n|\n|\u2028/)
        const all = linesOf(text)
        for (const kept of linesOf(left)) {
          while (all.length > 0 && !(all[0] === kept || all[0] === `---${kept}`)) all.shift()
          assert.isAbove(all.length, kept === "" ? -1 : 0, JSON.stringify([text, left]))
          all.shift()
        }
      }),
      { numRuns: 3000 }
    )
    assert.isAbove(edited, 50)
  })
})

/** By another parser than the product's. */
const elsewhere = (text: string): ReadonlyArray<string> => {
  const documents = parseAllDocuments(text, { version: "1.1", logLevel: "silent" })
  return ("empty" in documents ? [] : documents).map((document) => JSON.stringify(document.toJS()))
    .filter((value) => value !== "null")
}

describe("the manifests that ship with Kubernetes, and some of many shapes", () => {
  it("can each be removed and changed, and nothing else changes then", () =>
    Effect.gen(function*() {
      const folders = [
        yield* kubernetesManifests(),
        fileURLToPath(new URL("../../e2e/realInput/manifests", import.meta.url))
      ]
      const files = folders.flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(?:yaml|json)$/.test(name)).map((
          name
        ) => join(folder, name))
      )
      const largest = 30_000
      let edited = 0
      for (const file of files) {
        const bytes = readFileSync(file)
        const { manifests, payloads, problems } = parseManifestFile(bytes)
        if (problems.length > 0 || bytes.length > largest || bytes.includes("kind: List") || bytes.includes("List\""))
          continue
        const text = bytes.toString()
        const before = elsewhere(text)
        if (
          before.length !== manifests.length ||
          new Set(manifests.map(({ group, kind, name, namespace }) => [group, kind, namespace, name].join())).size !==
            manifests.length
        ) { continue }
        for (const [at, { group, kind, name, namespace }] of manifests.entries()) {
          const one = { group, kind, name, namespace: namespace ?? "default" }
          const others = before.filter((_, other) => other !== at)
          const left = compose(text, [{ _tag: "Remove", key: one }])
          assert.deepStrictEqual(left === undefined ? [] : elsewhere(left), others, file)
          const changed = { ...decodeObject(payloads[at] ?? ""), added: { by: "us" } }
          const put = elsewhere(compose(text, [{ _tag: "Put", key: one, manifest: changed }]) ?? "")
          assert.deepStrictEqual(put.filter((_, other) => other !== at), others, file)
          assert.deepInclude(JSON.parse(put[at] ?? ""), { added: { by: "us" } }, file)
          edited++
        }
      }
      assert.isAbove(edited, 100)
    }).pipe(Effect.runPromise), 60_000)
})
