import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as fc from "fast-check"
import { composeFile } from "../../../src/manifest/edit/composeFile.ts"
import { yamlText } from "../../../src/manifest/edit/YamlText.ts"
import type { FieldChange } from "../../../src/manifest/FieldChange.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { readYaml } from "../../../src/manifest/Yaml.ts"
import { corpus, type CorpusFile, realFiles, typed } from "./corpus.ts"
import { type Change, changed, type DataPath, fieldsOf, isObject, makers, type Pick } from "./fieldChanges.ts"
import { texts } from "./objects.ts"
import { commentsOf, isBlank, reachOf } from "./otherReader.ts"

const dataOf = (text: string): ReadonlyArray<Json> => {
  const reading = readYaml(text.replace(/^\ufeff/, ""))
  if (reading._tag === "Broken") throw new Error(`${reading.message} at ${reading.offset} of\n${text}`)
  return reading.documents.map(({ value }) => value)
}

/** For messages: JSON has no large integers. */
const said = (value: unknown): string => JSON.stringify(value, (_, it) => typeof it === "bigint" ? String(it) : it)

/** Where the manifests of a file stand, by document. */
const manifestsOf = (documents: ReadonlyArray<Json>) =>
  documents.flatMap((value, document) => {
    if (!isObject(value)) return []
    const items = value["items"]
    if (!Array.isArray(items)) return [{ document, at: [] as DataPath, manifest: value }]
    return items.map((item: JsonObject, index) => ({ document, at: ["items", index] as DataPath, manifest: item }))
  })

const keyOf = (manifest: JsonObject, text: string) => {
  const list = /^kind: (\w+)List$/m.exec(text)?.[1]
  const apiVersion = String(manifest["apiVersion"] ?? "v1")
  const metadata = manifest["metadata"]
  const { name, namespace = "default" } = isObject(metadata) ? metadata : {}
  return {
    group: apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "",
    kind: String(manifest["kind"] ?? list),
    namespace: String(namespace),
    name: String(name)
  }
}

const patch = (text: string, manifest: JsonObject, changes: ReadonlyArray<FieldChange>) => {
  const [first, ...rest] = changes
  if (first === undefined) throw new Error("no change")
  const key = keyOf(manifest, text)
  return composeFile(Buffer.from(text), [{ _tag: "Patch", key, changes: [first, ...rest], type: typed }], "default")
}

const missing = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): ReadonlyArray<string> => {
  const left = [...after]
  return before.filter((one) => {
    const found = left.indexOf(one)
    if (found !== -1) left.splice(found, 1)
    return found === -1
  })
}

const notBlank = (lines: ReadonlyArray<string>): ReadonlyArray<string> => lines.filter((line) => !isBlank(line))

const starts = (lines: ReadonlyArray<string>, head: ReadonlyArray<string>): boolean =>
  head.every((line, at) => lines[at] === line)

/** What may keep a change from being made: then it is refused, wherever it stands in the file. */
const hasObstacle = (text: string): boolean => /[&*]\w|!!|<<|\? |#.*\n[^]*\]/.test(text)

const words = texts.filter((text) => text.length < 200 && text !== "__proto__" && text.isWellFormed())
const tapes = fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 })
const anyMaker = fc.nat(makers.length - 1)

const picking = (tape: ReadonlyArray<number>): Pick => {
  let used = 0
  return (all) => all[(tape[used++ % tape.length] ?? 0) % all.length]
}

type Seed = readonly [maker: number, tape: ReadonlyArray<number>, words: string]

/** Only what a change is about changes in the text. */
const isConfined = (
  text: string,
  after: string,
  document: number,
  at: DataPath,
  change: Change,
  told: string
): void => {
  const reach = reachOf(text, document, [...at, ...change.concerned])
  // between brackets, the line above may lose its comma or get one; a key may come to stand behind the dash
  const isFirst = change.kind === "Removed" && change.concerned.some((part) => typeof part === "number")
  const linesIn = (text: string) =>
    text.split("\n").map((line) => reach.flow ? line.replace(/,?\s*$/, "") : line)
      .map((line) => isFirst ? line.replace(/^([ -]*)- /, "$1  ") : line)
  const [before, now] = [linesIn(text), linesIn(after)]
  const above = before.slice(0, reach.first)
  const head = change.kind === "Removed" ? above.slice(0, above.findLastIndex((line) => !isBlank(line)) + 1) : above
  const tail = before.slice(reach.last + 1)
  assert.isTrue(starts(now, head), told)
  assert.isTrue(starts(notBlank(now).toReversed(), notBlank(tail).toReversed()), told)
  const size = yamlText({ value: change.value }).split("\n").length
  if (change.kind === "Added" && !reach.flow && !reach.empty) {
    assert.isAtMost(missing(before, now).length, 1, told)
    assert.isAtMost(missing(now, before).length, size + 2, told)
  }
  if (change.kind === "Set" && size === 2 && reach.first === reach.last)
    assert.strictEqual(now.length, before.length, told)

  const comments = commentsOf(text)
  const lost = missing(comments.map(({ text }) => text), commentsOf(after).map(({ text }) => text))
  if (change.kind === "Set" || change.kind === "Added" || change.kind === "Moved")
    assert.deepStrictEqual(lost, [], told)
  const within = comments.filter(({ line }) => line >= reach.first && line <= reach.last)
  assert.deepStrictEqual(missing(lost, within.map(({ text }) => text)), [], told)
}

