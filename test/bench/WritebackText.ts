// One image changed in the text of a long file, as the Git actor composes it.
import { Effect, Result } from "effect"
import { composeFile } from "../../src/manifest/edit/composeFile.ts"
import type { DocumentEdit } from "../../src/manifest/edit/DocumentEdit.ts"
import { field, type FieldPath } from "../../src/manifest/FieldPath.ts"
import { MeasuredSomethingElse } from "./AppliedTimes.ts"
import { deploymentType } from "./DeploymentType.ts"
import type { Figure } from "./Figure.ts"
import { deployments } from "./Manifests.ts"
import { median, percentile } from "./Statistics.ts"

const lines = 500
const warmUp = 30

const image: FieldPath = [
  ...["spec", "template", "spec", "containers"].map(field),
  { _tag: "Item", keys: { name: "web" } },
  field("image")
]

/** As many Deployments as make a file of at least so many lines. */
const longFile = () => {
  let text = ""
  for (const { text: one } of deployments("shop", 100)) {
    if (text.split("\n").length > lines) break
    text += `${text === "" ? "" : "---\n"}# What a person wrote about it\n${one}`
  }
  return text
}

const edit = (index: number, from: string, to: string): DocumentEdit => ({
  _tag: "Patch",
  key: { group: "apps", kind: "Deployment", namespace: "shop", name: `web-${index}` },
  type: deploymentType,
  changes: [{ _tag: "Set", path: image, value: to, previous: from }]
})

const once = (bytes: Buffer, wish: DocumentEdit) => {
  const start = performance.now()
  const composed = composeFile(bytes, [wish], "default")
  return { millis: performance.now() - start, text: Result.isSuccess(composed) ? String(composed.success) : "" }
}

export const measureText = Effect.fnUntraced(function*(rounds: number) {
  const text = longFile()
  const bytes = Buffer.from(text)
  const millis: Array<number> = []
  for (let round = 0; round < rounds + warmUp; round++) {
    const to = `registry.example/web:2.${round}`
    const run = once(bytes, edit(5, "registry.example/web:1.5", to))
    const expected = text.replace("image: registry.example/web:1.5\n", `image: ${to}\n`)
    if (Buffer.from(expected).equals(bytes)) return yield* new MeasuredSomethingElse({ message: "nothing to edit" })
    if (run.text === "") return yield* new MeasuredSomethingElse({ message: "the edit was refused" })
    if (round >= warmUp) millis.push(run.millis)
  }
  return { millis, lines: text.split("\n").length - 1 }
})

export type TextRuns = Effect.Success<ReturnType<typeof measureText>>

export const textFigures = ({ lines, millis }: TextRuns): ReadonlyArray<Figure> => [
  {
    what: `an edit of the text of a file of ${lines} lines, p50`,
    unit: "ms",
    ours: median(millis),
    goal: { _tag: "AtMost", limit: 3 }
  },
  { what: "the same, p99", unit: "ms", ours: percentile(millis, 0.99) }
]
