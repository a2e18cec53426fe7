import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { yamlText } from "../../../src/manifest/edit/YamlText.ts"
import { decodeObject, encodeJson } from "../../../src/manifest/JsonText.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { readYaml } from "../../../src/manifest/Yaml.ts"
import { findBinaries } from "../../cluster/Binaries.ts"
import { makeKubectl } from "../../cluster/Kubectl.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { keys, scalars } from "../scalars.ts"
import { objects } from "./objects.ts"

const head = { apiVersion: "example.com/v1", kind: "Sample", metadata: { name: "sample" } }

const manifestOf = (value: Json): JsonObject => ({ ...head, value })

const readBack = (text: string): string => {
  const reading = readYaml(text)
  if (reading._tag === "Broken") throw new Error(`${reading.message} at ${reading.offset} of ${text}`)
  assert.strictEqual(reading.documents.length, 1, text)
  return encodeJson(reading.documents[0]?.value ?? null)
}

const sortedValue = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sortedValue)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([k, v]) => [k, sortedValue(v)])
  )
}

/** Keys sorted, as the reader gives them. */
const sorted = (value: Json): string => encodeJson(sortedValue(value))

const longKey = "k".repeat(1100)

const lines = (...all: ReadonlyArray<string>): string => `${all.join("\n")}\n`

describe("a manifest as YAML", () => {
  it("has its fields in the customary order, two spaces to a level, and lists in the column of their key", () =>
    assert.strictEqual(
      yamlText({
        spec: {
          template: { containers: [{ name: "web", args: ["--port=80", "-v"], ports: [{ port: 80 }] }], empty: {} }
        },
        metadata: { uid: "1", labels: { app: "web" }, namespace: "shop", annotations: {}, name: "web" },
        kind: "Deployment",
        apiVersion: "apps/v1"
      }),
      lines(
        "apiVersion: apps/v1",
        "kind: Deployment",
        "metadata:",
        "  name: web",
        "  namespace: shop",
        "  labels:",
        "    app: web",
        "  annotations: {}",
        "  uid: \"1\"",
        "spec:",
        "  template:",
        "    containers:",
        "    - name: web",
        "      args:",
        "      - --port=80",
        "      - -v",
        "      ports:",
        "      - port: 80",
        "    empty: {}"
      )
    ))

  it("quotes what some reader would take for something else", () => {
    const texts = [
      ["yes", "No", "on", "OFF", "y", "true", "null", "Null", "~", "", "0644", "0o17", "0x1F", "1e3", "1.20", "12"],
      ["1_000", "1,000", ".5", "1.", "-7", "+7", "1:30", "190:20:30", "2026-01-31", "2026-01-31T10:00:00Z", "="],
      ["<<", ".inf", "-.INF", ".NaN", "0b1", ".", "-"]
    ].flat()
    for (const text of texts) {
      assert.match(yamlText({ value: text }), /^value: ["']/, text)
      assert.match(yamlText({ [text]: 1 }), /^["']/, text)
    }
  })

  it("leaves ordinary text without quotes", () => {
    const texts = [
      ["100m", "1Gi", "10.0.0.1", "nginx:1.25-alpine", "ghcr.io/a/b@sha256:0a1b", "a b", "apps/v1", "10.0.0.0/8"],
      ["--flag=x", "$(VAR)", "/bin/sh", "v1.2.3", "http://example.com:80/?a=b&c", "é"]
    ].flat()
    for (const text of texts) assert.strictEqual(yamlText({ value: text }), `value: ${text}\n`)
  })

  it("writes text of several lines as it is, and never folds a long line", () => {
    const long = `${"word ".repeat(60)}end`
    const base64 = "QUJD".repeat(500)
    assert.strictEqual(
      yamlText({ a: "one\n  two\n\nthree\n", b: "one\ntwo", c: "one\n\n", d: long, e: base64 }),
      lines(
        "a: |",
        "  one",
        "    two",
        "",
        "  three",
        "b: |-",
        "  one",
        "  two",
        "c: |+",
        "  one",
        "",
        `d: ${long}`,
        `e: ${base64}`
      )
    )
  })

  it("keeps every digit of a number", () =>
    assert.strictEqual(
      yamlText({ a: 9007199254740993n, b: -9223372036854775808n, c: 18446744073709551615n, d: 1e21, e: 0.1 }),
      lines("a: 9007199254740993", "b: -9223372036854775808", "c: 18446744073709551615", "d: 1e+21", "e: 0.1")
    ))

  it("shows what would be hidden, and what would end a line", () =>
    assert.strictEqual(
      yamlText({ a: "x\u2028y", b: "\ufeff", c: "x\u0000\u007f\u0085", d: "x\r\ny\n", e: "a\u202eb", f: "👩‍🚀" }),
      lines(
        "a: \"x\\u2028y\"",
        "b: \"\\uFEFF\"",
        "c: \"x\\u0000\\u007F\\u0085\"",
        "d: \"x\\r\\ny\\n\"",
        "e: \"a\\u202Eb\"",
        "f: 👩‍🚀"
      )
    ))

  it("is read as it was meant, whatever is in it", () =>
    fc.assert(
      fc.property(objects, (value) => assert.strictEqual(readBack(yamlText(value)), sorted(value))),
      { numRuns: 1000 }
    ))

  it("is read by kubectl as it was meant", () =>
    Effect.scoped(Effect.gen(function*() {
      const { kubectl: path } = yield* findBinaries(["kubectl"])
      const cacheFolder = yield* temporaryFolder("gitops-kubectl-")
      const { kubectlOk } = makeKubectl({ path, kubeconfig: "/dev/null", cacheFolder })
      const tables = [...scalars.map(([text]) => text), ...keys.map(([key]) => key)]
      const values: ReadonlyArray<Json> = [
        ...tables.map((text) => ({ [text]: text, list: [text] })),
        { [longKey]: longKey },
        // JSON with large numbers is decoded by our reader, which takes no such key in braces
        ...fc.sample(objects, { numRuns: 600, seed: 7 }).filter((value) => !encodeJson(value).includes(longKey))
      ]
      const args = ["patch", "--local", "-f", "-", "--type=merge", "-p", "{}", "-o", "json"]
      const stdin = values.map((value) => yamlText(manifestOf(value))).join("---\n")
      const output = yield* kubectlOk(args, { stdin })
      const theirs = output.split(/\n(?=\{)/).map((text) => sorted(decodeObject(text)["value"] ?? null))
      assert.deepStrictEqual(theirs, values.map(sorted))
    })).pipe(Effect.runPromise))
})