type Outcome = "made" | "none" | "refused"

const makeOne = ({ name, text }: CorpusFile, [maker, tape, words]: Seed): Outcome => {
  const pick = picking(tape)
  const documents = dataOf(text)
  const place = pick(manifestsOf(documents))
  if (place === undefined) return "none"
  const { document, manifest } = place
  const change = makers[maker]?.(manifest, fieldsOf(manifest, typed, [], []), pick, words)
  if (change === undefined) return "none"
  const result = patch(text, manifest, change.changes)
  if (Result.isFailure(result)) {
    const { message } = result.failure
    if (/no valid manifest/.test(message)) return "none"
    assert.isTrue(hasObstacle(text), `${name}: ${message} ${said(change.changes)}`)
    return "refused"
  }
  const after = Buffer.from(result.success ?? "").toString()
  const told = `${name} ${said(change.changes)}\n${after}`
  assert.deepStrictEqual(
    dataOf(after),
    documents.map((value, index) => index === document ? changed(value, place.at, change.expected) : value),
    told
  )
  const again = patch(after, manifest, change.changes)
  assert.isTrue(Result.isSuccess(again) && Buffer.from(again.success ?? "").toString() === after, told)
  const back = patch(after, manifest, change.inverse)
  if (Result.isSuccess(back))
    assert.deepStrictEqual(dataOf(Buffer.from(back.success ?? "").toString()), documents, told)
  else assert.isTrue(change.value === null, `${back.failure.message} ${told}`)
  isConfined(text, after, document, place.at, change, told)
  return "made"
}

const makeAll = ({ name, text }: CorpusFile, seeds: ReadonlyArray<Seed>): void => {
  const documents = dataOf(text)
  const place = picking(seeds[0]?.[1] ?? [0])(manifestsOf(documents))
  if (place === undefined) return
  let manifest: Json = place.manifest
  const changes: Array<FieldChange> = []
  for (const [maker, tape, words] of seeds) {
    const change: Change | undefined = isObject(manifest)
      ? makers[maker]?.(manifest, fieldsOf(manifest, typed, [], []), picking(tape), words)
      : undefined
    if (change === undefined || change.kind === "Moved") continue
    manifest = change.expected
    changes.push(...change.changes)
  }
  if (changes.length === 0) return
  const result = patch(text, place.manifest, changes)
  const told = `${name} ${said(changes)}`
  if (Result.isFailure(result)) {
    const { message } = result.failure
    return assert.isTrue(hasObstacle(text) || /no valid manifest/.test(message), `${message} ${told}`)
  }
  assert.deepStrictEqual(
    dataOf(Buffer.from(result.success ?? "").toString()),
    documents.map((value, index) => index === place.document ? changed(value, place.at, manifest) : value),
    told
  )
}

describe.each([
  ["files as people write them", Effect.succeed(corpus)],
  ["the files that ship with Kubernetes, and some of many shapes", realFiles]
])("any change of fields in %s", (_, files) => {
  it(
    "says what it should, touches only the lines it is about, and can be taken back",
    () =>
      Effect.map(files, (files) => {
        const outcomes: Array<Outcome> = []
        fc.assert(
          fc.property(fc.constantFrom(...files), fc.tuple(anyMaker, tapes, words), (file, seed) => {
            outcomes.push(makeOne(file, seed))
          }),
          { numRuns: 800 }
        )
        const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length
        assert.isAbove(count("made"), 300)
        assert.isAbove(count("made"), 10 * count("refused"))
      }).pipe(Effect.runPromise),
    60_000
  )

  it("says what it should when several are made at once, or is refused", () =>
    Effect.map(files, (files) =>
      fc.assert(
        fc.property(
          fc.constantFrom(...files),
          fc.array(fc.tuple(anyMaker, tapes, words), { minLength: 2, maxLength: 5 }),
          makeAll
        ),
        { numRuns: 400 }
      )).pipe(Effect.runPromise), 60_000)
})
