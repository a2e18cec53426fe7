import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { decodeObject, encodeJson } from "../../src/manifest/JsonText.ts"
import type { Json } from "../../src/manifest/Manifest.ts"
import { readYaml } from "../../src/manifest/Yaml.ts"
import { findBinaries } from "../cluster/Binaries.ts"
import { type Kubectl, makeKubectl } from "../cluster/Kubectl.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { layouts } from "./layouts.ts"
import { keys, scalars } from "./scalars.ts"

const kubectl = Effect.gen(function*() {
  const { kubectl: path } = yield* findBinaries(["kubectl"])
  const cacheFolder = yield* temporaryFolder("gitops-kubectl-")
  return makeKubectl({ path, kubeconfig: "/dev/null", cacheFolder })
})

const head = "apiVersion: example.com/v1\nkind: Sample\nmetadata: {name: sample}\n"

const indented = (text: string): string => text.replace(/^(?=.)/gm, "  ")

const inDocument = (text: string): string => `${head}value:\n${indented(text)}\n`

/** What kubectl makes of documents without asking any server. */
const readByKubectl = Effect.fnUntraced(function*({ kubectlOk }: Kubectl, texts: ReadonlyArray<string>) {
  if (texts.length === 0) return []
  const args = ["patch", "--local", "-f", "-", "--type=merge", "-p", "{}", "-o", "json"]
  const output = yield* kubectlOk(args, { stdin: texts.join("---\n") })
  return output.split(/\n(?=\{)/).map((text) => encodeJson(decodeObject(text)["value"] ?? null))
})

const readByUs = (text: string): ReadonlyArray<Json> | undefined => {
  const reading = readYaml(text)
  return reading._tag === "Read" ? reading.documents.map(({ value }) => value) : undefined
}

const valueOf = (document: Json | undefined): string =>
  typeof document === "object" && document !== null && !Array.isArray(document) && "value" in document
    ? encodeJson(document["value"] ?? null)
    : "null"

const words = [
  "a",
  "b: ",
  "c:\n  ",
  "k",
  "0",
  "1",
  "7",
  "08",
  "0x",
  "0b",
  "0o",
  "_",
  "-",
  "- ",
  "+",
  ".",
  "e",
  "E",
  "1e3",
  "inf",
  "nan",
  "yes",
  "No",
  "~",
  "null",
  ":",
  ": ",
  "?",
  "? ",
  "[",
  "]",
  "{",
  "}",
  ", ",
  ",",
  "\"",
  "'",
  "\"q r\"",
  "'s'",
  "|\n",
  ">\n",
  "|-\n  ",
  ">+\n  ",
  "|2\n",
  "\n",
  "\n  ",
  "\n    ",
  "\n\n",
  " ",
  "  ",
  "\t",
  "#",
  " # c",
  "&x ",
  "*x",
  "!!str ",
  "!!int ",
  "!t ",
  "<<: ",
  "\\n",
  "\r\n",
  "\u00e9",
  "text",
  "2001-01-01",
  "12:30",
  "\u2028",
  "=",
  "<<"
]

const fragment = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 12 }).map((parts) => parts.join(""))

describe("reading YAML, beside kubectl", () => {
  it.effect("gives every scalar, key and layout of the tables the same meaning", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* kubectl
      const texts = [
        ...scalars.map(([text]) => `${head}value: ${text}\n`),
        ...keys.map(([key]) => inDocument(`? ${key}\n: x`)),
        ...Object.entries(layouts).filter(([name]) => !name.startsWith("JSON")).map(([, [text]]) => inDocument(text))
      ]
      const theirs = yield* readByKubectl(one, texts)
      assert.deepStrictEqual(
        texts.map((text) => valueOf(readByUs(text)?.[0])),
        theirs
      )
    })))

  it.effect("gives JSON the same meaning", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* kubectl
      for (const [name, [text]] of Object.entries(layouts)) {
        if (!name.startsWith("JSON")) continue
        const file = `{"apiVersion": "example.com/v1", "kind": "Sample", "metadata": {"name": "x"}, "value": ${text}}`
        assert.deepStrictEqual(yield* readByKubectl(one, [file]), [valueOf(readByUs(file)?.[0])], name)
      }
    })))

  it.effect("gives the same meaning to whatever it accepts", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* kubectl
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(fc.array(fragment, { minLength: 200, maxLength: 200 }), async (fragments) => {
            const texts = fragments.flatMap((text) => [`${head}value: ${text}\n`, inDocument(text)])
              .filter((text) => readByUs(text)?.length === 1)
            const theirs = await Effect.runPromise(readByKubectl(one, texts))
            assert.deepStrictEqual(
              texts.map((text) => [text, valueOf(readByUs(text)?.[0])]),
              texts.map((text, at) => [text, theirs[at]])
            )
          }),
          { numRuns: 20, endOnFailure: true }
        )
      )
    })))
})
